'use strict'

const { TEXTS } = require('./texts')

/** @typedef {'UNKNOWN_USER' | 'FORBIDDEN' | 'NOT_FOUND' | 'INVALID' | 'CONFLICT' | 'STATE' | 'BUSY'} Code */

/** Why an action was not done, in words for the person who asked. It never holds anybody's data. */
class Failure extends Error {
  /**
   * @param {Code} code
   * @param {{ message?: string, fix?: string }} [words]  instead of the usual sentence of the code
   */
  constructor(code, words = {}) {
    const usual = TEXTS.errors[code]
    super(words.message || usual.message)
    this.code = code
    this.fix = words.message ? words.fix : words.fix || usual.fix
  }

  /** What the phone receives. */
  toReply() {
    const error = { code: this.code, message: this.message }
    return { ok: false, error: this.fix ? { ...error, fix: this.fix } : error }
  }
}

module.exports = { Failure }
