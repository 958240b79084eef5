/** The current build of the mini-program: made again when a source has changed. */
import { statSync } from 'node:fs'
import { SourceMap } from 'node:module'
import { join } from 'node:path'
import { build } from '../build/build.mjs'
import { Sources } from '../build/sources.mjs'

const SOURCE = /\.(json|js|wxml|wxss|wxs)$/

export class Workshop {
  #stamp = ''
  /** @type {Promise<import('../build/build.mjs').Built> | null} */
  #built = null
  /** @type {SourceMap | null} */
  #map = null

  /** @param {string} folder */
  constructor(folder) {
    this.folder = folder
  }

  /** The build of the sources as they are now. @returns {Promise<import('../build/build.mjs').Built>} */
  current() {
    const files = new Sources(this.folder).find(SOURCE)
    const stamp = files.map((file) => `${file}:${statSync(join(this.folder, file)).mtimeMs}`).join('\n')
    if (!this.#built || stamp !== this.#stamp) {
      this.#stamp = stamp
      this.#map = null
      this.#built = build(this.folder)
    }
    return this.#built
  }

  /**
   * The place in the mini-program's own sources that a stack trace goes back to, '' when there is none.
   * @param {{line: number, column: number}[]} frames  from 1, innermost first
   */
  async place(frames) {
    const { map } = await this.current()
    if (!map) return ''
    this.#map ??= new SourceMap(JSON.parse(map))
    for (const { line, column } of frames) {
      const entry = /** @type {any} */ (this.#map.findEntry(line - 1, column - 1))
      const source = String(entry.originalSource ?? '')
      if (source && !source.startsWith('..') && !source.startsWith('preview-entry')) {
        return `${source}:${entry.originalLine + 1}:${entry.originalColumn + 1}`
      }
    }
    return ''
  }
}
