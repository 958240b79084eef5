'use strict'

const { APPLICANT_STATUSES, OPEN_STATUSES, PERSON_KINDS } = require('../lib/cases')
const { hasRole, villagesServed } = require('../lib/identity')
const { peopleInCharge } = require('../lib/people')
const { inboxCondition } = require('../lib/inbox')

const MOST_CASES = 100

const NOBODY = {
  registered: false,
  user: null,
  persons: [],
  cases: { open: 0, waitingForMe: 0 },
  unread: 0,
}

/** @type {import('../lib/api').Action} */
const home = {
  roles: 'any',
  input: {},
  run: async ({ store, account, now, villages }) => {
    if (!account) return NOBODY
    const [charges, names, unread, staffQueue] = await Promise.all([
      peopleInCharge(store, account, now),
      villages.names(),
      unreadOf(store, account),
      staffQueueOf(store, account),
    ])
    const own = await openCasesOf(store, charges)
    const waiting = own.filter(({ status }) => APPLICANT_STATUSES.includes(status)).length
    return {
      registered: true,
      user: { id: account.id, roles: account.roles.map((/** @type {any} */ role) => roleView(role, names)) },
      persons: personViews(charges, names),
      cases: { open: own.length, waitingForMe: waiting + staffQueue },
      unread,
    }
  },
}

/** @param {import('../lib/store').Store} store @param {import('../lib/identity').Account} account */
function unreadOf(store, account) {
  const { command } = store
  return store.count('messages', { userId: command.eq(account.id), readAt: command.eq(null) })
}

/** @param {import('../lib/store').Store} store @param {import('../lib/identity').Account} account */
function staffQueueOf(store, account) {
  const isStaff = hasRole(account, 'town_staff') || villagesServed(account).length > 0
  return isStaff ? store.count('cases', inboxCondition(store, account)) : 0
}

/**
 * @param {import('../lib/store').Store} store
 * @param {Map<string, import('../lib/people').Charge>} charges
 * @returns {Promise<import('../lib/store').Doc[]>}
 */
async function openCasesOf(store, charges) {
  if (!charges.size) return []
  const { command } = store
  const condition = {
    personId: command.in(Array.from(charges.keys())),
    kind: command.in(PERSON_KINDS),
    status: command.in(OPEN_STATUSES),
  }
  return store.find('cases', condition, ['status'], { limit: MOST_CASES })
}

/** @param {import('../lib/identity').Role} role @param {Map<string, string>} names */
const roleView = ({ role, villageId }, names) => ({
  role,
  villageId: villageId || null,
  villageName: (villageId && names.get(villageId)) || null,
})

/**
 * Each person once, oneself first.
 * @param {Map<string, import('../lib/people').Charge>} charges
 * @param {Map<string, string>} names
 */
function personViews(charges, names) {
  const seen = new Map(Array.from(charges.values()).map((charge) => [charge.person._id, charge]))
  const views = Array.from(seen.values()).map(({ person, relation }) => ({
    id: person._id,
    nameMasked: person.nameMasked || '',
    relation,
    villageName: names.get(person.villageId) || null,
  }))
  const order = (/** @type {{relation: string, id: string}} */ view) =>
    `${view.relation === 'self' ? 0 : 1}${view.id}`
  return views.sort((one, other) => (order(one) < order(other) ? -1 : 1))
}

module.exports = { 'me.home': home }
