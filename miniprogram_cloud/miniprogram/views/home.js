/** The first page by role: only what this person can do here, nothing greyed out. */
const texts = require('../texts')
const { fill, items, wordOf } = require('./words')

const t = texts.home
const STAFF = ['village_staff', 'town_staff']

/**
 * @param {import('../services/api').Home | null} home
 * @param {import('../services/draft').Draft | null} draft
 */
function homeView(home, draft) {
  const roles = home && home.user ? home.user.roles : []
  const persons = home ? home.persons : []
  const has = (/** @type {string} */ role) => roles.some((one) => one.role === role)
  const self = persons.find((person) => person.relation === 'self')
  const villageStaff = has('village_staff')
  const townStaff = has('town_staff')
  return {
    registered: Boolean(home && home.registered),
    title: self ? fill(t.titleNamed, { name: self.nameMasked }) : t.title,
    roles: items(roleLines(roles)),
    canApply: persons.length > 0,
    draft: draft && draftView(draft),
    casesDetail: casesDetail(home),
    villageStaff,
    townStaff,
    staffDetail: staffDetail(home),
    volunteerOnly: has('volunteer') && !persons.length && !villageStaff && !townStaff,
    nothing: roles.length > 0 && !has('volunteer') && !persons.length && !villageStaff && !townStaff,
  }
}

/**
 * The count covers applicants and staff alike: for who is both it belongs to neither button.
 * @param {import('../services/api').Home | null} home
 */
function staffDetail(home) {
  const waiting = home && !home.persons.length ? home.cases.waitingForMe : 0
  return waiting ? [fill(t.staffWaiting, { n: waiting })] : t.staffDetail
}

/** @param {import('../services/api').Role[]} roles */
function roleLines(roles) {
  const lines = roles.map(({ role, villageName }) => [villageName, wordOf(texts.roles, role, '')].filter(Boolean).join(' · '))
  return lines.filter((line, n) => line && lines.indexOf(line) === n)
}

/** @param {import('../services/draft').Draft} draft */
function draftView({ personName, deviceName, sent }) {
  return {
    line: deviceName ? fill(t.draftLine, { name: personName, device: deviceName }) : fill(t.draftUnknown, { name: personName }),
    sent,
  }
}

/** @param {import('../services/api').Home | null} home */
function casesDetail(home) {
  if (!home) return []
  const { open, waitingForMe } = home.cases
  const staff = home.user ? home.user.roles.some(({ role }) => STAFF.includes(role)) : false
  return [
    open ? fill(t.casesOpen, { n: open }) : '',
    waitingForMe && !staff ? fill(t.casesWaiting, { n: waitingForMe }) : '',
    home.unread ? fill(t.unread, { n: home.unread }) : '',
  ].filter(Boolean)
}

module.exports = { homeView }
