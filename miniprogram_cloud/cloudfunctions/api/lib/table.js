'use strict'

/**
 * Looking up the exported table of a rule: facts → cells → rows → answer, as the rules library does
 * it. The table says everything; this file knows how to read one.
 *
 * @typedef {Record<string, any>} Doc
 * @typedef {{ verdict: string, adverse: boolean, outcome: Doc, candidates: Doc[], codes: string[] }} Evaluation
 */

const { CONTRADICTION, DERIVED, deviceOutcome } = require('./derived')

/** On known facts the later beats the earlier. */
const PRECEDENCE = ['eligible', 'needs_review', 'not_eligible']

/**
 * @param {Doc} table  the exported rule
 * @param {import('./facts').Facts} facts  with `submitted_on`
 * @returns {Evaluation}
 */
function evaluate(table, facts) {
  const segment = table.segments.filter((/** @type {Doc} */ { from }) => from <= facts.submitted_on).pop()
  if (!segment || !segment.sheets) return { ...EMPTY, codes: ['NO_RULE_IN_FORCE'] }
  /** @type {Doc} */
  const fields = {}
  const leaves = segment.sheets.map((/** @type {Doc} */ sheet) =>
    walk(sheet, derive(facts, segment.parameters, fields)),
  )
  const answer = confirmed(segment, facts, leaves, combine(leaves))
  const values = Object.assign({}, ...answer.settled.map((/** @type {Doc} */ row) => row.values))
  const possible = answer.settled.flatMap((/** @type {Doc} */ row) => row.candidates)
  const { verdict, adverse } = answer
  const { outcome, candidates, codes } = deviceOutcome({
    facts,
    fields,
    verdict,
    values,
    candidates: possible,
  })
  return { verdict, adverse, outcome, candidates, codes: unique([...answer.codes, ...codes]) }
}

/** @type {Evaluation} */
const EMPTY = { verdict: 'needs_review', adverse: false, outcome: {}, candidates: [], codes: [] }

/**
 * Read fact after fact, only until what is left can no longer change the answer.
 * @param {Doc} sheet
 * @param {(name: string) => any} valueOf  the value of a field; null is unknown
 * @returns {Doc} the leaf
 */
function walk(sheet, valueOf) {
  let node = sheet.nodes[sheet.root]
  while (node.next) {
    const field = sheet.fields[node.field]
    node = sheet.nodes[node.next[codeOf(field, valueOf(field.name))]]
  }
  return node
}

/**
 * The derived facts of the device rule, as a walk asks for them.
 * @param {import('./facts').Facts} facts
 * @param {Doc} parameters
 * @param {Doc} [fields]  receives what was looked at
 */
const derive =
  (facts, parameters, fields = {}) =>
  (/** @type {string} */ name) =>
    (fields[name] = DERIVED[name](facts, parameters))

/**
 * The cell of a value: ordinary cells, then contradicting if there is one, then unknown. A day is the
 * number of days that `ordinal` counts.
 * @param {Doc} field
 * @param {any} value
 */
function codeOf({ members, cuts, contradiction }, value) {
  const ordinary = members ? members.length : cuts.length + 1
  if (value === null || value === undefined) return contradiction ? ordinary + 1 : ordinary
  if (value === CONTRADICTION) return ordinary
  return members ? members.indexOf(value) : cuts.filter((/** @type {number} */ cut) => cut <= value).length
}

/** What the sheets say together. @param {Doc[]} leaves */
function combine(leaves) {
  const settled = leaves.map((leaf) => leaf.settled).filter(Boolean)
  const codes = unique(leaves.flatMap((leaf) => leaf.codes))
  const possible = leaves.map((leaf) => leaf.verdicts).reduce(pairs, ['eligible'])
  const open = possible.length > 1 || (possible[0] === 'eligible' && settled.length < leaves.length)
  const verdict = open ? 'needs_facts' : possible[0]
  const charges = settled.some((row) => row.adverse)
  const adverse = verdict === 'not_eligible' || (verdict === 'eligible' && charges)
  return { verdict, codes, settled, adverse, weighs: adverse || charges, leaves }
}

/** Each pair's stronger verdict. @param {string[]} some @param {string[]} others @returns {string[]} */
const pairs = (some, others) => unique(some.flatMap((one) => others.map((other) => stronger(one, other))))

/** @param {string} one @param {string} other */
const stronger = (one, other) => (PRECEDENCE.indexOf(one) < PRECEDENCE.indexOf(other) ? other : one)

/**
 * What weighs on a person and an unconfirmed value would turn is not given: a person decides.
 * @param {Doc} segment
 * @param {import('./facts').Facts} facts
 * @param {Doc[]} leaves
 * @param {Doc} answer
 */
function confirmed(segment, facts, leaves, answer) {
  if (!answer.weighs) return answer
  for (const { parameter, value, sheet } of segment.alternatives) {
    const leaf = walk(segment.sheets[sheet], derive(facts, { ...segment.parameters, [parameter]: value }))
    const other = combine(leaves.map((one, position) => (position === sheet ? leaf : one)))
    if (!sameAnswer(answer, other)) return undecided(parameter, sheet, answer, other)
  }
  return answer
}

/** @param {Doc} row */
const outcomeOf = ({ verdict, values, candidates, adverse }) =>
  JSON.stringify([verdict, values, candidates, adverse])
/** @param {Doc} one @param {Doc} other */
const sameOutcomes = (one, other) =>
  JSON.stringify(one.settled.map(outcomeOf)) === JSON.stringify(other.settled.map(outcomeOf))

/** Of two refusals the share is moot. @param {Doc} one @param {Doc} other */
const sameAnswer = (one, other) =>
  one.verdict === other.verdict && (one.verdict === 'not_eligible' || sameOutcomes(one, other))

/** @param {string} parameter @param {number} sheet @param {Doc} one @param {Doc} other */
function undecided(parameter, sheet, one, other) {
  const shared = one.codes.filter((/** @type {string} */ each) => other.codes.includes(each))
  const rest = one.leaves.flatMap((/** @type {Doc} */ leaf, /** @type {number} */ position) =>
    position !== sheet && leaf.settled ? [leaf.settled] : [],
  )
  // A fact that only matters under the other value is asked for first.
  if (one.verdict === 'needs_facts' || other.verdict === 'needs_facts') {
    return { verdict: 'needs_facts', adverse: false, codes: shared, settled: rest }
  }
  const code = `${parameter.toUpperCase().replace(/\./g, '_')}_UNCONFIRMED`
  const review = { values: {}, candidates: bothWays(other.leaves[sheet], one.leaves[sheet]) }
  return { verdict: 'needs_review', adverse: false, codes: [code, ...shared], settled: [review, ...rest] }
}

/** What a sheet comes to either way, or nothing where one is open. @param {Doc} some @param {Doc} others */
function bothWays({ settled: some }, { settled: others }) {
  if (!some || !others) return []
  const possible = [some, others]
    .flatMap((row) => (row.candidates.length ? row.candidates : [row.values]))
    .filter((/** @type {Doc} */ values) => Object.keys(values).length > 0)
    .map((/** @type {Doc} */ values) => JSON.stringify(values))
  return unique(possible).map((text) => JSON.parse(text))
}

/** @template T @param {T[]} items */
const unique = (items) => Array.from(new Set(items))

module.exports = { codeOf, evaluate, walk }
