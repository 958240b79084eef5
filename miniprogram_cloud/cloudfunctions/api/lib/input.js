'use strict'

/**
 * Checking what a phone sends, against what an action declares.
 *
 * An action lists its fields; a key that it does not list is refused, a wrong type as well. Values
 * are never objects, so no query operator can arrive from outside.
 *
 * @typedef {object} Kind
 * @property {boolean} [optional]
 * @property {(value: unknown) => unknown} read  the clean value, or undefined where it does not fit;
 *   `EMPTY` for text without content
 */

const { isDay } = require('./calendar')
const { Failure } = require('./failure')
const { TEXTS } = require('./texts')

const EMPTY = Symbol('empty')

/** What WeChat itself adds to the event of a call. */
const ADDED_BY_WECHAT = ['userInfo', 'tcbContext']

/** @param {RegExp} shape @returns {Kind} */
const shaped = (shape) => ({
  read: (value) => (typeof value === 'string' && shape.test(value) ? value : undefined),
})

/** The id of a record. */
const id = shaped(/^[A-Za-z0-9_-]{1,64}$/)

/** The random key by which a phone makes a repeated submission recognisable. */
const clientKey = shaped(/^[A-Za-z0-9_-]{8,64}$/)

/** A class of the national classification of devices (GB/T 16432). */
const classCode = shaped(/^[0-9]{4,6}$/)

/** @param {number} low @param {number} high @returns {Kind} */
const whole = (low, high) => ({
  read: (value) =>
    typeof value === 'number' && Number.isInteger(value) && value >= low && value <= high ? value : undefined,
})

/** @type {Kind} */
const flag = { read: (value) => (typeof value === 'boolean' ? value : undefined) }

/** A civil day that exists. @type {Kind} */
const day = { read: (value) => (isDay(value) ? value : undefined) }

/** @param {readonly string[]} words @returns {Kind} */
const word = (words) => ({
  read: (value) => (typeof value === 'string' && words.includes(value) ? value : undefined),
})

/**
 * Free text: trimmed, without control characters but line ends, at most so many characters.
 * @param {number} longest
 * @returns {Kind}
 */
const text = (longest) => ({
  read: (value) => {
    if (typeof value !== 'string' || value.length > longest * 8) return undefined
    const clean = value
      .normalize('NFC')
      .replace(/\r\n?/g, '\n')
      // Controls, and the marks that turn the direction of a line or hide in it.
      .replace(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g, '')
      .replace(/\n{3,}/g, '\n\n')
      .trim()
    if (Array.from(clean).length > longest) return undefined
    return clean || EMPTY
  },
})

/** @param {Kind} kind @returns {Kind} */
const optional = (kind) => ({ ...kind, optional: true })

/**
 * Read the input of an action; fails with INVALID, naming the field in the person's words.
 * @param {Record<string, Kind>} schema
 * @param {Record<string, unknown>} event
 * @returns {Record<string, any>}
 */
function readInput(schema, event) {
  for (const key of Object.keys(event)) {
    const known = Object.prototype.hasOwnProperty.call(schema, key)
    if (!known && key !== 'action' && !ADDED_BY_WECHAT.includes(key)) throw new Failure('INVALID')
  }
  /** @type {Record<string, any>} */
  const input = {}
  for (const [name, kind] of Object.entries(schema)) {
    const given = Object.prototype.hasOwnProperty.call(event, name) ? event[name] : undefined
    const value = given === undefined || given === null ? EMPTY : kind.read(given)
    if (value === undefined || (value === EMPTY && !kind.optional)) throw invalid(name)
    if (value !== EMPTY) input[name] = value
  }
  return input
}

/** @param {string} name */
function invalid(name) {
  const words = /** @type {Record<string, {message: string, fix: string}>} */ (TEXTS.fields)[name]
  return new Failure('INVALID', words)
}

module.exports = { readInput, id, clientKey, classCode, whole, flag, day, word, text, optional }
