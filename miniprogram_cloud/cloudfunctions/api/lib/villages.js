'use strict'

/** Names of the villages and communities. They change about once in ten years: kept for a while. */

const KEPT_MS = 10 * 60 * 1000
const MOST_VILLAGES = 1000
const CODE_LENGTH = 12

/** @param {import('./store').Store} store @param {() => Date} clock */
function createVillages(store, clock) {
  /** @type {{ names: Map<string, string>, until: number } | null} */
  let kept = null

  return {
    /** @returns {Promise<Map<string, string>>} */
    async names() {
      const now = clock().getTime()
      if (!kept || kept.until <= now) {
        const rows = await store.find('villages', {}, ['name'], { limit: MOST_VILLAGES })
        const names = new Map(rows.map((row) => [row._id, row.name]))
        // An empty table is a town being set up, not a fact to remember.
        kept = names.size ? { names, until: now + KEPT_MS } : null
        return names
      }
      return kept.names
    },
  }
}

/**
 * The code that stands for the whole town where a case belongs to no village.
 * @param {Map<string, string>} names
 */
function townId(names) {
  const [any = ''] = Array.from(names.keys())
  return any.slice(0, CODE_LENGTH - 3).padEnd(CODE_LENGTH, '0')
}

/** @typedef {ReturnType<typeof createVillages>} Villages */

module.exports = { createVillages, townId }
