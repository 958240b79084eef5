'use strict'

/** Reading an exported table, on a table small enough to check by hand. */

const assert = require('node:assert/strict')
const { describe, it } = require('node:test')

const API = '../../miniprogram_cloud/cloudfunctions/api'
const { split } = require(`${API}/lib/derived`)
const { evaluate } = require(`${API}/lib/table`)

const FREE = { verdict: 'eligible', values: { share: '0' }, candidates: [], adverse: false }
const HALF = { verdict: 'eligible', values: { share: '1/2' }, candidates: [], adverse: true }
const REVIEW = {
  verdict: 'needs_review',
  values: {},
  candidates: [{ share: '0' }, { share: '1/2' }],
  adverse: false,
}
const FINE = { verdict: 'eligible', values: {}, candidates: [], adverse: false }
const REFUSED = { verdict: 'not_eligible', values: {}, candidates: [], adverse: true }

/** @param {any} settled @param {string[]} codes */
const leaf = (settled, codes) => ({ verdicts: [settled.verdict], codes, settled })

/**
 * Free to 59, half from 60 without a status; one open application of a class.
 * @param {any[]} [alternatives]
 */
const table = (alternatives = []) => ({
  segments: [
    { from: '2020-01-01', sheets: null },
    {
      from: '2021-01-01',
      parameters: { 'age.convention': 'day_after' },
      alternatives,
      sheets: [
        {
          name: 'share',
          fields: [
            { name: 'age', cuts: [60], contradiction: true },
            { name: 'household.status', members: ['none', 'dibao'], contradiction: false },
          ],
          root: 0,
          nodes: [
            { field: 0, next: [1, 2, 5, 6] },
            leaf(FREE, ['AGE_BELOW_60']),
            { field: 1, next: [3, 4, 7] },
            leaf(HALF, ['AGE_60_PLUS', 'HALF']),
            leaf(FREE, ['AGE_60_PLUS', 'DIBAO']),
            leaf(REVIEW, ['BIRTH_DATE_IMPLAUSIBLE']),
            { verdicts: ['eligible'], codes: [], settled: null },
            { verdicts: ['eligible'], codes: ['AGE_60_PLUS'], settled: null },
          ],
        },
        {
          name: 'entitlement',
          fields: [{ name: 'open_same_class', members: [false, true], contradiction: false }],
          root: 0,
          nodes: [
            { field: 0, next: [1, 2, 3] },
            leaf(FINE, []),
            leaf(REFUSED, ['OPEN_DUPLICATE']),
            { verdicts: ['eligible', 'not_eligible'], codes: [], settled: null },
          ],
        },
      ],
    },
  ],
})

const FACTS = {
  birth_date: '1960-06-15',
  submitted_on: '2026-11-23',
  'household.status': 'none',
  open_same_class: false,
  price_fen: 100001,
  'device.cap_fen': 'none',
  'device.qty': 1,
  last_delivered_on: 'never',
}

