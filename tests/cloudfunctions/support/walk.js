'use strict'

/**
 * Walks every cell of exported sheets. Reads `[{ rule, segment, sheet, values }]` on standard input,
 * `values` being of each field one value of each of its cells, in the order of the cells; `null` is
 * unknown, `{}` contradicting. Writes of each sheet its distinct leaves, and which of them each cell
 * of the product comes to, the last field turning fastest.
 */

const { readFileSync } = require('node:fs')

const API = '../../../miniprogram_cloud/cloudfunctions/api'
const { CONTRADICTION } = require(`${API}/lib/derived`)
const { walk } = require(`${API}/lib/table`)

/** @param {any} given */
const valueOf = (given) => (given !== null && typeof given === 'object' ? CONTRADICTION : given)

/** @param {any} asked */
function walked({ rule, segment, sheet: position, values }) {
  const sheet = require(`${API}/rules/${rule}.json`).segments[segment].sheets[position]
  const names = sheet.fields.map((/** @type {any} */ field) => field.name)
  /** @type {Map<any, number>} */
  const leaves = new Map()
  /** @type {number[]} */
  const at = []
  /** @type {Record<string, any>} */
  const cell = {}
  const turn = (/** @type {number} */ depth) => {
    if (depth === names.length) {
      const leaf = walk(sheet, (/** @type {string} */ name) => cell[name])
      if (!leaves.has(leaf)) leaves.set(leaf, leaves.size)
      at.push(/** @type {number} */ (leaves.get(leaf)))
      return
    }
    for (const given of values[depth]) {
      cell[names[depth]] = valueOf(given)
      turn(depth + 1)
    }
  }
  turn(0)
  return { leaves: Array.from(leaves.keys()), at }
}

process.stdout.write(JSON.stringify(JSON.parse(readFileSync(0, 'utf8')).map(walked)))
