'use strict'

/**
 * A small twin of `wx-server-sdk` in memory, so that the scenarios run without an emulator. It knows
 * only what the functions use and throws for anything else; the same scenarios run on the real SDK.
 */

const { randomBytes } = require('node:crypto')

/** @typedef {Record<string, any>} Doc */

const op = (/** @type {string} */ name) => (/** @type {any} */ value) => ({ $op: name, value })
const command = {
  eq: op('eq'),
  neq: op('neq'),
  in: op('in'),
  or: op('or'),
  set: op('set'),
  inc: op('inc'),
  push: op('push'),
  aggregate: { sum: op('sum') },
}

const UNIQUE = /** @type {Record<string, string[][]>} */ ({
  cases: [['createdBy', 'clientKey']],
  users: [['openid']],
})

const at = (/** @type {any} */ doc, /** @type {string} */ path) =>
  path
    .split('.')
    .reduce((value, key) => (value === undefined || value === null ? undefined : value[key]), doc)

const equal = (/** @type {any} */ one, /** @type {any} */ other) =>
  one instanceof Date && other instanceof Date
    ? one.getTime() === other.getTime()
    : one === other || ((one ?? null) === null && (other ?? null) === null)

/** @param {any} value @param {any} wanted */
function fits(value, wanted) {
  const is = (/** @type {any} */ one) =>
    equal(value, one) || (Array.isArray(value) && value.some((part) => equal(part, one)))
  if (!wanted || !wanted.$op) return is(wanted)
  if (wanted.$op === 'eq') return is(wanted.value)
  if (wanted.$op === 'neq') return !is(wanted.value)
  if (wanted.$op === 'in') return wanted.value.some(is)
  throw new Error(`the twin does not know ${wanted.$op}`)
}

/** @param {Doc} doc @param {any} condition @returns {boolean} */
function matches(doc, condition) {
  if (condition.$op === 'or') return condition.value.some((/** @type {any} */ one) => matches(doc, one))
  return Object.entries(condition).every(([path, wanted]) => fits(at(doc, path), wanted))
}

/** @param {Doc} doc @param {string} path @param {any} change */
function assign(doc, path, change) {
  const keys = path.split('.')
  const last = /** @type {string} */ (keys.pop())
  const holder = keys.reduce((value, key) => (value[key] = value[key] ?? {}), doc)
  const plain = change && typeof change === 'object' && !(change instanceof Date) && !Array.isArray(change)
  if (plain && change.$op === 'set') holder[last] = change.value
  else if (plain && change.$op === 'inc') holder[last] = (holder[last] ?? 0) + change.value
  else if (plain && change.$op === 'push') holder[last] = [...(holder[last] ?? []), ...change.value]
  else if (plain && change.$op) throw new Error(`the twin does not know ${change.$op}`)
  else if (plain) for (const [key, value] of Object.entries(change)) assign(doc, `${path}.${key}`, value)
  else holder[last] = change
}

/** @param {Doc} doc @param {Doc} fields */
function project(doc, fields) {
  /** @type {Doc} */
  const kept = { _id: doc._id }
  for (const path of Object.keys(fields)) copyPath(doc, kept, path.split('.'))
  return kept
}

/** @param {any} from @param {any} to @param {string[]} path */
function copyPath(from, to, [key, ...rest]) {
  const value = from[key]
  if (value === undefined) return
  if (!rest.length) to[key] = value
  else if (Array.isArray(value)) {
    to[key] = to[key] ?? value.map(() => ({}))
    value.forEach((part, index) => copyPath(part, to[key][index], rest))
  } else if (value !== null) {
    to[key] = to[key] ?? {}
    copyPath(value, to[key], rest)
  }
}

function createTwin() {
  /** @type {Map<string, Doc[]>} */
  const tables = new Map()
  /** @param {string} name @returns {Doc[]} */
  const table = (name) => tables.get(name) ?? tables.set(name, []).get(name) ?? []

  /**
   * @param {string} name
   * @param {any} condition
   * @param {{ order?: any, most?: number, fields?: Doc }} shape
   */
  function query(name, condition, shape = {}) {
    const found = () => table(name).filter((doc) => matches(doc, condition))
    return {
      orderBy: (/** @type {string} */ path, /** @type {string} */ way) =>
        query(name, condition, { ...shape, order: [path, way] }),
      limit: (/** @type {number} */ most) => query(name, condition, { ...shape, most }),
      field: (/** @type {Doc} */ fields) => query(name, condition, { ...shape, fields }),
      count: async () => ({ total: found().length }),
      get: async () => {
        const { order, most = 100, fields } = shape
        const rows = found()
        if (order)
          rows.sort((a, b) => (at(a, order[0]) < at(b, order[0]) ? -1 : 1) * (order[1] === 'desc' ? -1 : 1))
        const data = rows.slice(0, most).map((doc) => (fields ? project(doc, fields) : doc))
        return { data: structuredClone(data) }
      },
      update: async (/** @type {{ data: Doc }} */ { data }) => {
        const rows = found()
        for (const doc of rows)
          for (const [path, change] of Object.entries(structuredClone(data))) assign(doc, path, change)
        return { stats: { updated: rows.length } }
      },
    }
  }

  /** @param {string} name */
  const collection = (name) => ({
    where: (/** @type {any} */ condition) => query(name, condition),
    add: async (/** @type {{ data: Doc }} */ { data }) => {
      /** @type {Doc} */
      const doc = { _id: randomBytes(12).toString('hex'), ...structuredClone(data) }
      const taken = [['_id'], ...(UNIQUE[name] ?? [])].some((keys) =>
        table(name).some((other) => keys.every((key) => equal(other[key], doc[key]))),
      )
      if (taken)
        throw Object.assign(new Error('add:fail'), { errCode: -502001, errMsg: 'E11000 duplicate key error' })
      table(name).push(doc)
      return { _id: doc._id }
    },
    aggregate: () => aggregate(name, []),
  })

  /** @param {string} name @param {Doc[]} stages @returns {any} */
  const aggregate = (name, stages) => ({
    match: (/** @type {any} */ condition) => aggregate(name, [...stages, { condition }]),
    group: (/** @type {any} */ group) => aggregate(name, [...stages, { group }]),
    limit: () => aggregate(name, stages),
    end: async () => {
      const [{ condition }, { group }] = stages
      /** @type {Map<any, number>} */
      const totals = new Map()
      for (const doc of table(name).filter((one) => matches(one, condition))) {
        const key = at(doc, group._id.slice(1))
        totals.set(key, (totals.get(key) ?? 0) + 1)
      }
      return { list: Array.from(totals, ([_id, n]) => ({ _id, n })) }
    },
  })

  return { database: () => ({ command, collection }) }
}

module.exports = { createTwin }
