'use strict'

/** Whose matters an account may see: its person's, its wards', and nobody else's. */

const assert = require('node:assert/strict')
const { describe, it } = require('node:test')

const { BACKENDS, TODAY, openWorld } = require('./support/world')

/** @param {any} home */
const ids = (home) => home.persons.map((/** @type {any} */ person) => person.id)

for (const backend of BACKENDS) {
  describe(`people, ${backend.name}`, { skip: backend.skip }, () => {
    it('shows oneself first, then the wards, with masked names only', async () => {
      const world = await openWorld(backend)
      const own = await world.person({ name: '王小英' })
      const ward = await world.person({ villageId: world.villages.other, nameMasked: '李*' })
      const user = await world.user({ role: 'guardian' }, { role: 'resident', personId: own })
      await world.add('guardianships', {
        personId: ward,
        guardianUserId: user.userId,
        validFrom: '2020-01-01',
        validTo: TODAY,
        _id: world.id('g'),
      })
      const { persons } = await world.must(user, 'me.home')
      assert.deepEqual(persons, [
        { id: own, nameMasked: '王*英', relation: 'self', villageName: '甲村' },
        { id: ward, nameMasked: '李*', relation: 'ward', villageName: '乙村' },
      ])
    })

    it('ends a guardianship with its last day, and begins none before its first', async () => {
      const world = await openWorld(backend)
      const personId = await world.person()
      const terms = [
        [{ validTo: TODAY }, 1],
        [{ validTo: '2026-11-22' }, 0],
        [{ validFrom: TODAY }, 1],
        [{ validFrom: '2026-11-24' }, 0],
        [{ validTo: null }, 0],
        [{ validFrom: 'soon' }, 0],
        [{ revokedAt: new Date(0) }, 0],
      ]
      for (const [term, count] of /** @type {any[]} */ (terms)) {
        const guardian = await world.guardian(personId, term)
        assert.equal(ids(await world.must(guardian, 'me.home')).length, count, JSON.stringify(term))
      }
    })

    it('gives a guardian nothing of the ward of another', async () => {
      const world = await openWorld(backend)
      const ward = await world.resident()
      const { caseId } = await world.submit(ward)
      const stranger = await world.guardian(await world.person())
      for (const [action, input] of /** @type {any[]} */ ([
        ['device.options', { personId: ward.personId }],
        ['device.estimate', { personId: ward.personId, classCode: world.classes.chair, qty: 1 }],
        [
          'device.submit',
          { personId: ward.personId, classCode: world.classes.chair, qty: 1, clientKey: 'k1234567' },
        ],
        ['case.get', { caseId }],
        ['case.withdraw', { caseId, v: 1 }],
        ['case.review', { caseId, v: 1 }],
        ['device.resubmit', { caseId, v: 1 }],
      ])) {
        assert.equal((await world.call(stranger, action, input)).error.code, 'NOT_FOUND', action)
      }
      assert.deepEqual((await world.must(stranger, 'cases.mine')).cases, [])
    })

    it('answers a guessed id and an id of somebody else alike', async () => {
      const world = await openWorld(backend)
      const { caseId } = await world.submit(await world.resident())
      const other = await world.resident()
      const foreign = await world.call(other, 'case.get', { caseId })
      assert.deepEqual(await world.call(other, 'case.get', { caseId: 'c_guessed' }), foreign)
      const stranger = await world.call(other, 'device.options', { personId: await world.person() })
      assert.deepEqual(await world.call(other, 'device.options', { personId: 'p_guessed' }), stranger)
    })

    it('needs the guardianship, not only the role: a role that outlived it opens nothing', async () => {
      const world = await openWorld(backend)
      const personId = await world.person()
      const former = await world.user({ role: 'guardian', personId })
      assert.deepEqual(ids(await world.must(former, 'me.home')), [])
    })

    it('needs the role, not only the guardianship', async () => {
      const world = await openWorld(backend)
      const personId = await world.person()
      const volunteer = await world.user({ role: 'volunteer' })
      await world.add('guardianships', {
        personId,
        guardianUserId: volunteer.userId,
        validFrom: '2020-01-01',
        validTo: 'open_ended',
        _id: world.id('g'),
      })
      assert.deepEqual(ids(await world.must(volunteer, 'me.home')), [])
    })

    it('stops showing people who died or moved away', async () => {
      const world = await openWorld(backend)
      for (const state of ['deceased', 'moved']) {
        const guardian = await world.guardian(await world.person({ state }))
        assert.deepEqual(ids(await world.must(guardian, 'me.home')), [])
      }
    })

    it('follows a merged record to the one that remains, with the cases of both', async () => {
      const world = await openWorld(backend)
      const kept = await world.resident()
      const first = await world.submit(kept)
      const merged = await world.resident({ state: 'merged', mergedInto: kept.personId })
      const home = await world.must(merged, 'me.home')
      assert.deepEqual(ids(home), [kept.personId])
      const { cases } = await world.must(merged, 'cases.mine')
      assert.deepEqual(
        cases.map((/** @type {any} */ item) => item.id),
        [first.caseId],
      )
    })

    it('counts what is open, what waits for me, and what is unread', async () => {
      const world = await openWorld(backend)
      const resident = await world.resident()
      const staff = await world.villageStaff()
      const one = await world.submit(resident)
      await world.submit(resident, { classCode: world.classes.aid })
      await world.decide(one.caseId, 1)
      await world.must(staff, 'staff.move', {
        caseId: one.caseId,
        v: 2,
        to: 'returned',
        note: '请补交残疾人证',
      })
      const home = await world.must(resident, 'me.home')
      assert.deepEqual(home.cases, { open: 2, waitingForMe: 1 })
      assert.equal(home.unread, 2)
      assert.deepEqual((await world.must(staff, 'me.home')).cases, { open: 0, waitingForMe: 1 })
    })

    it('survives roles and people that are not there', async () => {
      const world = await openWorld(backend)
      const lost = await world.user(
        { role: 'resident', personId: 'p_gone' },
        { role: 'resident' },
        { role: 'king' },
      )
      assert.deepEqual(ids(await world.must(lost, 'me.home')), [])
      assert.deepEqual((await world.must(lost, 'cases.mine')).cases, [])
    })
  })
}
