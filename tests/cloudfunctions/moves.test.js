'use strict'

/** The steps of an application, as the exported table allows them. */

const assert = require('node:assert/strict')
const { describe, it } = require('node:test')

const API = '../../miniprogram_cloud/cloudfunctions/api'
const { ownerMove, ownerMoves, staffMove, staffMoves, targets } = require(`${API}/lib/moves`)
const { NEEDS, keptOf } = require(`${API}/lib/needs`)
const TABLE = require(`${API}/rules/moves.device.json`)

const VILLAGE = '330281999001'
const clerk = { id: 'u_village', roles: [{ role: 'village_staff', villageId: VILLAGE }] }
const town = { id: 'u_town', roles: [{ role: 'town_staff' }] }
const GIVEN = {
  note: '说明',
  papersChecked: true,
  decision: { verdict: 'eligible', outcome: { share: '0' } },
  supplier: '甲公司',
  employer: '乙公司',
  dueOn: '2026-12-31',
  documentNo: '2026-7',
  documentOn: '2026-11-20',
  receiptSigned: true,
  partiesAccepted: true,
  firstDayOn: '2026-11-20',
  today: '2026-11-23',
}

/** What of a need may not be left out: each part, but of stars and words not both. @param {string} name */
function partsOf(name) {
  const parts = NEEDS[name].asks.map((/** @type {string} */ field) => ({ [field]: undefined }))
  return name === 'stars_or_note' ? [Object.assign({}, ...parts)] : parts
}

