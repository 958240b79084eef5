'use strict'

/** Reads `[{ status, roles }]` on standard input; writes which steps the shared layer offers. */

const { ownerMoves, staffMoves } = require('../../../miniprogram_cloud/cloudfunctions/api/lib/moves')

const VILLAGE = '330281103203'
const LEVELS = { village_staff: 'village', town_staff: 'town' }

/** @param {{ status: string, role: string }} asked */
function offered({ status, role }) {
  const item = { kind: 'device', status, log: [], queue: { level: 'none' } }
  if (role === 'owner') return ownerMoves(item)
  const level = LEVELS[/** @type {'village_staff'} */ (role)]
  const account = { id: 'u_1', roles: [{ role, villageId: VILLAGE }] }
  return staffMoves(/** @type {any} */ (account), { ...item, queue: { level, villageId: VILLAGE } }).map(
    ({ to }) => to,
  )
}

let text = ''
process.stdin.on('data', (part) => (text += part))
process.stdin.on('end', () => process.stdout.write(JSON.stringify(JSON.parse(text).map(offered))))
