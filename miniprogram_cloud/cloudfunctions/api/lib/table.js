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
  const answer = combine(doubted(segment, facts, leaves))
  const values = Object.assign({}, ...answer.settled.map((/** @type {Doc} */ row) => row.values))
  const open = answer.settled.flatMap((/** @type {Doc} */ row) => row.candidates)
  const { verdict, adverse } = answer
  const { outcome, candidates, codes } = deviceOutcome({
    facts,
    fields,
    verdict,
    values,
    candidates: open,
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
  const charged = verdict === 'eligible' && settled.some((row) => row.adverse)
  return { verdict, codes, settled, adverse: verdict === 'not_eligible' || charged }
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
 * @returns {Doc[]}  the leaves, with a question in place of each that is turned
 */
function doubted(segment, facts, leaves) {
  const turned = segment.alternatives.flatMap((/** @type {Doc} */ { parameter, value, sheet }) => {
    if (!weighs(leaves[sheet])) return []
    const leaf = walk(segment.sheets[sheet], derive(facts, { ...segment.parameters, [parameter]: value }))
    return sameLeaf(leaves[sheet], leaf) ? [] : [{ parameter, sheet, leaf }]
  })
  return leaves.map((leaf, position) => {
    const doubts = turned.filter((/** @type {Doc} */ { sheet }) => sheet === position)
    return doubts.length ? question(leaf, doubts) : leaf
  })
}

/** Whether the person is refused, whatever is still unknown. @param {Doc} leaf */
const refuses = ({ verdicts }) => verdicts.every((/** @type {string} */ verdict) => verdict === 'not_eligible')

/** Whether it charges or refuses, whatever is still unknown. @param {Doc} leaf */
const weighs = (leaf) =>
  refuses(leaf) || Boolean(leaf.settled && leaf.settled.verdict === 'eligible' && leaf.settled.adverse)

/** Of two refusals the rest is moot. @param {Doc} one @param {Doc} other */
const sameLeaf = (one, other) =>
  (refuses(one) && refuses(other)) ||
  Boolean(one.settled && other.settled && outcomeOf(one.settled) === outcomeOf(other.settled))

/** @param {Doc} row */
const outcomeOf = ({ verdict, values, candidates, adverse }) =>
  JSON.stringify([verdict, values, candidates, adverse])

/**
 * What stands where unconfirmed values turn what a sheet says. A fact that only matters then is asked for
 * first, unless a person has to decide in any case.
 * @param {Doc} leaf
 * @param {Doc[]} doubts  the parameters, and the leaves they lead to
 */
function question(leaf, doubts) {
  const all = [...doubts.map((doubt) => doubt.leaf), leaf]
  const shared = all[0].codes.filter((/** @type {string} */ code) => all.every(({ codes }) => codes.includes(code)))
  if (doubts.every((doubt) => !doubt.leaf.settled && !refuses(doubt.leaf))) {
    return { verdicts: unique(all.flatMap(({ verdicts }) => verdicts)), codes: shared, settled: null }
  }
  const names = doubts.map(({ parameter }) => `${parameter.toUpperCase().replace(/\./g, '_')}_UNCONFIRMED`)
  const codes = unique([...names, ...shared])
  const review = { verdict: 'needs_review', values: {}, candidates: possible(all), adverse: false }
  return { verdicts: [review.verdict], codes, settled: review }
}

/** The values that leaves leave open or give, each once. @param {Doc[]} leaves */
function possible(leaves) {
  const texts = leaves
    .flatMap(({ settled }) => (settled ? [settled] : []))
    .flatMap((row) => (row.candidates.length ? row.candidates : [row.values]))
    .filter((/** @type {Doc} */ values) => Object.keys(values).length > 0)
    .map((/** @type {Doc} */ values) => JSON.stringify(values))
  return unique(texts).map((text) => JSON.parse(text))
}

/** @template T @param {T[]} items */
const unique = (items) => Array.from(new Set(items))

module.exports = { codeOf, evaluate, walk }
