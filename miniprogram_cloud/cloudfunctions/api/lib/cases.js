'use strict'

/** Cases: their envelope, who may see one, and how one changes. Shapes: the design's data page. */

const { createHash } = require('crypto')

const { Failure } = require('./failure')
const { hasRole, villagesServed } = require('./identity')

/** Kinds that a person, a guardian or staff for them files; the person is whom the case is about. */
const PERSON_KINDS = ['device', 'retrofit', 'job', 'wish', 'help']

/** Kinds that go the way of an application: village, town, delivery. */
const APPLICATION_KINDS = ['device', 'retrofit', 'job']

/** Statuses in which somebody still has something to do. */
const OPEN_STATUSES = [
  'submitted',
  'village_ok',
  'town_ok',
  'city_ok',
  'approved',
  'doing',
  'delivered',
  'returned',
]
/** Statuses in which that somebody is the applicant. */
const APPLICANT_STATUSES = ['returned', 'delivered']

const CASE_FIELDS = [
  'kind',
  'villageId',
  'personId',
  'createdBy',
  'actedBy',
  'clientKey',
  'status',
  'queue',
  'submittedAt',
  'data',
  'log',
  'reviewRequested',
  '_v',
  'rev',
  'sync',
]

/** @typedef {import('./store').Doc} Doc */

/** The same submission has the same id, also where the unique index is missing.
 * @param {string} userId @param {string} clientKey */
function caseIdOf(userId, clientKey) {
  const digest = createHash('sha256').update(`${userId}\n${clientKey}`).digest('hex')
  return `c_${digest.slice(0, 24)}`
}

/**
 * A new application as it is submitted.
 * @param {{ id: string, kind: string, person: Doc, villageId: string, userId: string,
 *   actedBy: 'self' | 'guardian' | 'staff', clientKey: string, data: Doc, now: Date }} filing
 * @returns {Doc}
 */
function newCase({ id, kind, person, villageId, userId, actedBy, clientKey, data, now }) {
  return {
    _id: id,
    kind,
    villageId,
    personId: person._id,
    createdBy: userId,
    actedBy,
    ...(actedBy !== 'self' && { onBehalfOf: person._id }),
    channel: actedBy === 'staff' ? 'offline' : 'online',
    clientKey,
    status: 'submitted',
    queue: firstQueue(person),
    submittedAt: now,
    data,
    log: [{ at: now, by: userId, from: 'draft', to: 'submitted' }],
    createdAt: now,
    updatedAt: now,
    _v: 1,
    rev: 1,
    sync: 'todo',
  }
}

/** The village of the person, the town where there is none. @param {Doc} person */
const firstQueue = ({ villageId }) => (villageId ? { level: 'village', villageId } : { level: 'town' })

/**
 * Where a case waits once it has reached a level.
 * @param {Doc} item @param {string} level
 */
function queueAt(item, level) {
  if (level !== 'village') return { level }
  const villageId = villageOf(item)
  return villageId ? { level, villageId } : { level: 'town' }
}

/** The village that handles a case: the one that has it, else the one that it was filed in.
 * @param {Doc} item @returns {string} */
function villageOf({ queue, villageId }) {
  return queue && queue.level === 'village' && queue.villageId ? queue.villageId : villageId
}

/**
 * A case of somebody in charge; a case of anybody else does not exist for the caller.
 * @param {import('./store').Store} store
 * @param {Map<string, import('./people').Charge>} charges
 * @param {Doc | null} item
 */
function ownCase(store, charges, item) {
  const charge = item && charges.get(item.personId)
  const visible = item && PERSON_KINDS.includes(item.kind) && item.status !== 'draft'
  if (!charge || !visible) throw new Failure('NOT_FOUND')
  return { item, charge }
}

/**
 * Whether an account of the staff may see a case: the village that handles it, and the town.
 * @param {import('./identity').Account} account
 * @param {Doc} item
 */
function staffMaySee(account, item) {
  if (item.status === 'draft') return false
  return hasRole(account, 'town_staff') || villagesServed(account).includes(villageOf(item))
}

/** @param {import('./store').Store} store @param {string} id */
const loadCase = (store, id) => store.first('cases', { _id: store.command.eq(id) }, CASE_FIELDS)

/**
 * Change a case that is still as the caller saw it; else CONFLICT, and nothing has happened.
 * @param {import('./store').Store} store
 * @param {Doc} item
 * @param {number} v
 * @param {Doc} data
 */
async function changeCase(store, item, v, data) {
  const { command } = store
  const condition = { _id: command.eq(item._id), _v: command.eq(v), status: command.eq(item.status) }
  const changed = v === item._v && (await store.change('cases', condition, data))
  if (!changed) throw new Failure('CONFLICT')
  return v + 1
}

/**
 * What a step writes: status, queue, a line of the log, one version more.
 * @param {import('./store').Store} store
 * @param {{ item: Doc, to: string, level: string, by: string, at: Date, note?: string }} step
 */
function stepData({ command }, { item, to, level, by, at, note }) {
  return {
    status: to,
    queue: command.set(queueAt(item, level)),
    log: command.push([{ at, by, from: item.status, to, ...(note && { note }) }]),
    updatedAt: at,
    _v: command.inc(1),
  }
}

/** Whether somebody asked for a person's second look and nobody has acted since. @param {Doc} item */
const reviewIsOpen = ({ reviewRequested }) => Boolean(reviewRequested && !reviewRequested.closedAt)

/** @param {Doc} item @param {string} to @returns {Doc | undefined} the last such line of the log */
const lastStep = ({ log }, to) =>
  (Array.isArray(log) ? log : []).reduce((found, row) => (row.to === to ? row : found), undefined)

module.exports = {
  APPLICATION_KINDS,
  APPLICANT_STATUSES,
  CASE_FIELDS,
  OPEN_STATUSES,
  PERSON_KINDS,
  caseIdOf,
  changeCase,
  lastStep,
  loadCase,
  newCase,
  ownCase,
  reviewIsOpen,
  staffMaySee,
  stepData,
  villageOf,
}
