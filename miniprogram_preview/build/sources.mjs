/** Reading the files of a mini-program. */
import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs'
import { join, posix } from 'node:path'
import { START, placeOf } from './problems.mjs'

/** One mini-program on disk: texts by path below its root, `/` on every system. */
export class Sources {
  /** @type {Map<string, string>} */
  #texts = new Map()

  /** @param {string} root */
  constructor(root) {
    this.root = root
  }

  /** @param {string} path */
  has(path) {
    const full = join(this.root, path)
    return existsSync(full) && statSync(full).isFile()
  }

  /** @param {string} path */
  text(path) {
    let text = this.#texts.get(path)
    if (text === undefined) {
      text = readFileSync(join(this.root, path), 'utf8')
      this.#texts.set(path, text)
    }
    return text
  }

  /**
   * Every file below the root with one of these endings, sorted.
   * @param {RegExp} pattern
   * @param {string} [folder]
   * @returns {string[]}
   */
  find(pattern, folder = '') {
    return readdirSync(join(this.root, folder), { withFileTypes: true })
      .flatMap((entry) => {
        const path = posix.join(folder, entry.name)
        if (entry.isDirectory()) return entry.name === 'miniprogram_npm' ? [] : this.find(pattern, path)
        return pattern.test(entry.name) ? [path] : []
      })
      .sort()
  }

  /**
   * A JSON file, or `{}` with a problem when it is missing or broken.
   * @param {string} path
   * @param {import('./problems.mjs').Problems} problems
   * @returns {Record<string, any>}
   */
  json(path, problems) {
    if (!this.has(path)) {
      problems.add(path, START, 'file is missing; create it (`{}` is enough)')
      return {}
    }
    const text = this.text(path)
    try {
      const value = JSON.parse(text)
      if (value && typeof value === 'object' && !Array.isArray(value)) return value
      problems.add(path, START, 'must hold one JSON object')
    } catch (error) {
      const message = /** @type {Error} */ (error).message
      const position = /position (\d+)/.exec(message)
      const place = placeOf(text, position ? Number(position[1]) : text.length)
      problems.add(path, place, `not valid JSON: ${message}`)
    }
    return {}
  }
}

/**
 * Where a quoted word first stands in a JSON text.
 * @param {string} text
 * @param {string} word
 */
export function placeOfWord(text, word) {
  const offset = text.indexOf(JSON.stringify(word))
  return offset < 0 ? START : placeOf(text, offset)
}

/**
 * A path as written in a file, from the root of the mini-program.
 * @param {string} from  the file it is written in
 * @param {string} to    `/x` from the root, anything else relative to `from`
 */
export const resolvePath = (from, to) =>
  to.startsWith('/') ? posix.normalize(to.slice(1)) : posix.join(posix.dirname(from), to)
