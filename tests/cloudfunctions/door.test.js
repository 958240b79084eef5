'use strict'

/** The door: identity, role, input, and what reaches a log. */

const assert = require('node:assert/strict')
const { describe, it } = require('node:test')

const { createApi } = require('../../miniprogram_cloud/cloudfunctions/api/lib/api')
const { createTwin } = require('./support/twin')
const { BACKENDS, openWorld } = require('./support/world')

for (const backend of BACKENDS) {
  describe(`door, ${backend.name}`, { skip: backend.skip }, () => {
    it('refuses a call that does not come from a phone, whatever the event says', async () => {
      const world = await openWorld(backend)
      const { openid } = await world.townStaff()
      const answer = await world.call('', 'me.home', { openid, OPENID: openid })
      assert.equal(answer.error.code, 'FORBIDDEN')
    })

    it('takes no identity from the event', async () => {
      const world = await openWorld(backend)
      const staff = await world.townStaff()
      const nobody = { openid: `o${world.tag}nobody` }
      const answer = await world.call(nobody, 'staff.inbox', { userInfo: { openId: staff.openid } })
      assert.equal(answer.error.code, 'UNKNOWN_USER')
    })

    it('greets somebody unknown without registering anybody', async () => {
      const world = await openWorld(backend)
      const nobody = { openid: `o${world.tag}nobody` }
      const home = await world.must(nobody, 'me.home')
      assert.deepEqual(home, {
        registered: false,
        user: null,
        persons: [],
        cases: { open: 0, waitingForMe: 0 },
        unread: 0,
      })
      assert.deepEqual(await world.read('users', { openid: nobody.openid }), [])
    })

    it('refuses an action that does not exist, also one inherited by every object', async () => {
      const world = await openWorld(backend)
      const resident = await world.resident()
      for (const action of ['nothing', 'constructor', '__proto__', 'toString', '', null, 7, { a: 1 }]) {
        const answer = await world.call(resident, /** @type {any} */ (action))
        assert.equal(answer.error.code, 'INVALID')
      }
    })

    it('refuses every role that an action does not name', async () => {
      const world = await openWorld(backend)
      const resident = await world.resident()
      const staff = await world.villageStaff()
      const volunteer = await world.user({ role: 'volunteer' })
      const tries = [
        [resident, 'staff.inbox', {}],
        [resident, 'staff.case', { caseId: 'c_1' }],
        [resident, 'staff.move', { caseId: 'c_1', v: 1, to: 'village_ok' }],
        [staff, 'cases.mine', {}],
        [staff, 'case.get', { caseId: 'c_1' }],
        [staff, 'device.options', { personId: resident.personId }],
        [volunteer, 'device.submit', {}],
        [volunteer, 'cases.mine', {}],
      ]
      for (const [who, action, input] of /** @type {any[]} */ (tries)) {
        assert.equal((await world.call(who, action, input)).error.code, 'FORBIDDEN', action)
      }
    })

    it('does not count a revoked role', async () => {
      const world = await openWorld(backend)
      const former = await world.user({ role: 'town_staff', revokedAt: new Date(0) })
      assert.equal((await world.call(former, 'staff.inbox')).error.code, 'FORBIDDEN')
    })

    it('knows a resident under the older name of the role too', async () => {
      const world = await openWorld(backend)
      const personId = await world.person()
      const older = await world.user({ role: 'pwd', personId })
      const home = await world.must(older, 'me.home')
      assert.deepEqual(
        home.user.roles.map((/** @type {any} */ row) => row.role),
        ['resident'],
      )
      assert.deepEqual(
        home.persons.map((/** @type {any} */ row) => row.id),
        [personId],
      )
    })

    it('refuses unknown keys and query operators in the place of values', async () => {
      const world = await openWorld(backend)
      const resident = await world.resident()
      const tries = [
        ['me.home', { extra: 1 }],
        ['me.home', JSON.parse('{"__proto__": 1}')],
        ['case.get', { caseId: { $ne: null } }],
        ['case.get', { caseId: ['c_1'] }],
        ['case.get', {}],
        ['device.options', { personId: { $op: 'neq', value: '' } }],
        ['case.withdraw', { caseId: 'c_1', v: '1' }],
        ['case.withdraw', { caseId: 'c_1', v: 1.5 }],
      ]
      for (const [action, input] of /** @type {any[]} */ (tries)) {
        assert.equal((await world.call(resident, action, input)).error.code, 'INVALID', action)
      }
    })

    it('writes one line per call that says what was done and holds nobody', async () => {
      const world = await openWorld(backend)
      const resident = await world.resident()
      await world.call(resident, 'me.home')
      await world.call(resident, '330299196311200015')
      await world.call(resident, 'case.get', { caseId: 'c_secret' })
      const entries = world.lines.map((/** @type {string} */ line) => JSON.parse(line))
      assert.deepEqual(
        entries.map((/** @type {any} */ { action, code }) => [action, code]),
        [
          ['me.home', 'OK'],
          ['unknown', 'INVALID'],
          ['case.get', 'NOT_FOUND'],
        ],
      )
      for (const entry of entries) assert.deepEqual(Object.keys(entry).sort(), ['action', 'code', 'ms'])
    })
  })
}

describe('door, when something breaks', () => {
  const OPENID = 'o1'
  /** @param {Partial<Record<string, any>>} parts */
  const broken = (parts) => {
    /** @type {string[]} */
    const lines = []
    const twin = createTwin()
    const main = createApi({
      cloud: { database: () => twin.database(), getWXContext: () => ({ OPENID }), ...parts },
      clock: () => new Date(0),
      write: (line) => lines.push(line),
      actions: {
        'test.break': {
          roles: 'any',
          input: {},
          run: async () => {
            throw Object.assign(new Error('手机 10000000001'), { errCode: -501004 })
          },
        },
      },
    })
    return { main, lines }
  }

  it('answers BUSY in plain words and keeps the message of the error to itself', async () => {
    const { main, lines } = broken({})
    const answer = await main({ action: 'test.break' })
    assert.deepEqual(answer, {
      ok: false,
      error: { code: 'BUSY', message: '系统忙，没有办成。', fix: '请稍后再试。' },
    })
    assert.equal(lines.length, 1)
    assert.ok(!lines[0].includes('10000000001'))
    const { errCode, ref, code } = JSON.parse(lines[0])
    assert.equal(errCode, -501004)
    assert.equal(code, 'BUSY')
    assert.match(ref, /^err_[0-9a-f]{24}$/)
  })

  it('survives events that are no objects', async () => {
    const { main } = broken({})
    for (const event of [undefined, null, 'text', 7, []]) {
      const answer = /** @type {any} */ (await main(event))
      assert.equal(answer.error.code, 'INVALID')
    }
  })

  it('takes an OPENID that the SDK turned into a number, but none too large to be exact', async () => {
    for (const [given, code] of /** @type {any[]} */ ([
      [123, 'INVALID'],
      [2 ** 60, 'FORBIDDEN'],
      [undefined, 'FORBIDDEN'],
      ['', 'FORBIDDEN'],
    ])) {
      const { main } = broken({ getWXContext: () => ({ OPENID: given }) })
      const answer = /** @type {any} */ (await main({ action: 'no such' }))
      assert.equal(answer.error.code, code)
    }
  })
})
