'use strict'

/**
 * For whom an account may act: the person it belongs to, and the wards of guardianships in force.
 *
 * The dead and the moved are left out at once; a record merged into another stands for that one.
 *
 * @typedef {object} Charge
 * @property {import('./store').Doc} person  the record in force
 * @property {'self' | 'ward'} relation
 */

const { civilDay, isDay } = require('./calendar')
const { hasRole } = require('./identity')

const MOST_WARDS = 50
const PERSON_FIELDS = [
  'nameMasked',
  'villageId',
  'householdId',
  'state',
  'mergedInto',
  'birthDate',
  'certificate.category',
  'certificate.components',
  'certificate.grade',
  'certificate.status',
  'certificate.validTo',
]

/**
 * Everybody in an account's charge, under each id by which cases may name the person.
 * @param {import('./store').Store} store
 * @param {import('./identity').Account} account
 * @param {Date} now
 * @returns {Promise<Map<string, Charge>>}
 */
async function peopleInCharge(store, account, now) {
  /** @type {Map<string, 'self' | 'ward'>} */
  const relations = new Map()
  for (const id of await wardIds(store, account, now)) relations.set(id, 'ward')
  for (const { role, personId } of account.roles) {
    if (role === 'resident' && personId) relations.set(personId, 'self')
  }
  const found = await store.byIds('persons', Array.from(relations.keys()), PERSON_FIELDS)
  const targets = await mergeTargets(store, Array.from(found.values()))
  /** @type {Map<string, Charge>} */
  const charges = new Map()
  for (const [id, record] of found) {
    const person = record.state === 'merged' ? targets.get(record.mergedInto) : record
    const relation = relations.get(id)
    if (!person || !isActive(person) || !relation) continue
    for (const name of [id, person._id]) {
      const known = charges.get(name)
      if (!known || relation === 'self') charges.set(name, { person, relation })
    }
  }
  return charges
}

/**
 * One record of the register by id, followed to the one that remains.
 * @param {import('./store').Store} store
 * @param {unknown} id
 * @returns {Promise<import('./store').Doc | null>}
 */
async function recordOf(store, id) {
  if (typeof id !== 'string') return null
  const record = (await store.byIds('persons', [id], PERSON_FIELDS)).get(id)
  if (!record || record.state !== 'merged') return record || null
  return (await mergeTargets(store, [record])).get(record.mergedInto) || null
}

/**
 * The same, unless the person has died or moved away.
 * @param {import('./store').Store} store
 * @param {string} id
 */
async function activePerson(store, id) {
  const person = await recordOf(store, id)
  return person && isActive(person) ? person : null
}

/** @param {import('./store').Doc} person */
const isActive = (person) => person.state === 'active' || person.state === undefined

/**
 * @param {import('./store').Store} store
 * @param {import('./store').Doc[]} records
 */
async function mergeTargets(store, records) {
  const ids = records
    .filter((record) => record.state === 'merged' && typeof record.mergedInto === 'string')
    .map((record) => record.mergedInto)
  return store.byIds('persons', ids, PERSON_FIELDS)
}

/**
 * @param {import('./store').Store} store
 * @param {import('./identity').Account} account
 * @param {Date} now
 * @returns {Promise<string[]>}
 */
async function wardIds(store, account, now) {
  if (!hasRole(account, 'guardian')) return []
  const condition = { guardianUserId: store.command.eq(account.id) }
  const fields = ['personId', 'validFrom', 'validTo', 'revokedAt']
  const rows = await store.find('guardianships', condition, fields, { limit: MOST_WARDS })
  const today = civilDay(now)
  return rows.filter((row) => isInForce(row, today)).map((row) => row.personId)
}

/**
 * A guardianship whose end nobody wrote down is no authority.
 * @param {import('./store').Doc} row
 * @param {string} today
 */
function isInForce(row, today) {
  const { personId, validFrom, validTo, revokedAt } = row
  if (revokedAt || typeof personId !== 'string' || !isDay(validFrom) || validFrom > today) return false
  return validTo === 'open_ended' || (isDay(validTo) && today <= validTo)
}

module.exports = { activePerson, peopleInCharge, recordOf }
