'use strict'

/**
 * The facts of a device application, from the documents of the cloud, as the worker takes them: what
 * is absent is unknown, what cannot be read is a matter for a person.
 *
 * @typedef {{ status: string, validFrom: string, validTo: string | null }} StatusRow
 * @typedef {Record<string, any>} Facts  by the names of the rule: `birth_date`, `household.status` …
 */

const { civilDay, isDay } = require('./calendar')

const STATUSES = ['tekun', 'dibao', 'dibian', 'zhichu', 'pending', 'none'] // most favourable first
const CERTIFICATE_STATUSES = ['valid', 'expired', 'lost', 'cancelled', 'deceased', 'moved']
const OPEN = ['submitted', 'village_ok', 'town_ok', 'city_ok', 'approved', 'doing', 'returned']
const DELIVERED = ['delivered', 'feedback', 'closed']
const PRIOR_STATUSES = [...OPEN, ...DELIVERED]
const PRIOR_FIELDS = ['status', 'submittedAt', 'data.classCode', 'log.at', 'log.to', 'createdBy', 'clientKey']
const CATALOGUE_FIELDS = ['name', 'priceFen', 'capFen', 'lifeYears', 'allowedCategories']
const HOUSEHOLD_FIELDS = ['statuses']

/** A document holds something that cannot be: no rule may guess, a person looks at it. */
class Unreadable extends Error {}

/**
 * A value that fits, or null where there is none; throws `Unreadable` for any other.
 * @param {any} value
 * @param {(value: any) => boolean} fits
 * @returns {any}
 */
function known(value, fits) {
  if (value === undefined || value === null) return null
  if (!fits(value)) throw new Unreadable()
  return value
}

/** @param {number} low @param {number} high */
const whole = (low, high) => (/** @type {any} */ value) =>
  Number.isInteger(value) && value >= low && value <= high
/** @param {(value: any) => boolean} fits @param {string} word */
const or = (fits, word) => (/** @type {any} */ value) => value === word || fits(value)
/** @param {readonly string[]} words */
const oneOf = (words) => (/** @type {any} */ value) => words.includes(value)
const fen = whole(0, 1e12)
/** A day in a year that can be right, as the rules take it. @param {any} value */
const plausible = (value) => isDay(value) && value >= '1850' && value < '2201'

/**
 * The row of a household that counts on a day: the most favourable valid one begun by then, else the
 * one that lapsed last. A row that nobody verified reads as `pending`.
 * @param {any} rows
 * @param {string} day
 * @returns {StatusRow | null}
 */
function householdOn(rows, day) {
  /** @type {StatusRow[]} */
  const begun = (rows || []).map(readStatus).filter((/** @type {StatusRow} */ row) => row.validFrom <= day)
  const valid = begun.filter(({ validTo }) => !validTo || validTo === 'open_ended' || validTo >= day)
  if (valid.length) return valid.reduce((best, row) => (favoured(row, best) ? row : best))
  return begun.length ? begun.reduce((last, row) => (laterEnd(row, last) ? row : last)) : null
}

/** @param {any} row @returns {StatusRow} */
function readStatus(row) {
  const status = known(row && row.status, oneOf(STATUSES))
  const validFrom = known(row && row.validFrom, isDay)
  const validTo = known(row && row.validTo, or(plausible, 'open_ended'))
  const verifiedAt = known(row && row.verifiedAt, (at) => at instanceof Date)
  if (!status || !validFrom) throw new Unreadable()
  return { status: verifiedAt ? status : 'pending', validFrom, validTo }
}

/** @param {StatusRow} row @param {StatusRow} other */
function favoured(row, other) {
  const [mine, its] = [STATUSES.indexOf(row.status), STATUSES.indexOf(other.status)]
  return mine < its || (mine === its && row.validFrom > other.validFrom)
}

/** @param {any} row @param {any} other */
const laterEnd = (row, other) =>
  row.validTo > other.validTo || (row.validTo === other.validTo && row.validFrom > other.validFrom)

