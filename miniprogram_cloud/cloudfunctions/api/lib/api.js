'use strict'

/**
 * The door: every call passes identity, role, input and scope, in this order, before an action runs;
 * whatever fails comes back as a value, and no datum of anybody reaches a log.
 *
 * @typedef {object} Call
 * @property {import('./store').Store} store
 * @property {import('./identity').Account} account
 * @property {Record<string, any>} input
 * @property {Date} now
 * @property {import('./villages').Villages} villages
 * @property {(prefix: string) => string} newId
 *
 * @typedef {object} Action
 * @property {'any' | readonly import('./identity').RoleName[]} roles  `any` includes nobody known
 * @property {Record<string, import('./input').Kind>} input
 * @property {(call: any) => Promise<any>} [scope]  finds what the call is about, or fails; its
 *   result is `call.scope`
 * @property {(call: any) => Promise<any>} run
 */

const { randomBytes } = require('crypto')

const { Failure } = require('./failure')
const { accountOf, hasRole, openidOf } = require('./identity')
const { readInput } = require('./input')
const { createStore } = require('./store')
const { createVillages } = require('./villages')

/** @type {Record<string, Action>} */
const ACTIONS = {
  ...require('../actions/me'),
  ...require('../actions/device'),
  ...require('../actions/cases'),
  ...require('../actions/staff'),
}

/** @param {string} prefix */
const randomId = (prefix) => `${prefix}_${randomBytes(12).toString('hex')}`

/**
 * @param {{ cloud: any, clock: () => Date, write: (line: string) => void,
 *   newId?: (prefix: string) => string, actions?: Record<string, Action> }} parts
 */
function createApi({ cloud, clock, write, newId = randomId, actions = ACTIONS }) {
  const store = createStore(cloud.database())
  const villages = createVillages(store, clock)

  /** @param {any} event @returns {Promise<{ok: true, data: any} | {ok: false, error: any}>} */
  return async function main(event) {
    const begun = clock().getTime()
    const name = nameOf(event, actions)
    let entry = { action: name, code: 'OK' }
    try {
      const openid = openidOf(cloud)
      const data = await handle(openid, name, event)
      return { ok: true, data }
    } catch (error) {
      const failure = error instanceof Failure ? error : new Failure('BUSY')
      entry = { ...entry, code: failure.code }
      if (failure !== error) entry = { ...entry, ...traceOf(error, newId) }
      return /** @type {any} */ (failure.toReply())
    } finally {
      write(JSON.stringify({ ...entry, ms: clock().getTime() - begun }))
    }
  }

  /** @param {string} openid @param {string} name @param {any} event */
  async function handle(openid, name, event) {
    if (!openid) throw new Failure('FORBIDDEN')
    const action = actions[name]
    if (!action) throw new Failure('INVALID')
    const account = await accountOf(store, openid)
    allow(action, account)
    const input = readInput(action.input, event)
    const call = { store, account, input, now: clock(), villages, newId }
    const scope = action.scope && (await action.scope(call))
    return action.run({ ...call, scope })
  }
}

/** @param {Action} action @param {import('./identity').Account | null} account */
function allow({ roles }, account) {
  if (roles === 'any') return
  if (!account) throw new Failure('UNKNOWN_USER')
  if (!roles.some((role) => hasRole(account, role))) throw new Failure('FORBIDDEN')
}

/**
 * The name of a known action; anything else could be somebody's datum.
 * @param {any} event
 * @param {object} actions
 */
function nameOf(event, actions) {
  const name = event && typeof event === 'object' ? event.action : undefined
  const known = typeof name === 'string' && Object.prototype.hasOwnProperty.call(actions, name)
  return known ? name : 'unknown'
}

/**
 * Where an unexpected error came from: our own file and line, and the SDK's number. The message is
 * left out, because databases quote what they were asked.
 * @param {any} error
 * @param {(prefix: string) => string} newId
 */
function traceOf(error, newId) {
  const at = /((?:lib|actions)[\\/][\w.-]+\.js:\d+)/.exec(String((error && error.stack) || ''))
  return {
    ref: newId('err'),
    ...(at && { at: at[1].replace(/\\/g, '/') }),
    ...(error && Number.isInteger(error.errCode) && { errCode: error.errCode }),
  }
}

module.exports = { createApi }
