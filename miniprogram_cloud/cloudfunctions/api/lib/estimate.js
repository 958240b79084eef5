'use strict'

/** The estimate that a person sees before submitting: the same facts and the same table as the worker's. */

const { HOUSEHOLD_FIELDS, PRIOR_FIELDS, PRIOR_STATUSES, Unreadable, deviceFacts } = require('./facts')
const { lineOf } = require('./proposal')
const { evaluate } = require('./table')
const { TEXTS, fill, wordOf } = require('./texts')

const TABLE = require('../rules/device.json')

const MOST_PRIORS = 100

/** @typedef {import('./store').Doc} Doc */
/** @typedef {{ person: Doc, household: Doc | null, priors: Doc[] }} Background */

/**
 * What the estimate reads of a person beside the person's own record.
 * @param {import('./store').Store} store
 * @param {Doc} person
 * @returns {Promise<Background>}
 */
async function backgroundOf(store, person) {
  const { command } = store
  const history = {
    personId: command.eq(person._id),
    kind: command.eq('device'),
    status: command.in(PRIOR_STATUSES),
  }
  const { householdId } = person
  const [household, priors] = await Promise.all([
    householdId ? store.first('households', { _id: command.eq(householdId) }, HOUSEHOLD_FIELDS) : null,
    store.find('cases', history, PRIOR_FIELDS, { limit: MOST_PRIORS }),
  ])
  return { person, household, priors }
}

/**
 * @param {Background} background
 * @param {Doc | null} listed  the row of the catalogue
 * @param {{ id: string | null, classCode: string, qty: number, quoteFen?: number, submittedAt: Date }} application
 */
function estimateOf(background, listed, application) {
  try {
    return present(evaluate(TABLE, deviceFacts({ ...background, listed, application })))
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error
    return present(UNREADABLE, [TEXTS.outcome.unreadable])
  }
}

/** @type {import('./table').Evaluation} */
const UNREADABLE = { verdict: 'needs_review', adverse: false, outcome: {}, candidates: [], codes: [] }

/**
 * @param {import('./table').Evaluation} evaluation
 * @param {string[]} [reasons]
 */
function present({ verdict, outcome, candidates, codes }, reasons = []) {
  const { share = null, personal_fen = null, subsidy_fen = null, next_on = '' } = outcome
  const said = codes.map((code) => wordOf(TEXTS.codes, code, '')).filter(Boolean)
  return {
    verdict,
    share,
    personalFen: personal_fen,
    subsidyFen: subsidy_fen,
    codes,
    lines: [`${lineOf(verdict, outcome)}。`, ...said.map((line) => fill(line, { next_on })), ...reasons],
    candidates: candidates.map(({ share: one }) => ({ share: one })),
  }
}

module.exports = { TABLE, backgroundOf, estimateOf }
