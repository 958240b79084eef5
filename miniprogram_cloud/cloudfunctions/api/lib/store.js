'use strict'

/**
 * The few database operations that actions need, through the official SDK, in one place: every read
 * states its fields and its limit, every change is a comparison and a write in one operation.
 */

/** @typedef {Record<string, any>} Doc */

const MOST_ROWS = 100

/** A document with this id, or with these unique fields, is already there. */
class Duplicate extends Error {}

/** @param {any} error */
function isDuplicate(error) {
  const text = `${(error && error.errMsg) || ''} ${(error && error.message) || ''}`
  return /E11000|duplicate key/i.test(text)
}

/** @param {readonly string[]} names */
const project = (names) => names.reduce((all, name) => ({ ...all, [name]: true }), {})

/** @param {any} db  the SDK's database */
function createStore(db) {
  const command = db.command

  /**
   * @param {string} collection
   * @param {Doc} condition
   * @param {readonly string[]} fields
   * @param {{ limit?: number, order?: [string, 'asc' | 'desc'] }} [options]
   * @returns {Promise<Doc[]>}
   */
  async function find(collection, condition, fields, { limit = MOST_ROWS, order } = {}) {
    let query = db.collection(collection).where(condition)
    if (order) query = query.orderBy(order[0], order[1])
    const { data } = await query.limit(limit).field(project(fields)).get()
    return data
  }

  return {
    /** The SDK's `db.command`. */
    command,

    find,

    /**
     * @param {string} collection
     * @param {Doc} condition
     * @param {readonly string[]} fields
     * @returns {Promise<Doc | null>}
     */
    async first(collection, condition, fields) {
      const [found] = await find(collection, condition, fields, { limit: 1 })
      return found || null
    },

    /**
     * The documents with these ids, by id; none that does not exist.
     * @param {string} collection
     * @param {readonly string[]} ids
     * @param {readonly string[]} fields
     * @returns {Promise<Map<string, Doc>>}
     */
    async byIds(collection, ids, fields) {
      const wanted = Array.from(new Set(ids)).slice(0, MOST_ROWS)
      if (!wanted.length) return new Map()
      const rows = await find(collection, { _id: command.in(wanted) }, fields)
      return new Map(rows.map((row) => [row._id, row]))
    },

    /** @param {string} collection @param {Doc} condition @returns {Promise<number>} */
    async count(collection, condition) {
      return (await db.collection(collection).where(condition).count()).total
    },

    /**
     * How many documents there are of each value of a field.
     * @param {string} collection
     * @param {Doc} condition
     * @param {string} field
     * @returns {Promise<Record<string, number>>}
     */
    async countBy(collection, condition, field) {
      const { list } = await db
        .collection(collection)
        .aggregate()
        .match(condition)
        .group({ _id: `$${field}`, n: command.aggregate.sum(1) })
        .limit(MOST_ROWS)
        .end()
      return list.reduce(
        (/** @type {Doc} */ all, /** @type {Doc} */ row) => ({ ...all, [row._id]: row.n }),
        {},
      )
    },

    /**
     * Add a document; throws `Duplicate` where it is already there.
     * @param {string} collection
     * @param {Doc} data
     */
    async add(collection, data) {
      try {
        await db.collection(collection).add({ data })
      } catch (error) {
        throw isDuplicate(error) ? new Duplicate() : error
      }
    },

    /**
     * Change the documents that still meet the condition; says whether there was one.
     * @param {string} collection
     * @param {Doc} condition
     * @param {Doc} data
     * @returns {Promise<boolean>}
     */
    async change(collection, condition, data) {
      const { stats } = await db.collection(collection).where(condition).update({ data })
      return stats.updated > 0
    },
  }
}

/** @typedef {ReturnType<typeof createStore>} Store */

module.exports = { createStore, Duplicate, MOST_ROWS }
