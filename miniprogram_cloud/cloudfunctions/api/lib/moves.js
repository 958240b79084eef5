'use strict'

/**
 * Which steps an application may take, by the exported table: who may take one, what it needs, and
 * where the case waits afterwards. A step that the table does not list cannot be written.
 *
 * @typedef {{ from: string, to: string, by: string[], needs: string[], queue: string }} Move
 * @typedef {{ note?: string, papersChecked?: boolean, decision?: import('./store').Doc }} Given
 */

const { APPLICATION_KINDS, lastStep } = require('./cases')
const { Failure } = require('./failure')
const { hasRole, villagesServed } = require('./identity')
const { TEXTS, wordOf } = require('./texts')

/** @type {{ moves: Move[] }} */
const TABLE = require('../rules/moves.application.json')

const OWNERS = ['resident', 'guardian']
const STAFF = ['village_staff', 'town_staff']

/** @typedef {import('./store').Doc} Doc */
/** @typedef {{ account: import('./identity').Account, item: Doc, given: Given }} Asked */

/**
 * What a step may need, and what a person is told where it is not there.
 * @type {Record<string, { met: (asked: Asked) => boolean, failure: { message: string, fix?: string } }>}
 */
const NEEDS = {
  papers: { met: ({ given }) => given.papersChecked === true, failure: TEXTS.failures.noPapers },
  reason: { met: ({ given }) => Boolean(given.note), failure: TEXTS.failures.noReason },
  quote: { met: ({ given }) => Boolean(given.decision), failure: TEXTS.failures.noQuote },
  other_login: {
    met: ({ account, item }) => stepBy(item, 'village_ok') !== account.id,
    failure: TEXTS.failures.sameLogin,
  },
  other_reviewer: {
    met: ({ account, item }) => stepBy(item, 'rejected') !== account.id,
    failure: TEXTS.failures.sameReviewer,
  },
  first_appeal: { met: ({ item }) => !appealed(item), failure: TEXTS.failures.appealed },
}

/** @param {Doc} item @param {string} to */
const stepBy = (item, to) => (lastStep(item, to) || {}).by

/** @param {Doc} item */
const appealed = ({ log }) =>
  (Array.isArray(log) ? log : []).some(({ from, to }) => from === 'rejected' && to === 'submitted')

/**
 * The steps of an application from where it stands; other kinds have tables of their own.
 * @param {Doc} item
 * @param {readonly string[]} roles
 */
const movesFrom = ({ kind, status }, roles) =>
  TABLE.moves.filter(
    ({ from, by }) =>
      APPLICATION_KINDS.includes(kind) && from === status && by.some((role) => roles.includes(role)),
  )

/** The statuses to which the person or a guardian may bring a case now. @param {Doc} item */
const ownerMoves = (item) =>
  movesFrom(item, OWNERS)
    .filter(({ needs }) => !needs.includes('first_appeal') || !appealed(item))
    .map(({ to }) => to)

/** @param {Doc} item @param {string} to @param {Given} [given] */
function ownerMove(item, to, given = {}) {
  return check({ account: { id: '', roles: [] }, item, given }, movesFrom(item, OWNERS), to)
}

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
 * What the staff may do with a case now, and what each step needs.
 * @param {import('./identity').Account} account
 * @param {Doc} item
 */
const staffMoves = (account, item) =>
  movesFrom(item, actingRoles(account, item))
    .filter(
      (move) => !move.needs.includes('other_login') || NEEDS.other_login.met({ account, item, given: {} }),
    )
    .map(({ to, needs }) => ({ to, label: wordOf(TEXTS.moves, to, to), needs }))

/** @param {import('./identity').Account} account @param {Doc} item @param {string} to @param {Given} given */
const staffMove = (account, item, to, given) =>
  check({ account, item, given }, movesFrom(item, actingRoles(account, item)), to)

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
const targets = () =>
  Array.from(
    new Set(TABLE.moves.filter(({ by }) => by.some((role) => STAFF.includes(role))).map(({ to }) => to)),
  )

module.exports = { ownerMove, ownerMoves, staffMove, staffMoves, targets }