/** @param {string} status @param {any} [more] */
const item = (status, more) => ({
  kind: 'device',
  status,
  queue: status === 'submitted' ? { level: 'village', villageId: VILLAGE } : { level: 'town' },
  log: [],
  ...more,
})
/** @param {string} status @param {any} account */
const waitsFor = (status, account) =>
  item(status, {
    queue: account === clerk ? { level: 'village', villageId: VILLAGE } : { level: 'town' },
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

  it('names what a step asks for, and refuses it when any of that is missing', () => {
    let asked = 0
    for (const kind of ['device', 'retrofit', 'job']) {
      for (const status of new Set(TABLE.moves.map((/** @type {any} */ move) => move.from))) {
        for (const account of /** @type {any[]} */ ([clerk, town])) {
          const found = { ...waitsFor(/** @type {string} */ (status), account), kind }
          for (const { to: target, needs } of staffMoves(account, found)) {
            const { queue } = staffMove(account, found, target, GIVEN)
            assert.ok(['village', 'town', 'none'].includes(queue))
            for (const missing of needs.flatMap(partsOf)) {
              const given = { ...GIVEN, ...missing }
              const take = () => staffMove(account, found, target, given)
              assert.throws(take, { code: 'STATE' }, `${kind} ${status} → ${target} ${Object.keys(missing)}`)
              asked += 1
            }
          }
        }
      }
    }
    assert.ok(asked > 20)
  })

  it('asks a retrofit for three parties and work for an employer and a first day', () => {
    /** @param {string} kind @param {string} status */
    const needs = (kind, status) =>
      Object.fromEntries(
        staffMoves(/** @type {any} */ (clerk), { ...waitsFor(status, clerk), kind }).map(
          (/** @type {any} */ move) => [move.to, move.needs],
        ),
      )
    assert.deepEqual(needs('device', 'approved'), { doing: ['supplier', 'due_date'] })
    assert.deepEqual(needs('job', 'approved'), { doing: ['employer', 'due_date'] })
    assert.deepEqual(needs('device', 'doing'), { delivered: ['receipt'] })
    assert.deepEqual(needs('retrofit', 'doing'), { delivered: ['receipt', 'three_parties'] })
    assert.deepEqual(needs('job', 'doing'), { delivered: ['receipt', 'first_day'] })
    assert.deepEqual(needs('job', 'feedback'), { closed: [] })
  })

  it('takes no due day in the past, and no document or first day in the future', () => {
    for (const [kind, status, account, target, wrong] of /** @type {any[]} */ ([
      ['device', 'approved', clerk, 'doing', { dueOn: '2026-11-22' }],
      ['device', 'town_ok', town, 'city_ok', { documentOn: '2026-11-24' }],
      ['job', 'doing', clerk, 'delivered', { firstDayOn: '2026-11-24' }],
    ])) {
      const found = { ...waitsFor(status, account), kind }
      assert.equal(staffMove(account, found, target, GIVEN).to, target)
      const [name] = Object.keys(wrong)
      assert.equal(staffMove(account, found, target, { ...GIVEN, [name]: GIVEN.today }).to, target)
      assert.throws(() => staffMove(account, found, target, { ...GIVEN, ...wrong }), { code: 'STATE' }, name)
    }
  })

  it('keeps of what was brought only what the step asked for', () => {
    const kept = (/** @type {any} */ move) => keptOf(move, GIVEN)
    assert.deepEqual(kept({ needs: ['supplier', 'due_date'] }), { supplier: '甲公司', dueOn: '2026-12-31' })
    assert.deepEqual(kept({ needs: ['papers', 'other_reviewer', 'reason'] }), {})
    // The first day at work is an instant, because placements are counted by it.
    assert.deepEqual(kept({ needs: ['first_day'] }), { placedAt: new Date('2026-11-19T16:00:00Z') })
  })

  it('gives an appeal to another reviewer, in the village and in the town', () => {
    const refused = (/** @type {string} */ by) => [
      { from: 'submitted', to: 'rejected', by },
      { from: 'rejected', to: 'submitted', by: 'u_resident' },
    ]
    const again = waitsFor('submitted', clerk)
    assert.deepEqual(to(clerk, { ...again, log: refused(clerk.id) }), [])
    assert.equal(to(clerk, { ...again, log: refused('u_colleague') }).length, 3)
    const above = waitsFor('village_ok', town)
    assert.deepEqual(to(town, { ...above, log: refused(town.id) }), [])
    assert.equal(to(town, { ...above, log: refused('u_colleague') }).length, 3)
    const take = () => staffMove(/** @type {any} */ (town), { ...above, log: refused(town.id) }, 'town_ok', GIVEN)
    assert.throws(take, { message: '申诉要由另一位工作人员办理。' })
  })

  it('lets an owner say that it came and how it was, or that it did not come', () => {
    const delivered = item('delivered', { queue: { level: 'none' } })
    assert.deepEqual(ownerMoves(delivered), ['feedback', 'doing'])
    assert.equal(ownerMove(delivered, 'feedback', { stars: 5 }).queue, 'village')
    assert.equal(ownerMove(delivered, 'feedback', { note: '好' }).to, 'feedback')
    assert.throws(() => ownerMove(delivered, 'feedback', {}), { code: 'STATE' })
    assert.equal(ownerMove(delivered, 'doing', { note: '没有收到' }).queue, 'village')
    assert.throws(() => ownerMove(delivered, 'doing', { stars: 1 }), { code: 'STATE' })
    assert.throws(() => ownerMove(delivered, 'closed', { note: '好' }), { code: 'STATE' })
  })

  it('carries out no step of a kind whose actions are not there', () => {
    for (const kind of ['wish', 'service', 'donation', 'help', 'intent', 'pairing', 'redemption', 'post', '__proto__']) {
      assert.deepEqual(to(clerk, { ...waitsFor('submitted', clerk), kind }), [], kind)
      assert.deepEqual(ownerMoves(item('submitted', { kind })), [], kind)
    }
  })

  it('lets an owner withdraw before approval and never after', () => {
    for (const status of ['submitted', 'village_ok', 'town_ok', 'city_ok', 'returned'])
      assert.ok(ownerMoves(item(status)).includes('withdrawn'), status)
    for (const status of ['approved', 'doing', 'delivered', 'closed', 'withdrawn']) {
      assert.throws(() => ownerMove(item(status), 'withdrawn', {}), { code: 'STATE' }, status)
    }
  })

  it('takes one appeal with a reason, and not a second one', () => {
    const appealed = item('rejected', { log: [{ from: 'rejected', to: 'submitted' }] })
    assert.ok(ownerMoves(item('rejected')).includes('submitted'))
    assert.equal(ownerMove(item('rejected'), 'submitted', { note: '年龄算错了' }).to, 'submitted')
    assert.throws(() => ownerMove(item('rejected'), 'submitted', {}), { code: 'STATE' })
    assert.ok(!ownerMoves(appealed).includes('submitted'))
    assert.throws(() => ownerMove(appealed, 'submitted', { note: '再来' }), { code: 'STATE' })
  })
})
