/** The event channel between a page and the one it opened: what one end emits, the other hears. */

class End {
  /** @type {Map<string, {run: Function, once: boolean}[]>} */
  #listeners = new Map()
  /** @type {End | null} */
  peer = null

  /** @param {string} name @param {Function} run */
  on(name, run) {
    this.#add(name, { run, once: false })
  }

  /** @param {string} name @param {Function} run */
  once(name, run) {
    this.#add(name, { run, once: true })
  }

  /** @param {string} name @param {{run: Function, once: boolean}} listener */
  #add(name, listener) {
    this.#listeners.set(name, [...(this.#listeners.get(name) ?? []), listener])
  }

  /** @param {string} name @param {Function} [run]  without it, all listeners go */
  off(name, run) {
    this.#listeners.set(name, run ? (this.#listeners.get(name) ?? []).filter((listener) => listener.run !== run) : [])
  }

  /** @param {string} name @param {...any} args */
  emit(name, ...args) {
    this.peer?.hear(name, args)
  }

  /** @param {string} name @param {any[]} args */
  hear(name, args) {
    const listeners = this.#listeners.get(name) ?? []
    this.#listeners.set(name, listeners.filter(({ once }) => !once))
    for (const { run } of listeners) run(...args)
  }
}

/** @param {Record<string, Function>} [events]  what the opener listens to from the start */
export function channel(events = {}) {
  const opener = new End()
  const opened = new End()
  opener.peer = opened
  opened.peer = opener
  for (const [name, run] of Object.entries(events)) opener.on(name, run)
  return { opener, opened }
}
