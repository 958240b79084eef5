/**
 * The office of practice: the same actions as the cloud function, answered on this phone from made-up people.
 * What is handed in here goes nowhere and is thrown away when practice ends.
 */
const storage = require('../services/storage')
const { fill } = require('../views/words')
const { VILLAGE, PERSON, ITEMS, WORDS, freeOf, decision, head, inbox } = require('./sample')

const KEY = 'practice'

const ok = (/** @type {*} */ data) => ({ ok: true, data })
const gone = () => ({ ok: false, error: { code: 'NOT_FOUND', ...WORDS.gone } })

function today() {
  const now = new Date()
  const two = (/** @type {number} */ n) => String(n).padStart(2, '0')
  return `${now.getFullYear()}-${two(now.getMonth() + 1)}-${two(now.getDate())}`
}

/** @returns {{cases: *[], inbox: *[]}} */
function folder() {
  return storage.read(KEY, { cases: [], inbox: inbox(today()) })
}

/** @param {{cases: *[], inbox: *[]}} kept */
const keep = (kept) => storage.write(KEY, kept)

const reset = () => storage.remove(KEY)

/** @type {Record<string, string>} */
const ROLES = { resident: 'resident', staff: 'village_staff' }

const isOpen = (/** @type {*} */ { case: found }) => found.status === 'submitted'

/** A case as lists show it. @param {*} one */
const inList = ({ case: found, decision: decided }) => ({ ...found, verdict: decided.verdict, line: decided.lines[0] })

/** @type {Record<string, (input: *, kept: {cases: *[], inbox: *[]}, role: string) => *>} */
const ACTIONS = {
  'me.home': (_, { cases, inbox }, role) => ok({
    registered: true,
    user: { id: 'practice', roles: [{ role: ROLES[role], villageId: null, villageName: VILLAGE }] },
    persons: role === 'staff' ? [] : [PERSON],
    cases: { open: cases.filter(isOpen).length, waitingForMe: role === 'staff' ? inbox.length : 0 },
    unread: 0,
  }),

  'device.options': () => ok({ person: PERSON, items: ITEMS, checkedOn: today() }),

  'device.estimate': ({ classCode, qty }) => {
    const item = ITEMS.find((one) => one.classCode === classCode)
    return item ? ok({ estimate: freeOf(item.priceFen * qty) }) : gone()
  },

  'device.submit': ({ classCode, qty, clientKey }, kept) => {
    const known = kept.cases.find((found) => found.clientKey === clientKey)
    const item = ITEMS.find((one) => one.classCode === classCode)
    if (!known && !item) return gone()
    const made = known || newCase(item, qty, clientKey)
    if (!known) keep({ ...kept, cases: [made, ...kept.cases] })
    return ok({ caseId: made.case.id, v: made.case.v, status: made.case.status, estimate: made.decision })
  },

  'cases.mine': (_, { cases }) => ok({
    cases: cases.map((one) => ({ ...inList(one), relation: 'self' })),
  }),

  'case.get': ({ caseId }, { cases }) => {
    const found = cases.find((one) => one.case.id === caseId)
    return found ? ok(found) : gone()
  },

  'case.withdraw': ({ caseId }, kept) => change(kept, caseId, 'withdrawn', []),
  'case.review': ({ caseId }, kept) => change(kept, caseId, 'review', ['withdraw']),

  'staff.inbox': (_, { inbox }) => ok({
    cases: inbox.map((one) => ({ ...inList(one), villageName: VILLAGE, waitingDays: 0, review: false, dead: false })),
    counts: { all: inbox.length },
  }),

  'staff.case': ({ caseId }, { inbox }) => {
    const found = inbox.find((one) => one.case.id === caseId)
    return found ? ok(found) : gone()
  },

  'staff.move': ({ caseId, v, to }, kept) => {
    if (!kept.inbox.some((one) => one.case.id === caseId)) return gone()
    keep({ ...kept, inbox: kept.inbox.filter((one) => one.case.id !== caseId) })
    return ok({ v: v + 1, status: to, queue: 'none' })
  },
}

/** @param {*} item @param {number} qty @param {string} clientKey */
function newCase(item, qty, clientKey) {
  const day = today()
  return {
    clientKey,
    case: {
      ...head(`practice-${clientKey}`, PERSON.nameMasked, fill(WORDS.title, { device: item.name }), day),
      v: 1,
      actedBy: 'self',
      log: [{ on: day, text: WORDS.steps.submitted }],
    },
    decision: { ...decision(day), subsidyFen: item.priceFen * qty },
    messages: [],
    askWhom: { villageName: VILLAGE },
    may: ['withdraw', 'review'],
  }
}

/** @param {{cases: *[], inbox: *[]}} kept @param {string} caseId @param {'withdrawn' | 'review'} step @param {string[]} may */
function change(kept, caseId, step, may) {
  const found = kept.cases.find((one) => one.case.id === caseId)
  if (!found) return gone()
  const status = step === 'withdrawn' ? step : found.case.status
  const changed = {
    ...found,
    may,
    case: {
      ...found.case, v: found.case.v + 1, status, statusText: status === 'withdrawn' ? WORDS.withdrawn : WORDS.submitted,
      log: [...found.case.log, { on: today(), text: WORDS.steps[step] }],
    },
  }
  keep({ ...kept, cases: kept.cases.map((one) => (one === found ? changed : one)) })
  return ok({ v: changed.case.v, status })
}

/**
 * @param {string} role  resident | staff
 * @param {string} action
 * @param {Record<string, *>} input
 */
function answer(role, action, input) {
  const run = ACTIONS[action]
  return run ? run(input, folder(), role) : gone()
}

module.exports = { answer, reset }
