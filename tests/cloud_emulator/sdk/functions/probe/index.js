'use strict'

// Runs the JavaScript that a test sends, on the official SDK, as any deployed function would.
const cloud = require('wx-server-sdk')

cloud.init({ env: cloud.DYNAMIC_CURRENT_ENV })
const db = cloud.database()
const _ = db.command
const $ = _.aggregate

const Code = Object.getPrototypeOf(async () => {}).constructor

/** Dates as `{$date: ms}`, so that they survive the JSON of an answer. */
const plain = (value) => {
  if (value instanceof Date) return { $date: value.getTime() }
  if (Array.isArray(value)) return value.map(plain)
  if (value === null || typeof value !== 'object') return value
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, plain(item)]))
}

const caught = (promise) => promise.then(
  () => null,
  (error) => ({ code: error.code, errCode: error.errCode, text: error.errMsg || error.message || String(error) }),
)

exports.main = async ({ code, input }) =>
  plain(await new Code('cloud', 'db', '_', '$', 'input', 'caught', code)(cloud, db, _, $, input, caught))
