'use strict'

/**
 * The derived facts of the device rule: raw facts to what its sheets look at. null is unknown;
 * `CONTRADICTION` is a fact that is given and cannot be. Each is the twin of a function of the rules
 * library, and proven equal to it.
 */

const { addYears, ageOn } = require('./calendar')

const CONTRADICTION = Symbol('contradiction')
const OLDEST = 130
const MULTIPLE = 7
const CATEGORIES = [1, 2, 3, 4, 5, 6, MULTIPLE]

/** @typedef {import('./facts').Facts} Facts */
/** @typedef {Record<string, string | number | boolean>} Parameters */

/** @type {Record<string, (facts: Facts, parameters: Parameters) => any>} */
const DERIVED = {
  age: ({ birth_date: birth, submitted_on: day }, parameters) => {
    if (!birth || !day) return null
    const convention = /** @type {'day_after' | 'birthday'} */ (parameters['age.convention'])
    const years = ageOn(birth, day, convention)
    return years === null || years > OLDEST ? CONTRADICTION : years
  },

  'household.status': (facts) => facts['household.status'],

  'household.lapsed': ({ submitted_on: day, 'household.valid_to': end }) => {
    if (end === 'open_ended') return false
    return end && day ? end < day : null
  },

  // An ID number is no fact here: the cloud's clear records hold none.
  'identity.consistent': (facts) => !facts.birth_date_conflict,

  'device.category_match': (facts) => {
    const allowed = facts['device.allowed_categories']
    const category = facts['certificate.category']
    if (allowed === 'unlisted') return 'unlisted'
    if (!allowed) return null
    if (CATEGORIES.every((each) => allowed.includes(each))) return 'match'
    if (!category) return null
    if (category !== MULTIPLE || allowed.includes(MULTIPLE))
      return allowed.includes(category) ? 'match' : 'mismatch'
    const parts = facts['certificate.components']
    if (!parts || !parts.length) return null
    return parts.some((/** @type {any} */ part) => allowed.includes(part.category)) ? 'match' : 'mismatch'
  },

  'certificate.state': (facts) => {
    const status = facts['certificate.status']
    if (status && status !== 'valid') return status
    const { submitted_on: day, 'certificate.valid_to': end } = facts
    if (!status || !end || !day) return null
    return end < day ? 'expired' : 'valid'
  },

  'device.in_service_life': (facts) => {
    const { last_delivered_on: delivered, submitted_on: day, 'device.life_years': years } = facts
    if (years === 'none' || delivered === 'never') return false
    if (years === null || !delivered || !day) return null
    return day < addYears(delivered, years)
  },

  open_same_class: (facts) => facts.open_same_class,

  'device.over_cap': (facts) => {
    const { price_fen: price, 'device.cap_fen': cap, 'device.qty': pieces } = facts
    if (cap === 'none') return false
    if (cap === null || price === null) return null
    if (price <= cap) return false
    return pieces === null ? null : price > cap * pieces
  },
}

/**
 * What the person pays and gets, in fen: counted up to the cap, rounded toward the person, always
 * summing to the price.
 * @param {number} price
 * @param {string} share  such as `0` or `1/2`
 * @param {number | null} cap
 */
function split(price, share, cap) {
  const [numerator, denominator = 1] = share.split('/').map(Number)
  const base = cap === null ? price : Math.min(price, cap)
  const own = Math.floor((base * numerator) / denominator)
  return { personal_fen: own + price - base, subsidy_fen: base - own }
}

/**
 * The outcome as far as the sheets settle it: a share with its amounts, or the shares in question.
 * @param {{ facts: Facts, fields: Facts, verdict: string, values: Facts, candidates: Facts[] }} view
 * @returns {{ outcome: Facts, candidates: Facts[], codes: string[] }}
 */
function deviceOutcome({ facts, fields, verdict, values, candidates }) {
  /** @type {Facts} */
  const outcome = {}
  const { last_delivered_on: delivered, price_fen: price } = facts
  /** @param {string} share @param {number | null} total */
  const amounts = (share, total) => (total === null ? {} : split(total, share, limitOf(facts, fields)))
  if (fields['device.in_service_life'] === true) {
    outcome.next_on = addYears(delivered, facts['device.life_years'])
  }
  if (values.share === undefined) {
    // On hold no amount is named: a figure beside a lapsed status reads like a bill.
    const named = candidates.length > 0 && fields['household.lapsed'] !== true
    const total = named ? price : null
    return {
      outcome,
      candidates: candidates.map(({ share }) => ({ share, ...amounts(share, total) })),
      codes: total === null ? [] : capCodes(fields),
    }
  }
  outcome.share = String(values.share)
  if (verdict === 'not_eligible') return { outcome, candidates: [], codes: [] }
  if (price === null) return { outcome, candidates: [], codes: ['PRICE_UNKNOWN'] }
  return { outcome: { ...outcome, ...amounts(outcome.share, price) }, candidates: [], codes: capCodes(fields) }
}

/** An amount as if there were no cap says that it is one. @param {Facts} fields */
const capCodes = (fields) => (typeof fields['device.over_cap'] === 'boolean' ? [] : ['CAP_UNKNOWN'])

/** The cap where the price is above it. @param {Facts} facts @param {Facts} fields */
const limitOf = (facts, fields) =>
  fields['device.over_cap'] === true ? facts['device.cap_fen'] * facts['device.qty'] : null

module.exports = { CONTRADICTION, DERIVED, deviceOutcome, split }
