/**
 * What a step asks the staff to bring: ticks and written answers, by the needs that the cloud names.
 *
 * @typedef {{name: string, label: string, on: boolean, error: string}} Tick
 * @typedef {{name: string, label: string, hint: string, value: string, error: string}} Entry
 * @typedef {{ticks: Tick[], entries: Entry[]}} Asks
 */
const texts = require('../texts')
const { dayTyped } = require('./day')
const { fill } = require('./words')

const t = texts.staff

/** @type {Record<string, {ticks?: string[], entries?: string[]}>} */
const BY_NEED = {
  reason: {},
  papers: { ticks: ['papersChecked'] },
  receipt: { ticks: ['receiptSigned'] },
  three_parties: { ticks: ['partiesAccepted'] },
  supplier: { entries: ['supplier'] },
  employer: { entries: ['employer'] },
  due_date: { entries: ['dueOn'] },
  document: { entries: ['documentNo', 'documentOn'] },
  first_day: { entries: ['firstDayOn'] },
}
const DAYS = ['dueOn', 'documentOn', 'firstDayOn']

/** Whether the page can ask for all that a step needs; the button of any other could not succeed. @param {string[]} needs */
const canAsk = (needs) => needs.every((need) => need in BY_NEED)

/** @param {string[]} needs @returns {Asks} */
function asksOf(needs) {
  const asked = needs.map((need) => BY_NEED[need])
  return {
    ticks: asked.flatMap(({ ticks = [] }) => ticks).map((name) => ({ name, label: words(name).label, on: false, error: '' })),
    entries: asked.flatMap(({ entries = [] }) => entries).map((name) => {
      const { label, hint = '' } = words(name)
      return { name, label, hint, value: '', error: '' }
    }),
  }
}

/** @param {string} name @returns {{label: string, hint?: string, missing: string}} */
const words = (name) => /** @type {Record<string, *>} */ (t.asks)[name]

/**
 * The same with the first thing that is missing said beside it: an error leads to its field, and nobody is led to two.
 * @param {Asks} asks
 * @returns {Asks}
 */
function judged(asks) {
  const first = firstMissing(asks)
  const error = (/** @type {string} */ name) => (name === first ? words(name).missing : '')
  return {
    ticks: asks.ticks.map((tick) => ({ ...tick, error: error(tick.name) })),
    entries: asks.entries.map((entry) => ({ ...entry, error: error(entry.name) })),
  }
}

/** @param {Asks} asks @returns {string} its name, or '' */
function firstMissing({ ticks, entries }) {
  const missing = [...ticks.filter(({ on }) => !on), ...entries.filter((entry) => !answerOf(entry))]
  return missing.length ? missing[0].name : ''
}

/** @param {Asks} asks */
const isComplete = (asks) => !firstMissing(asks)

/** What goes to the cloud. @param {Asks} asks @returns {Record<string, string | boolean>} */
const brought = ({ ticks, entries }) =>
  Object.fromEntries([...ticks.map(({ name, on }) => [name, on]), ...entries.map((entry) => [entry.name, answerOf(entry)])])

/** @param {Asks} asks */
const entryLines = ({ entries }) =>
  entries.map((entry) => fill(t.confirmEntry, { label: entry.label, text: answerOf(entry) }))

/** @param {Entry} entry */
const answerOf = ({ name, value }) => (DAYS.includes(name) ? dayTyped(value) : value.trim())

module.exports = { asksOf, brought, canAsk, entryLines, isComplete, judged }
