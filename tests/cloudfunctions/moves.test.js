'use strict'

/** The steps of an application, as the exported table allows them. */

const assert = require('node:assert/strict')
const { describe, it } = require('node:test')

const API = '../../miniprogram_cloud/cloudfunctions/api'
const { ownerMove, ownerMoves, staffMove, staffMoves, targets } = require(`${API}/lib/moves`)
const TABLE = require(`${API}/rules/moves.application.json`)

const VILLAGE = '330281999001'
const clerk = { id: 'u_village', roles: [{ role: 'village_staff', villageId: VILLAGE }] }
const town = { id: 'u_town', roles: [{ role: 'town_staff' }] }
const GIVEN = {
  note: '说明',
  papersChecked: true,
  decision: { verdict: 'eligible', outcome: { share: '0' } },
}

/** @param {string} status @param {any} [more] */
const item = (status, more) => ({
  kind: 'device',
  status,
  queue: status === 'submitted' ? { level: 'village', villageId: VILLAGE } : { level: 'town' },
  log: [],
  ...more,
})
/** @param {any} account @param {any} found */
const to = (account, found) =>
  staffMoves(account, found)
    .map((/** @type {any} */ move) => move.to)
    .sort()

describe('moves', () => {
  it('offers the staff exactly the steps that it then lets them take', () => {
    for (const status of new Set(TABLE.moves.map((/** @type {any} */ move) => move.from))) {
      for (const account of [clerk, town]) {
        const found = item(/** @type {string} */ (status))
        const offered = to(account, found)
        for (const target of targets()) {
          const take = () => staffMove(/** @type {any} */ (account), found, target, GIVEN)
          if (offered.includes(target)) assert.equal(take().to, target)
          else assert.throws(take, { code: 'STATE' }, `${status} → ${target}`)
        }
      }
    }
  })

  it('knows the way of the design: village, town, approval, with the side exits', () => {
    assert.deepEqual(to(clerk, item('submitted')), ['rejected', 'returned', 'village_ok'])
    assert.deepEqual(to(town, item('submitted')), [])
    assert.deepEqual(to(town, item('village_ok')), ['rejected', 'returned', 'town_ok'])
    assert.deepEqual(to(clerk, item('village_ok')), [])
    assert.ok(to(town, item('town_ok')).includes('approved'))
    for (const status of ['draft', 'withdrawn', 'closed', 'nonsense', undefined]) {
      assert.deepEqual(
        [...to(clerk, item(/** @type {any} */ (status))), ...to(town, item(/** @type {any} */ (status)))],
        [],
      )
    }
  })

  it('lets a level act only where the case waits at it', () => {
    assert.deepEqual(
      to(clerk, item('submitted', { queue: { level: 'village', villageId: '330281999002' } })),
      [],
    )
    assert.deepEqual(to(clerk, item('submitted', { queue: { level: 'town' } })), [])
    assert.deepEqual(to(clerk, item('submitted', { queue: undefined })), [])
    assert.deepEqual(to(clerk, item('submitted', { queue: { level: 'none', villageId: VILLAGE } })), [])
    assert.deepEqual(to(town, item('village_ok', { queue: { level: 'none' } })), [])
  })

  it('asks for all that a step needs', () => {
    for (const move of TABLE.moves) {
      const isStaff = move.by.some((/** @type {string} */ role) => role.endsWith('_staff'))
      if (
        !isStaff ||
        !move.needs.some((/** @type {string} */ need) => ['papers', 'reason', 'quote'].includes(need))
      )
        continue
      const account = /** @type {any} */ (move.by.includes('village_staff') ? clerk : town)
      if (move.from !== 'submitted' && account === clerk) continue
      assert.throws(
        () => staffMove(account, item(move.from), move.to, {}),
        { code: 'STATE' },
        `${move.from} → ${move.to}`,
      )
    }
  })

  it('lets an owner withdraw before approval and never after', () => {
    for (const status of ['submitted', 'village_ok', 'town_ok', 'returned'])
      assert.ok(ownerMoves(item(status)).includes('withdrawn'), status)
    for (const status of ['approved', 'doing', 'delivered', 'closed', 'withdrawn']) {
      assert.throws(() => ownerMove(item(status), 'withdrawn'), { code: 'STATE' }, status)
    }
  })

  it('takes one appeal with a reason, and not a second one', () => {
    const appealed = item('rejected', { log: [{ from: 'rejected', to: 'submitted' }] })
    assert.ok(ownerMoves(item('rejected')).includes('submitted'))
    assert.equal(ownerMove(item('rejected'), 'submitted', { note: '年龄算错了' }).to, 'submitted')
    assert.throws(() => ownerMove(item('rejected'), 'submitted'), { code: 'STATE' })
    assert.ok(!ownerMoves(appealed).includes('submitted'))
    assert.throws(() => ownerMove(appealed, 'submitted', { note: '再来' }), { code: 'STATE' })
  })
})
