'use strict'

/**
 * Civil days of the town as `YYYY-MM-DD` in Asia/Shanghai, and ages in full years (周岁).
 *
 * A fixed offset: China has kept UTC+8 without summer time since 1991, and the runtime of a cloud
 * function may stand in any time zone.
 */

const OFFSET_MS = 8 * 3600 * 1000
const DAY_MS = 24 * 3600 * 1000
// Python's `date.toordinal()` of 1970-01-01, the numbers in which the tables of days are cut.
const ORDINAL_OF_EPOCH = 719163

/**
 * The civil day on which an instant falls.
 * @param {Date} instant
 */
function civilDay(instant) {
  return new Date(instant.getTime() + OFFSET_MS).toISOString().slice(0, 10)
}

/**
 * Whether a value is a day that exists, written `YYYY-MM-DD`.
 * @param {unknown} value
 * @returns {value is string}
 */
function isDay(value) {
  if (typeof value !== 'string' || !/^\d{4}-\d{2}-\d{2}$/.test(value)) return false
  const day = new Date(`${value}T00:00:00Z`)
  return !Number.isNaN(day.getTime()) && day.toISOString().slice(0, 10) === value
}

/**
 * The instant at which a civil day begins.
 * @param {string} day
 */
function dayStart(day) {
  return new Date(Date.parse(`${day}T00:00:00Z`) - OFFSET_MS)
}

/**
 * Days since the beginning of year 1, as Python counts them.
 * @param {string} day
 */
function ordinal(day) {
  return Date.parse(`${day}T00:00:00Z`) / DAY_MS + ORDINAL_OF_EPOCH
}

/**
 * How many days lie between two days; negative where the second is the earlier.
 * @param {string} from
 * @param {string} to
 */
function daysBetween(from, to) {
  return ordinal(to) - ordinal(from)
}

/** @param {number} year */
const isLeap = (year) => year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0)

/** @param {string} day @returns {[number, number, number]} */
function split(day) {
  const [year, month, date] = day.split('-').map(Number)
  return [year, month, date]
}

/**
 * The age in full years on a day, or null where the day lies before the birth.
 *
 * `day_after`: a year of life is full on the day after the birthday (民法典 201–203); `birthday`: on
 * it. Who was born on 29 February has the birthday on the 28th in other years.
 * @param {string} birth
 * @param {string} day
 * @param {'day_after' | 'birthday'} convention
 * @returns {number | null}
 */
function ageOn(birth, day, convention) {
  if (day < birth) return null
  const [birthYear, birthMonth, birthDate] = split(birth)
  const [year, month, date] = split(day)
  const leapDay = birthMonth === 2 && birthDate === 29
  const birthday = leapDay && !isLeap(year) ? 28 : birthDate
  const reached = convention === 'day_after' ? date > birthday : date >= birthday
  const full = month === birthMonth ? reached : month > birthMonth
  const age = year - birthYear
  return full || age === 0 ? age : age - 1
}

/**
 * The last day of a span of whole years that begins on a day, without that day (民法典 201–202).
 * @param {string} day
 * @param {number} years
 */
function addYears(day, years) {
  const [year, month, date] = split(day)
  const last = month === 2 && date === 29 && !isLeap(year + years) ? 28 : date
  const two = (/** @type {number} */ number) => String(number).padStart(2, '0')
  return `${String(year + years).padStart(4, '0')}-${two(month)}-${two(last)}`
}

module.exports = { civilDay, dayStart, isDay, ordinal, daysBetween, ageOn, addYears }
