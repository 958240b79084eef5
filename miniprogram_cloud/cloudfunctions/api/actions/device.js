'use strict'

const { newAccess } = require('../lib/access')
const { caseIdOf, changeCase, loadCase, newCase, reviewIsOpen, stepData } = require('../lib/cases')
const { civilDay } = require('../lib/calendar')
const { backgroundOf, estimateOf } = require('../lib/estimate')
const { CATALOGUE_FIELDS } = require('../lib/facts')
const { Failure } = require('../lib/failure')
const { classCode, clientKey, id, optional, text, whole } = require('../lib/input')
const { ownerMove } = require('../lib/moves')
const { caseInCharge, personInCharge, personToSubmitFor } = require('../lib/scope')
const { Duplicate } = require('../lib/store')
const { TEXTS } = require('../lib/texts')
const { townId } = require('../lib/villages')

const OWNERS = /** @type {const} */ (['resident', 'guardian'])
const SUBMITTERS = /** @type {const} */ (['resident', 'guardian', 'village_staff'])
const MULTIPLE = 7
// The whole national classification has 432 classes of this level.
const MOST_CLASSES = 500

const qty = whole(1, 10)
const quoteFen = whole(0, 1e9)
const need = text(200)
const version = whole(0, 1e9)

/** @typedef {import('../lib/store').Doc} Doc */

/** @type {import('../lib/api').Action} */
const options = {
  roles: OWNERS,
  input: { personId: id },
  scope: personInCharge,
  run: async ({ store, now, scope: { person, relation } }) => {
    const [background, rows] = await Promise.all([
      backgroundOf(store, person),
      store.find('device_catalogue', allowedFor(store, person), CATALOGUE_FIELDS, {
        limit: MOST_CLASSES,
        order: ['_id', 'asc'],
      }),
    ])
    return {
      person: { id: person._id, nameMasked: person.nameMasked || '', relation },
      items: rows.map((/** @type {Doc} */ row) => ({
        classCode: row._id,
        name: row.name || row._id,
        lifeYears: orNull(row.lifeYears),
        priceFen: orNull(row.priceFen),
        estimate: estimateOf(background, row, { id: null, classCode: row._id, qty: 1, submittedAt: now }),
      })),
      checkedOn: civilDay(now),
    }
  },
}

/** @param {unknown} value */
const orNull = (value) => (value === undefined ? null : value)

/**
 * Classes meant for the disability; of a multiple one, for any of its parts.
 * @param {import('../lib/store').Store} store
 * @param {Doc} person
 */
function allowedFor({ command }, { certificate }) {
  const { category, components } = certificate || {}
  const parts = category === MULTIPLE && Array.isArray(components) ? components : []
  const categories = [category, ...parts.map((part) => part && part.category)]
  return { allowedCategories: command.in(categories.filter(Number.isInteger)) }
}

/** @type {import('../lib/api').Action} */
const estimate = {
  roles: OWNERS,
  input: { personId: id, classCode, qty, quoteFen: optional(quoteFen) },
  scope: personInCharge,
  run: async ({ store, input, now, scope: { person } }) => {
    const [background, listed] = await Promise.all([
      backgroundOf(store, person),
      listedRow(store, input.classCode),
    ])
    return { estimate: estimateOf(background, listed, { id: null, ...applied(input), submittedAt: now }) }
  },
}

/** @param {import('../lib/store').Store} store @param {string} code */
const catalogueRow = (store, code) =>
  store.first('device_catalogue', { _id: store.command.eq(code) }, CATALOGUE_FIELDS)

/** @param {import('../lib/store').Store} store @param {string} code @returns {Promise<Doc>} */
async function listedRow(store, code) {
  const row = await catalogueRow(store, code)
  if (!row) throw new Failure('INVALID', TEXTS.failures.unlisted)
  return row
}

/**
 * What an application asks for.
 * @param {Doc} input
 * @returns {{classCode: string, qty: number, quoteFen?: number}}
 */
const applied = ({ classCode: code, qty: pieces, quoteFen: quote }) => ({
  classCode: code,
  qty: pieces,
  ...(quote !== undefined && { quoteFen: quote }),
})

