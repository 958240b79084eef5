/**
 * The only way to the cloud: one function, named actions. In practice mode the same actions are answered on this
 * phone and nothing leaves it.
 *
 * @typedef {{role: string, villageId?: string | null, villageName?: string | null}} Role
 * @typedef {{id: string, nameMasked: string, relation: 'self' | 'ward', villageName: string | null}} Person
 * @typedef {object} Home
 * @property {boolean} registered
 * @property {{id: string, roles: Role[]} | null} user
 * @property {Person[]} persons
 * @property {{open: number, waitingForMe: number}} cases
 * @property {number} unread
 */
const config = require('../config')
const look = require('./look')
const office = require('../practice/office')
const { failure } = require('./problem')

/** WeChat's own number for "the function itself failed" starts here; below it is the way to the function. */
const FUNCTION_FAILED = -504001

/**
 * @param {string} action
 * @param {Record<string, *>} [input]
 * @returns {Promise<*>} the action's data
 * @throws an error with `.problem` (services/problem.js)
 */
async function call(action, input = {}) {
  const { practice } = look.current()
  const answer = practice ? office.answer(practice, action, input) : await ask(action, input)
  if (answer && answer.ok === true) return answer.data
  const said = answer && answer.error
  throw failure(said && said.code ? said.code : 'SERVER', said || {})
}

/**
 * @param {string} action
 * @param {Record<string, *>} input
 */
async function ask(action, input) {
  let timer = 0
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(failure('OFFLINE')), config.answerWithinMs)
  })
  try {
    const { result } = await Promise.race([wx.cloud.callFunction({ name: 'api', data: { action, ...input } }), late])
    return /** @type {*} */ (result)
  } catch (error) {
    const reason = /** @type {*} */ (error)
    if (reason && reason.problem) throw reason
    throw failure(reason && reason.errCode <= FUNCTION_FAILED ? 'SERVER' : 'OFFLINE')
  } finally {
    clearTimeout(timer)
  }
}

/**
 * Who am I and what waits for me; kept for the pages that follow.
 * @returns {Promise<Home>}
 */
async function home() {
  const answer = await call('me.home')
  getApp().globalData.home = answer
  return answer
}

/**
 * The same, without asking again when a page before has just asked.
 * @returns {Promise<Home>}
 */
async function knownHome() {
  return getApp().globalData.home || home()
}

/** Forget who this is: before and after practice. */
function forget() {
  getApp().globalData.home = null
}

module.exports = { call, home, knownHome, forget }