/**
 * What other cases of the person say of one class. An open one counts where it was submitted before
 * this one; a delivery always counts. One that cannot be read leaves both unknown.
 * @param {import('./store').Doc[]} priors
 * @param {string} classCode
 * @param {{ id: string | null, submittedAt: Date }} mine
 */
function historyOf(priors, classCode, { id, submittedAt }) {
  const others = priors.filter((prior) => prior._id !== id).map(readPrior)
  if (others.some((prior) => !prior)) return { lastDeliveredOn: null, openSameClass: null }
  const same = /** @type {any[]} */ (others).filter((prior) => prior.classCode === classCode)
  const days = same
    .map((prior) => prior.deliveredOn)
    .filter(Boolean)
    .sort()
  const before = (/** @type {any} */ prior) =>
    prior.at < submittedAt.getTime() || (prior.at === submittedAt.getTime() && (!id || prior.id < id))
  return {
    lastDeliveredOn: days.length ? days[days.length - 1] : 'never',
    openSameClass: same.some((prior) => OPEN.includes(prior.status) && before(prior)),
  }
}

/** @param {import('./store').Doc} prior */
function readPrior({ _id, status, submittedAt, data, log }) {
  const classCode = data && data.classCode
  if (typeof classCode !== 'string' || !(submittedAt instanceof Date)) return null
  const delivered = (Array.isArray(log) ? log : [])
    .filter((row) => row && row.to === 'delivered' && row.at instanceof Date)
    .map((row) => civilDay(row.at))
    .sort()
  if (DELIVERED.includes(status) && !delivered.length) return null
  const deliveredOn = delivered.length ? delivered[delivered.length - 1] : null
  return { id: _id, status, classCode, at: submittedAt.getTime(), deliveredOn }
}

/**
 * The facts of one application. Throws `Unreadable`.
 * @param {{ person: import('./store').Doc, household: import('./store').Doc | null,
 *   listed: import('./store').Doc | null, priors: import('./store').Doc[],
 *   application: { id: string | null, classCode: string, qty: number, quoteFen?: number, submittedAt: Date } }} sources
 * @returns {Facts}
 */
function deviceFacts({ person, household, listed, priors, application }) {
  const { classCode, qty, quoteFen, submittedAt } = application
  const day = civilDay(submittedAt)
  const certificate = person.certificate || {}
  const status = household && householdOn(household.statuses, day)
  const history = historyOf(priors, classCode, application)
  const row = listed || {}
  const priceFen = known(row.priceFen, fen)
  return {
    birth_date: known(person.birthDate, plausible),
    submitted_on: day,
    'household.status': status ? status.status : null,
    'household.valid_to': status ? status.validTo : null,
    'certificate.category': known(certificate.category, whole(1, 7)),
    'certificate.components': componentsOf(certificate.components),
    'certificate.grade': known(certificate.grade, whole(1, 4)),
    'certificate.status': known(certificate.status, oneOf(CERTIFICATE_STATUSES)),
    'certificate.valid_to': known(certificate.validTo, plausible),
    'device.class_code': classCode,
    'device.life_years': known(row.lifeYears, or(whole(0, 100), 'none')),
    'device.allowed_categories': listed ? categoriesOf(row.allowedCategories) : 'unlisted',
    'device.cap_fen': known(row.capFen, or(fen, 'none')),
    'device.qty': qty,
    price_fen: quoteFen !== undefined ? quoteFen : priceFen === null ? null : priceFen * qty,
    last_delivered_on: history.lastDeliveredOn,
    open_same_class: history.openSameClass,
  }
}

/** @param {any} parts */
function componentsOf(parts) {
  const fits = (/** @type {any} */ part) =>
    part && known(part.category, whole(1, 6)) !== null && (known(part.grade, whole(1, 4)) || true)
  return known(parts, (list) => Array.isArray(list) && list.every(fits))
}

/** @param {any} categories */
const categoriesOf = (categories) =>
  known(categories, (list) => Array.isArray(list) && list.length > 0 && list.every(whole(1, 7)))

module.exports = {
  CATALOGUE_FIELDS,
  HOUSEHOLD_FIELDS,
  PRIOR_FIELDS,
  PRIOR_STATUSES,
  Unreadable,
  deviceFacts,
  householdOn,
}