/** @type {import('../lib/api').Action} */
const submit = {
  roles: SUBMITTERS,
  input: { personId: id, classCode, qty, quoteFen: optional(quoteFen), need: optional(need), clientKey },
  scope: personToSubmitFor,
  run: async (call) => {
    const {
      store,
      account,
      input,
      now,
      villages,
      scope: { person, actedBy },
    } = call
    const [background, listed, names] = await Promise.all([
      backgroundOf(store, person),
      listedRow(store, input.classCode),
      villages.names(),
    ])
    const filed = newCase({
      id: caseIdOf(account.id, input.clientKey),
      kind: 'device',
      person,
      villageId: person.villageId || townId(names),
      userId: account.id,
      actedBy,
      clientKey: input.clientKey,
      data: { ...applied(input), ...(input.need && { need: input.need }) },
      now,
    })
    if (actedBy === 'staff') await newAccess(call, { action: 'device.submit', item: filed })
    try {
      await store.add('cases', filed)
    } catch (error) {
      if (!(error instanceof Duplicate)) throw error
      return repeated(store, filed, background)
    }
    return reply(filed, background, listed)
  },
}

/**
 * The case that an earlier, identical submission made.
 * @param {import('../lib/store').Store} store
 * @param {Doc} filed
 * @param {import('../lib/estimate').Background} background
 */
async function repeated(store, filed, background) {
  const { command } = store
  const same = { createdBy: command.eq(filed.createdBy), clientKey: command.eq(filed.clientKey) }
  const [found] = await store.find('cases', same, ['personId'], { limit: 1 })
  const first = found && (await loadCase(store, found._id))
  // One key for two people is a defect of the phone: silence would lose the second application.
  if (!first || first.kind !== 'device' || first.personId !== filed.personId) {
    throw new Failure('INVALID', TEXTS.fields.clientKey)
  }
  return reply(first, background, await catalogueRow(store, first.data.classCode))
}

/** @param {Doc} item @param {import('../lib/estimate').Background} background @param {Doc | null} listed */
const reply = (item, background, listed) => ({
  caseId: item._id,
  v: item._v,
  status: item.status,
  estimate: estimateOf(background, listed, {
    id: item._id,
    ...applied(item.data),
    submittedAt: item.submittedAt,
  }),
})

/** @type {import('../lib/api').Action} */
const resubmit = {
  roles: OWNERS,
  input: {
    caseId: id,
    v: version,
    classCode: optional(classCode),
    qty: optional(qty),
    quoteFen: optional(quoteFen),
    need: optional(need),
  },
  scope: caseInCharge,
  run: async ({ store, account, input, now, scope: { item, charge } }) => {
    if (item.kind !== 'device') throw new Failure('STATE')
    const move = ownerMove(item, 'submitted', { note: input.need })
    const data = corrected(item.data || {}, input)
    if (!data.classCode || !data.qty) throw new Failure('INVALID', TEXTS.fields.classCode)
    const [background, listed] = await Promise.all([
      backgroundOf(store, { ...charge.person, _id: item.personId }),
      listedRow(store, data.classCode),
    ])
    // The day of the first submission stays: whoever completes papers loses nothing by it.
    const submittedAt = item.submittedAt instanceof Date ? item.submittedAt : now
    const { estimate: result } = reply({ ...item, data, submittedAt }, background, listed)
    const { command } = store
    const step = stepData(store, {
      item,
      to: 'submitted',
      level: move.queue,
      by: account.id,
      at: now,
      // Why somebody appeals belongs to the step: the next reviewer reads it there.
      note: item.status === 'rejected' ? input.need : undefined,
    })
    const v = await changeCase(store, item, input.v, {
      ...step,
      data: command.set(data),
      submittedAt,
      rev: command.inc(1),
      sync: 'todo',
      ...(reviewIsOpen(item) && { 'reviewRequested.closedAt': now }),
    })
    return { v, status: 'submitted', estimate: result }
  },
}

/**
 * A price quoted for one class says nothing of another.
 * @param {Doc} before
 * @param {Doc} input
 * @returns {Doc}
 */
function corrected(before, input) {
  const { quoteFen: quoted, ...rest } = before
  const sameClass = input.classCode === undefined || input.classCode === before.classCode
  const { caseId: _case, v: _version, ...changes } = input
  return { ...rest, ...(sameClass && quoted !== undefined && { quoteFen: quoted }), ...changes }
}

module.exports = {
  'device.options': options,
  'device.estimate': estimate,
  'device.submit': submit,
  'device.resubmit': resubmit,
}
