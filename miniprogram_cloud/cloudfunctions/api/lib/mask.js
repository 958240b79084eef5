'use strict'

/** What staff see of a person: enough to recognise and to judge, no name, number or birthday. */

const { ageOn, isDay } = require('./calendar')
const { TEXTS, fill, wordOf } = require('./texts')

const BANDS = [18, 30, 45, 60, 70, 80]

/**
 * The age band of a person on a day: `60到69岁`.
 * @param {unknown} birth
 * @param {string} day
 */
function ageBand(birth, day) {
  const age = isDay(birth) ? ageOn(birth, day, 'day_after') : null
  if (age === null) return TEXTS.ages.unknown
  const above = BANDS.findIndex((limit) => age < limit)
  if (above === 0) return fill(TEXTS.ages.below, { to: BANDS[0] })
  if (above === -1) return fill(TEXTS.ages.above, { from: BANDS[BANDS.length - 1] })
  return fill(TEXTS.ages.from, { from: BANDS[above - 1], to: BANDS[above] - 1 })
}

/**
 * @param {import('./store').Doc | null} person
 * @param {string} day
 */
function personForStaff(person, day) {
  const { certificate = {}, nameMasked = '', birthDate } = person || {}
  const { category, grade, status } = certificate
  const words = TEXTS.certificate
  const kind = words.categories[category - 1]
  return {
    nameMasked,
    ageBand: ageBand(birthDate, day),
    categoryText: kind ? fill(words.disability, { category: kind }) : words.unknown,
    gradeText: words.grades[grade - 1] || words.unknown,
    certificateStatus: wordOf(words.statuses, status, words.unknown),
  }
}

module.exports = { ageBand, personForStaff }
