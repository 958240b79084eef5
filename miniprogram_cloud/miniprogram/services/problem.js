/**
 * What went wrong, said so that the person knows what to do next.
 *
 * @typedef {object} Problem
 * @property {string} code      of the cloud function, or OFFLINE (no answer came) or SERVER (it broke)
 * @property {string} message
 * @property {string} fix       what to do now
 * @property {boolean} retry    whether trying again can help
 * @property {boolean} unknown  whether the work may have been done although no answer came
 */
const texts = require('../texts').problems
const { wordOf } = require('../views/words')

const HOPELESS = ['UNKNOWN_USER', 'FORBIDDEN', 'NOT_FOUND']
const UNANSWERED = ['OFFLINE', 'SERVER', 'BUSY']

/**
 * @param {string} code
 * @param {{message?: string, fix?: string}} [said]  the cloud function's own words
 * @returns {Problem}
 */
function problem(code, said = {}) {
  const own = wordOf(texts, code, texts.SERVER)
  return {
    code,
    message: said.message || own.message,
    fix: said.fix || own.fix,
    retry: !HOPELESS.includes(code),
    unknown: UNANSWERED.includes(code),
  }
}

/**
 * @param {*} error  whatever was thrown
 * @returns {Problem}
 */
function problemOf(error) {
  return error && error.problem ? error.problem : problem('SERVER')
}

/**
 * A throwable problem.
 * @param {string} code
 * @param {{message?: string, fix?: string}} [said]
 */
function failure(code, said) {
  const found = problem(code, said)
  return Object.assign(new Error(`${found.code}: ${found.message}`), { problem: found })
}

module.exports = { problem, problemOf, failure }
