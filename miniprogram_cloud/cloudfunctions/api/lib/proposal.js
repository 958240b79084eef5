'use strict'

/**
 * What a rule proposes, as each reader may see it. A resident never receives what the rule read, nor
 * the sentences for staff and auditors; staff receive no more than their case needs.
 */

const { civilDay } = require('./calendar')
const { TEXTS, fill, wordOf } = require('./texts')

/** @typedef {import('./store').Doc} Doc */

const DECISION_FIELDS = [
  'rev',
  'decidedAt',
  'decision.verdict',
  'decision.outcome',
  'decision.candidates',
  'decision.codes',
  'decision.clauses',
  'decision.missing',
  'decision.would_change',
  'decision.text.resident',
]
const STAFF_DECISION_FIELDS = [...DECISION_FIELDS, 'decision.text.staff']
/** What one line in a list needs. */
const LINE_FIELDS = ['decision.verdict', 'decision.outcome']

/** @param {Doc} item */
const decisionIdOf = ({ _id, rev }) => `dec:${_id}:${rev === undefined ? 1 : rev}`

/** Fen as yuan with two decimals, as people read amounts. @param {number} fen */
const yuan = (fen) => `${Math.trunc(fen / 100)}.${String(fen % 100).padStart(2, '0')}`

/**
 * Who pays what, in the words of the contract.
 * @param {Doc} [outcome]
 */
function amounts({ share = null, personal_fen = null, subsidy_fen = null } = {}) {
  return { share, personalFen: personal_fen, subsidyFen: subsidy_fen }
}

/**
 * One line that says what is proposed, always as 预计.
 * @param {string} verdict
 * @param {Doc} [outcome]
 */
function lineOf(verdict, outcome) {
  const { share, personalFen } = amounts(outcome)
  if (verdict !== 'eligible') return wordOf(TEXTS.outcome, verdict, TEXTS.outcome.needs_review)
  if (personalFen) return fill(TEXTS.outcome.pays, { yuan: yuan(personalFen) })
  if (share === '0') return TEXTS.outcome.free
  // What is not paid for, an offer of help for one, has no share.
  return share ? TEXTS.outcome.half : TEXTS.outcome.eligible
}

/**
 * The line for the staff: where a rule ranks, it also says how urgent the case is.
 * @param {string} verdict
 * @param {Doc} [outcome]
 */
function staffLineOf(verdict, outcome) {
  const line = lineOf(verdict, outcome)
  const { priority_least: least, priority_most: most } = outcome || {}
  if (typeof least !== 'number' || typeof most !== 'number') return line
  return fill(TEXTS.outcome.ranked, { line, points: least === most ? least : `${least}～${most}` })
}

/**
 * A decision as the person may read it.
 * @param {Doc | null | undefined} row  the document of `decisions`
 */
function decisionForOwner(row) {
  if (!row || !row.decision) return null
  const { verdict, outcome, candidates, clauses, missing, would_change: changes, text } = row.decision
  return {
    verdict,
    ...amounts(outcome),
    candidates: (candidates || []).map(amounts),
    lines: (text && text.resident) || [],
    why: (clauses || []).filter(isDecisive).map(reasonOf),
    wouldChange: (changes || []).map(changeOf),
    missing: (missing || []).map(factName),
    decidedOn: civilDay(row.decidedAt),
  }
}

/** @param {Doc | null | undefined} row */
function staffLines(row) {
  const text = row && row.decision && row.decision.text
  return (text && text.staff) || []
}

/**
 * The clauses with the facts they looked at: what staff compare with the papers.
 * @param {Doc | null | undefined} row
 */
function clausesForStaff(row) {
  const clauses = (row && row.decision && row.decision.clauses) || []
  return clauses.map((/** @type {Doc} */ clause) => ({
    ...pick(clause, ['id', 'result', 'facts', 'quote', 'source']),
    decisive: isDecisive(clause),
  }))
}

/** @param {Doc} doc @param {string[]} names @returns {Doc} */
const pick = (doc, names) => names.reduce((all, name) => ({ ...all, [name]: doc[name] }), {})

/**
 * Requirements speak when they are not met; every other clause, also the one that finds all in order,
 * when it is.
 */
const REQUIREMENT = /^device\.entitlement\.(?!in_order$)/

/**
 * Whether a clause made the decision what it is; the others were looked at and say nothing.
 * @param {Doc} clause
 */
const isDecisive = ({ id, result }) => result === (REQUIREMENT.test(id) ? 'fail' : 'pass')

/** @param {Doc} clause */
const reasonOf = ({ result, quote, source }) => ({ result, text: quote, source: sourceOf(source) })

/**
 * The town's own rule is named as such; where in the papers it stands is for the staff.
 * @param {unknown} source
 */
const sourceOf = (source) =>
  typeof source !== 'string' ? null : source.startsWith('seed') ? TEXTS.townRule : source

/** @param {Doc} change */
function changeOf({ fact, by, to, verdict, outcome }) {
  const words = wordOf(TEXTS.changes, by, TEXTS.changeOther)
  return { text: fill(words, { to, fact: factName(fact) }), verdict, ...amounts(outcome) }
}

/** @param {unknown} path */
const factName = (path) => wordOf(TEXTS.facts, path, TEXTS.factOther)

module.exports = {
  DECISION_FIELDS,
  LINE_FIELDS,
  STAFF_DECISION_FIELDS,
  amounts,
  clausesForStaff,
  decisionForOwner,
  decisionIdOf,
  lineOf,
  staffLineOf,
  staffLines,
  yuan,
}
