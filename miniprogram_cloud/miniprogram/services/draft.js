/**
 * The unfinished application on this phone. It survives closing WeChat and a lost network.
 *
 * `clientKey` is made once per draft: whatever is tapped twice or sent again becomes one case. Once an answer is
 * missing (`sent`), the answers are locked until the cloud has spoken: the same key must not carry two applications.
 *
 * @typedef {object} Draft
 * @property {number} shape
 * @property {string} clientKey
 * @property {string} personId
 * @property {string} personName      masked
 * @property {string} villageName
 * @property {number} people         this user can apply for; more than one makes one question more
 * @property {string} classCode       '' = not chosen yet
 * @property {string} deviceName
 * @property {number | null} priceFen of one piece, from the catalogue
 * @property {number} qty
 * @property {number | null} quoteFen all pieces together, where the catalogue has no price
 * @property {string} need
 * @property {boolean} needAsked      whether the third question was answered
 * @property {boolean} sent           handed in once, without an answer so far
 * @property {number} savedAt
 */
const look = require('./look')
const storage = require('./storage')

const SHAPE = 1
const KEEP_DAYS = 90
const DAY = 24 * 60 * 60 * 1000

const key = () => (look.current().practice ? 'draft.practice' : 'draft.device')

/** @returns {string} */
function makeKey() {
  let text = ''
  while (text.length < 20) text += Math.random().toString(36).slice(2)
  return `${Date.now().toString(36)}-${text.slice(0, 20)}`
}

/**
 * @param {import('./api').Person} person
 * @param {number} people
 * @returns {Draft}
 */
function begin(person, people) {
  return save({
    shape: SHAPE,
    clientKey: makeKey(),
    personId: person.id,
    personName: person.nameMasked,
    villageName: person.villageName || '',
    people,
    classCode: '',
    deviceName: '',
    priceFen: null,
    qty: 1,
    quoteFen: null,
    need: '',
    needAsked: false,
    sent: false,
    savedAt: 0,
  })
}

/** @returns {Draft | null} */
function read() {
  const kept = storage.read(key(), /** @type {*} */ (null))
  if (!kept || kept.shape !== SHAPE || !kept.personId) return null
  return Date.now() - kept.savedAt > KEEP_DAYS * DAY ? null : kept
}

/** @param {Draft} draft @returns {Draft} */
function save(draft) {
  const kept = { ...draft, savedAt: Date.now() }
  storage.write(key(), kept)
  return kept
}

/** @param {Partial<Draft>} answers @returns {Draft | null} */
function answer(answers) {
  const draft = read()
  return draft && save({ ...draft, ...answers })
}

function clear() {
  storage.remove(key())
}

/**
 * The unfinished application of somebody in this list; of anybody else it is none of this person's business.
 * @param {import('./api').Person[]} persons
 */
function readFor(persons) {
  const draft = read()
  return draft && persons.some((person) => person.id === draft.personId) ? draft : null
}

/** The page where the draft goes on. @param {Draft} draft */
function nextPage(draft) {
  if (!draft.classCode) return '/pages/apply-device/apply-device'
  return draft.needAsked ? '/pages/apply-check/apply-check' : '/pages/apply-need/apply-need'
}

/** Handed in without an answer: the page where that is settled first, or ''. */
function lockedPage() {
  const draft = read()
  return draft && draft.sent ? nextPage(draft) : ''
}

/** What the cloud function is asked for. @param {Draft} draft */
function application(draft) {
  const { personId, classCode, qty, quoteFen } = draft
  return { personId, classCode, qty, ...(quoteFen === null ? {} : { quoteFen }) }
}

module.exports = { begin, read, readFor, answer, clear, nextPage, lockedPage, application }
