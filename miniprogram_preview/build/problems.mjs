/**
 * What is wrong with a mini-program, with the place to fix it.
 *
 * @typedef {object} Problem
 * @property {string} file     path below the mini-program's root, with `/`
 * @property {number} line     from 1
 * @property {number} column   from 1
 * @property {string} message  what is wrong, and what to do about it
 */

/** @param {Problem} problem */
export const format = ({ file, line, column, message }) => `${file}:${line}:${column}: ${message}`

/** Collects problems, each place and message once, in the order of the files. */
export class Problems {
  /** @type {Map<string, Problem>} */
  #found = new Map()

  /** @param {string} file @param {{line: number, column: number}} place @param {string} message */
  add(file, place, message) {
    const problem = { file, line: place.line, column: place.column, message }
    this.#found.set(format(problem), problem)
  }

  /** @returns {Problem[]} */
  list() {
    return [...this.#found.values()].sort(
      (a, b) => (a.file < b.file ? -1 : a.file > b.file ? 1 : 0) || a.line - b.line || a.column - b.column,
    )
  }
}

/** The first place of a file, for problems that belong to the file as a whole. */
export const START = Object.freeze({ line: 1, column: 1 })

/**
 * Where an offset of a text is, counted from 1.
 * @param {string} text
 * @param {number} offset
 */
export function placeOf(text, offset) {
  const before = text.slice(0, offset)
  return { line: before.split('\n').length, column: offset - before.lastIndexOf('\n') }
}

/** The word of a list that a misspelt one probably meant, as ` (did you mean …?)`, or nothing.
 * @param {string} word @param {Iterable<string>} known */
export function hint(word, known) {
  let best = ''
  let least = Math.max(2, Math.floor(word.length / 4)) + 1
  for (const candidate of known) {
    const distance = editDistance(word, candidate, least)
    if (distance < least) [best, least] = [candidate, distance]
  }
  return best ? ` (did you mean ${best}?)` : ''
}

/** @param {string} a @param {string} b @param {number} limit */
function editDistance(a, b, limit) {
  if (Math.abs(a.length - b.length) >= limit) return limit
  let row = Array.from({ length: b.length + 1 }, (_, i) => i)
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i]
    for (let j = 1; j <= b.length; j += 1) {
      next[j] = Math.min(row[j] + 1, next[j - 1] + 1, row[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1))
    }
    row = next
  }
  return row[b.length]
}
