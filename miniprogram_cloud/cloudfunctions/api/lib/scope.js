'use strict'

/** What a call is about, found within what the caller may see; anything else does not exist. */

const { loadCase, ownCase, staffMaySee } = require('./cases')
const { Failure } = require('./failure')
const { hasRole, villagesServed } = require('./identity')
const { activePerson, peopleInCharge } = require('./people')

/** @typedef {import('./api').Call} Call */

/** The person named by `personId`, in the caller's charge. @param {Call} call */
async function personInCharge({ store, account, input, now }) {
  const charge = (await peopleInCharge(store, account, now)).get(input.personId)
  if (!charge) throw new Failure('NOT_FOUND')
  return charge
}

/**
 * The person for whom the caller may submit: one in charge, or (代录) a resident of the village for
 * which the caller works.
 * @param {Call} call
 */
async function personToSubmitFor({ store, account, input, now }) {
  const charge = (await peopleInCharge(store, account, now)).get(input.personId)
  if (charge) return { person: charge.person, actedBy: charge.relation === 'self' ? 'self' : 'guardian' }
  if (!hasRole(account, 'village_staff')) throw new Failure('NOT_FOUND')
  const person = await activePerson(store, input.personId)
  if (!person || !villagesServed(account).includes(person.villageId)) throw new Failure('NOT_FOUND')
  return { person, actedBy: 'staff' }
}

/** The case named by `caseId`, about somebody in the caller's charge. @param {Call} call */
async function caseInCharge({ store, account, input, now }) {
  const [charges, item] = await Promise.all([
    peopleInCharge(store, account, now),
    loadCase(store, input.caseId),
  ])
  return ownCase(store, charges, item)
}

/**
 * The case named by `caseId`, within the staff's village or town, and whether it is about the caller
 * or a ward: then somebody else must handle it (回避).
 * @param {Call} call
 */
async function caseForStaff({ store, account, input, now }) {
  const [charges, item] = await Promise.all([
    peopleInCharge(store, account, now),
    loadCase(store, input.caseId),
  ])
  if (!item || !staffMaySee(account, item)) throw new Failure('NOT_FOUND')
  return { item, isOwn: charges.has(item.personId) }
}

module.exports = { caseForStaff, caseInCharge, personInCharge, personToSubmitFor }
