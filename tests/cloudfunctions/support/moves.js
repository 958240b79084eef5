'use strict'

/**
 * Reads `{ opened: [{ kind, status, roles }], offered: [{ kind, status, role, login, log }] }` on
 * standard input; writes the steps that the evaluator opens to these roles, and the statuses that the
 * shared layer offers to one login with this history behind the case.
 */

const { readFileSync } = require('node:fs')

const API = '../../../miniprogram_cloud/cloudfunctions/api'
const { TABLES, movesFrom, ownerMoves, staffMoves } = require(`${API}/lib/moves`)
const { NEEDS } = require(`${API}/lib/needs`)

const VILLAGE = '330281103203'
const LEVELS = /** @type {Record<string, string>} */ ({ village_staff: 'village', town_staff: 'town' })

/** @param {any} asked */
function offeredTo({ kind, status, role, login, log }) {
  const level = LEVELS[role]
  const item = { kind, status, log, queue: level ? { level, villageId: VILLAGE } : { level: 'none' } }
  if (!level) return ownerMoves(item)
  const account = /** @type {any} */ ({ id: login, roles: [{ role, villageId: VILLAGE }] })
  return staffMoves(account, item).map((/** @type {any} */ { to }) => to)
}

const { opened, offered } = JSON.parse(readFileSync(0, 'utf8'))
process.stdout.write(
  JSON.stringify({
    kinds: Object.keys(TABLES),
    needs: Object.keys(NEEDS),
    opened: opened.map((/** @type {any} */ { roles, ...item }) => movesFrom(item, roles)),
    offered: offered.map(offeredTo),
  }),
)
