'use strict'

/** Which cases wait for whom of the staff. A queue is a query, never a document of its own. */

const { Failure } = require('./failure')
const { hasRole, villagesServed } = require('./identity')

/** Statuses in which a case in a queue of the staff may stand. */
const STAFF_STATUSES = [
  'submitted',
  'village_ok',
  'town_ok',
  'city_ok',
  'approved',
  'doing',
  'feedback',
  'accepted',
  'received',
  'allocated',
  'arranged',
  'disputed',
]

/**
 * @param {import('./store').Store} store
 * @param {import('./identity').Account} account
 * @param {'village' | 'town'} [level]  only this one of the levels that the account works at
 */
function inboxCondition({ command }, account, level) {
  const served = villagesServed(account)
  const places = []
  if (level !== 'town' && served.length) {
    places.push({ 'queue.level': command.eq('village'), 'queue.villageId': command.in(served) })
  }
  if (level !== 'village' && hasRole(account, 'town_staff')) {
    places.push({ 'queue.level': command.eq('town') })
  }
  if (!places.length) throw new Failure('FORBIDDEN')
  const statuses = { status: command.in(STAFF_STATUSES) }
  const conditions = places.map((place) => ({ ...place, ...statuses }))
  return conditions.length === 1 ? conditions[0] : command.or(conditions)
}

module.exports = { inboxCondition }
