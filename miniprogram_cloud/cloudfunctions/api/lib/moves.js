'use strict'

/**
 * Which steps a case may take, by the exported table of its kind: who may take one, what it needs, and
 * where the case waits afterwards. A step that the table does not list cannot be written, and one that
 * needs what `needs.js` cannot judge is neither offered nor taken.
 *
 * @typedef {{ from: string, to: string, by: string[], needs: string[], queue: string, after?: string }} Move
 * @typedef {{ kind: string, start: string, ends: string[], frozen: string[], moves: Move[] }} MoveTable
 */

const { APPLICATION_KINDS } = require('./cases')
const { Failure } = require('./failure')
const { hasRole, villagesServed } = require('./identity')
const { NEEDS, isOpen, isAsked } = require('./needs')
const { TEXTS, wordOf } = require('./texts')

/** @type {Record<string, MoveTable>} */
const TABLES = {
  device: require('../rules/moves.device.json'),
  retrofit: require('../rules/moves.retrofit.json'),
  job: require('../rules/moves.job.json'),
  wish: require('../rules/moves.wish.json'),
  help: require('../rules/moves.help.json'),
  intent: require('../rules/moves.intent.json'),
  pairing: require('../rules/moves.pairing.json'),
  service: require('../rules/moves.service.json'),
  donation: require('../rules/moves.donation.json'),
  redemption: require('../rules/moves.redemption.json'),
  early_report: require('../rules/moves.early_report.json'),
  post: require('../rules/moves.post.json'),
}

const OWNERS = ['resident', 'guardian']
const STAFF = ['village_staff', 'town_staff']

/** @typedef {import('./store').Doc} Doc */
/** @typedef {import('./needs').Asked} Asked */

/**
 * The steps that a kind's table opens to some roles from a status, in the table's order.
 * @param {{ kind: string, status: string }} item
 * @param {readonly string[]} roles
 */
function movesFrom({ kind, status }, roles) {
  const table = Object.prototype.hasOwnProperty.call(TABLES, kind) ? TABLES[kind] : null
  const moves = table ? table.moves : []
  return moves.filter(({ from, by }) => from === status && by.some((role) => roles.includes(role)))
}

/**
 * The steps that the actions of today can carry out: a step of another kind writes more than a status
 * (stock, points, whose claim it is), and comes with the action that writes it.
 * @param {Doc} item
 * @param {readonly string[]} roles
 */
const carriedFrom = (item, roles) =>
  APPLICATION_KINDS.includes(item.kind) ? movesFrom(/** @type {any} */ (item), roles) : []

/** The statuses to which the person or a guardian may bring a case now. @param {Doc} item */
const ownerMoves = (item) =>
  carriedFrom(item, OWNERS)
    .filter((move) => isOpen(move, ownerAsks(item, {})))
    .map(({ to }) => to)

/** @param {Doc} item @param {string} to @param {import('./needs').Given} given */
const ownerMove = (item, to, given) => check(ownerAsks(item, given), carriedFrom(item, OWNERS), to)

/** @param {Doc} item @param {import('./needs').Given} given @returns {Asked} */
const ownerAsks = (item, given) => ({ account: { id: '', roles: [] }, item, given })

/**
 * The roles in which an account may act on a case now.
 * @param {import('./identity').Account} account
 * @param {Doc} item
 */
function actingRoles(account, { queue }) {
  const { level, villageId } = queue || {}
  const inVillage = level === 'village' && villagesServed(account).includes(villageId)
  const inTown = level === 'town' && hasRole(account, 'town_staff')
  return STAFF.filter((role) => (role === 'village_staff' ? inVillage : inTown))
}

/**
 * What the staff may do with a case now, and what they must bring for each step.
 * @param {import('./identity').Account} account
 * @param {Doc} item
 */
const staffMoves = (account, item) =>
  carriedFrom(item, actingRoles(account, item))
    .filter((move) => isOpen(move, { account, item, given: {} }))
    .map(({ to, needs }) => ({ to, label: wordOf(TEXTS.moves, to, to), needs: needs.filter(isAsked) }))

/** @param {import('./identity').Account} account @param {Doc} item @param {string} to @param {import('./needs').Given} given */
const staffMove = (account, item, to, given) =>
  check({ account, item, given }, carriedFrom(item, actingRoles(account, item)), to)

/** @param {Asked} asked @param {Move[]} moves @param {string} to */
function check(asked, moves, to) {
  const move = moves.find((one) => one.to === to)
  if (!move) throw new Failure('STATE')
  for (const name of move.needs) {
    const need = NEEDS[name]
    // A need that this program does not know cannot be met.
    if (!need || !need.met(asked)) throw new Failure('STATE', need ? need.failure : {})
  }
  return move
}

/** The statuses to which staff can bring an application at all. */
function targets() {
  const moves = APPLICATION_KINDS.flatMap((kind) => TABLES[kind].moves)
  const taken = moves.filter(({ by }) => by.some((role) => STAFF.includes(role)))
  return Array.from(new Set(taken.map(({ to }) => to)))
}

module.exports = { TABLES, movesFrom, ownerMove, ownerMoves, staffMove, staffMoves, targets }