describe('table', () => {
  /** @param {any} changes @param {any[]} [alternatives] */
  const said = (changes, alternatives) => evaluate(table(alternatives), { ...FACTS, ...changes })

  it('walks to the row of the cell and reads no further than needed', () => {
    const { verdict, adverse, outcome, codes } = said({})
    // The sheet never looked at the cap: the amounts are an estimate without one, and say so.
    assert.deepEqual([verdict, adverse, codes], ['eligible', true, ['AGE_60_PLUS', 'HALF', 'CAP_UNKNOWN']])
    assert.deepEqual(outcome, { share: '1/2', personal_fen: 50000, subsidy_fen: 50001 })
    assert.equal(said({ birth_date: '1990-01-01', 'household.status': null }).outcome.share, '0')
  })

  it('lets refusal beat review and review beat eligible', () => {
    assert.equal(said({ open_same_class: true }).verdict, 'not_eligible')
    assert.equal(said({ birth_date: '2027-01-01' }).verdict, 'needs_review')
    assert.equal(said({ birth_date: '2027-01-01', open_same_class: true }).verdict, 'not_eligible')
  })

  it('asks for facts where the answer depends on them, and keeps what is settled', () => {
    assert.equal(said({ 'household.status': null }).verdict, 'needs_facts')
    assert.equal(said({ birth_date: null }).verdict, 'needs_facts')
    const open = said({ birth_date: '1990-01-01', open_same_class: null })
    assert.deepEqual([open.verdict, open.outcome.share, open.adverse], ['needs_facts', '0', false])
  })

  it('says that no rule is in force before the first segment and in an empty one', () => {
    for (const submitted_on of ['2019-12-31', '2020-06-01']) {
      assert.deepEqual(said({ submitted_on }), {
        verdict: 'needs_review',
        adverse: false,
        outcome: {},
        candidates: [],
        codes: ['NO_RULE_IN_FORCE'],
      })
    }
  })

  it('says that the price is unknown where the share is settled', () => {
    assert.deepEqual(said({ price_fen: null }).codes, ['AGE_60_PLUS', 'HALF', 'PRICE_UNKNOWN'])
  })

  it('hands an adverse answer that an unconfirmed value would turn to a person, with both outcomes', () => {
    const alternatives = [{ parameter: 'age.convention', value: 'day_after', sheet: 0 }]
    const byBirthday = table(alternatives)
    const [, segment] = /** @type {any[]} */ (byBirthday.segments)
    segment.parameters['age.convention'] = 'birthday'
    const turning = { ...FACTS, birth_date: '1966-11-23' }
    const { verdict, adverse, candidates, codes, outcome } = evaluate(byBirthday, turning)
    assert.deepEqual([verdict, adverse, outcome], ['needs_review', false, {}])
    assert.deepEqual(candidates, [
      { share: '0', personal_fen: 0, subsidy_fen: 100001 },
      { share: '1/2', personal_fen: 50000, subsidy_fen: 50001 },
    ])
    assert.deepEqual(codes, ['AGE_CONVENTION_UNCONFIRMED', 'CAP_UNKNOWN'])
    assert.equal(evaluate(byBirthday, { ...turning, birth_date: '1966-11-22' }).verdict, 'eligible')
    // Of two refusals the share is moot.
    assert.equal(evaluate(byBirthday, { ...turning, open_same_class: true }).verdict, 'not_eligible')
  })

  it('asks for a fact that only the unconfirmed other value needs', () => {
    const otherwise = table([{ parameter: 'age.convention', value: 'birthday', sheet: 0 }])
    const [, { sheets }] = /** @type {any[]} */ (otherwise.segments)
    sheets[0].nodes[1] = leaf(HALF, ['AGE_BELOW_60'])
    const turning = { ...FACTS, birth_date: '1966-11-23', 'household.status': null }
    const { verdict, adverse, codes, outcome } = evaluate(otherwise, turning)
    assert.deepEqual([verdict, adverse, outcome, codes], ['needs_facts', false, {}, []])
    // Under a review of something else it need not be asked for, and nothing is told of the share.
    sheets[1].nodes[1] = leaf(REVIEW, ['OVER_CAP'])
    const beside = evaluate(otherwise, turning)
    assert.deepEqual([beside.verdict, beside.outcome], ['needs_review', {}])
  })

  it('leaves alone what favours a person, whatever else weighs', () => {
    const otherwise = table([{ parameter: 'age.convention', value: 'birthday', sheet: 0 }])
    const [, { sheets }] = /** @type {any[]} */ (otherwise.segments)
    sheets[1].nodes[1] = leaf({ ...FINE, adverse: true }, ['OVER_CAP'])
    const turning = { ...FACTS, birth_date: '1966-11-23', 'household.status': null }
    const { verdict, adverse, codes, outcome } = evaluate(otherwise, turning)
    assert.deepEqual([verdict, adverse, outcome.share], ['eligible', true, '0'])
    assert.deepEqual(codes, ['AGE_BELOW_60', 'OVER_CAP', 'CAP_UNKNOWN'])
  })

  it('tells no share in a refusal that an unconfirmed value would turn', () => {
    const byBirthday = table([{ parameter: 'age.convention', value: 'day_after', sheet: 0 }])
    const [, segment] = /** @type {any[]} */ (byBirthday.segments)
    segment.parameters['age.convention'] = 'birthday'
    const turning = { ...FACTS, birth_date: '1966-11-23', open_same_class: true }
    const { verdict, outcome } = evaluate(byBirthday, turning)
    assert.deepEqual([verdict, outcome], ['not_eligible', {}])
  })
})

describe('amounts', () => {
  it('rounds toward the person, sums to the price, and leaves what is above the cap to the person', () => {
    assert.deepEqual(split(99999, '1/2', null), { personal_fen: 49999, subsidy_fen: 50000 })
    assert.deepEqual(split(150000, '1/2', 120000), { personal_fen: 90000, subsidy_fen: 60000 })
    assert.deepEqual(split(150000, '0', 120000), { personal_fen: 30000, subsidy_fen: 120000 })
    assert.deepEqual(split(0, '1/2', null), { personal_fen: 0, subsidy_fen: 0 })
  })
})
