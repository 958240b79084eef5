'use strict'

/** Applying for a device: the choice, the estimate, submitting once, correcting. */

const assert = require('node:assert/strict')
const { describe, it } = require('node:test')

const { BACKENDS, DIBAO, NONE, TODAY, noon, openWorld } = require('./support/world')

/** @param {any[]} items @param {string} code */
const itemOf = (items, code) => items.find(({ classCode }) => classCode === code)

for (const backend of BACKENDS) {
  describe(`device, ${backend.name}`, { skip: backend.skip }, () => {
    it('offers only classes meant for the disability, each with its estimate', async () => {
      const world = await openWorld(backend)
      const resident = await world.resident({ birthDate: '1965-05-05', statuses: NONE })
      const { items, person, checkedOn } = await world.must(resident, 'device.options', {
        personId: resident.personId,
      })
      assert.deepEqual(person, { id: resident.personId, nameMasked: '王*英', relation: 'self' })
      assert.equal(checkedOn, TODAY)
      assert.equal(itemOf(items, world.classes.aid), undefined)
      const { estimate, ...row } = itemOf(items, world.classes.chair)
      assert.deepEqual(row, {
        classCode: world.classes.chair,
        name: '手动轮椅',
        lifeYears: 4,
        priceFen: 120000,
      })
      assert.equal(estimate.verdict, 'eligible')
      assert.deepEqual([estimate.share, estimate.personalFen, estimate.subsidyFen], ['1/2', 60000, 60000])
      assert.equal(estimate.lines[0], '预计自付 600.00 元。')
    })

    it('offers the classes of every part of a multiple disability', async () => {
      const world = await openWorld(backend)
      const certificate = {
        category: 7,
        components: [
          { category: 2, grade: 3 },
          { category: 1, grade: 4 },
        ],
        grade: 3,
        status: 'valid',
        validTo: '2030-12-31',
      }
      const resident = await world.resident({ certificate })
      const { items } = await world.must(resident, 'device.options', { personId: resident.personId })
      assert.ok(itemOf(items, world.classes.aid))
      assert.equal(itemOf(items, world.classes.chair), undefined)
    })

    it('estimates by age and household as the rules do: 45 free, 61 half, 61 with 低保 free, 60 for a person to decide', async () => {
      const world = await openWorld(backend)
      const tries = [
        [{ birthDate: '1981-01-01' }, ['eligible', '0', 0]],
        [{ birthDate: '1965-05-05', statuses: NONE }, ['eligible', '1/2', 60000]],
        [{ birthDate: '1965-05-05', statuses: DIBAO }, ['eligible', '0', 0]],
        [{ birthDate: '1966-05-05', statuses: NONE }, ['needs_review', null, null]],
        [{ birthDate: '1965-05-05' }, ['needs_facts', null, null]],
      ]
      for (const [given, expected] of /** @type {any[]} */ (tries)) {
        const resident = await world.resident(given)
        const input = { personId: resident.personId, classCode: world.classes.chair, qty: 1 }
        const { estimate } = await world.must(resident, 'device.estimate', input)
        assert.deepEqual(
          [estimate.verdict, estimate.share, estimate.personalFen],
          expected,
          JSON.stringify(given),
        )
      }
    })

    it('shows both candidates at 60 and says that staff will decide', async () => {
      const world = await openWorld(backend)
      const resident = await world.resident({ birthDate: '1966-05-05', statuses: NONE })
      const input = { personId: resident.personId, classCode: world.classes.chair, qty: 1 }
      const { estimate } = await world.must(resident, 'device.estimate', input)
      assert.deepEqual(estimate.candidates, [{ share: '0' }, { share: '1/2' }])
      assert.ok(estimate.codes.includes('BOUNDARY_60'))
      assert.match(estimate.lines.join(''), /工作人员/)
    })

    it('leaves a record that cannot be read to a person instead of guessing', async () => {
      const world = await openWorld(backend)
      const resident = await world.resident({ birthDate: '1965-02-30', statuses: NONE })
      const input = { personId: resident.personId, classCode: world.classes.chair, qty: 1 }
      const { estimate } = await world.must(resident, 'device.estimate', input)
      assert.equal(estimate.verdict, 'needs_review')
      assert.deepEqual([estimate.personalFen, estimate.share, estimate.codes], [null, null, []])
    })

    it('writes the case with the whole envelope, waiting for its rule and its village', async () => {
      const world = await openWorld(backend)
      const resident = await world.resident({ statuses: NONE })
      const reply = await world.submit(resident, {
        qty: 2,
        quoteFen: 99999,
        need: ' 出门\u0000用 ',
        clientKey: 'key-12345678',
      })
      assert.deepEqual([reply.v, reply.status, reply.estimate.personalFen], [1, 'submitted', 49999])
      const [stored] = await world.read('cases', { _id: reply.caseId })
      const at = noon(TODAY)
      assert.deepEqual(stored, {
        _id: reply.caseId,
        kind: 'device',
        villageId: world.villages.home,
        personId: resident.personId,
        createdBy: resident.userId,
        actedBy: 'self',
        channel: 'online',
        clientKey: 'key-12345678',
        status: 'submitted',
        queue: { level: 'village', villageId: world.villages.home },
        submittedAt: at,
        data: { classCode: world.classes.chair, qty: 2, quoteFen: 99999, need: '出门用' },
        log: [{ at, by: resident.userId, from: 'draft', to: 'submitted' }],
        createdAt: at,
        updatedAt: at,
        _v: 1,
        rev: 1,
        sync: 'todo',
      })
    })

    it('names the guardian as the one who acted, and the ward as the one for whom', async () => {
      const world = await openWorld(backend)
      const personId = await world.person()
      const guardian = await world.guardian(personId)
      const { caseId } = await world.submit({ ...guardian, personId })
      const [stored] = await world.read('cases', { _id: caseId })
      assert.deepEqual(
        [stored.actedBy, stored.onBehalfOf, stored.createdBy],
        ['guardian', personId, guardian.userId],
      )
    })

    it('lets staff enter a paper of their own village (代录), noted in the access log, and of no other', async () => {
      const world = await openWorld(backend)
      const staff = await world.villageStaff()
      const neighbour = await world.person({ villageId: world.villages.other })
      const personId = await world.person()
      const { caseId } = await world.submit({ ...staff, personId })
      const [stored] = await world.read('cases', { _id: caseId })
      assert.deepEqual([stored.actedBy, stored.channel, stored.onBehalfOf], ['staff', 'offline', personId])
      const [entry] = await world.read('access_log', { userId: staff.userId })
      assert.deepEqual([entry.action, entry.personId, entry.caseId], ['device.submit', personId, caseId])
      for (const id of [neighbour, 'p_guessed']) {
        const input = { personId: id, classCode: world.classes.chair, qty: 1, clientKey: 'k1234567' }
        assert.equal((await world.call(staff, 'device.submit', input)).error.code, 'NOT_FOUND')
      }
      assert.deepEqual(await world.read('cases', { personId: neighbour }), [])
    })

    it('sends the application of a person without a village to the town', async () => {
      const world = await openWorld(backend)
      const resident = await world.resident({ villageId: null })
      const { caseId } = await world.submit(resident)
      const [stored] = await world.read('cases', { _id: caseId })
      assert.deepEqual(stored.queue, { level: 'town' })
      assert.match(stored.villageId, /^[0-9]{9}000$/)
    })

    it('makes one case of a submission sent twice, one after the other and at once', async () => {
      const world = await openWorld(backend)
      const resident = await world.resident()
      const input = { clientKey: 'key-double-tap' }
      const replies = await Promise.all([1, 2, 3].map(() => world.submit(resident, input)))
      replies.push(await world.submit(resident, { ...input, qty: 3 }))
      assert.equal(new Set(replies.map(({ caseId }) => caseId)).size, 1)
      const stored = await world.read('cases', { personId: resident.personId })
      assert.deepEqual(
        stored.map((/** @type {any} */ { data }) => data.qty),
        [1],
      )
      assert.ok(!replies[3].estimate.codes.includes('OPEN_DUPLICATE'))
    })

    it('gives back the first case in the state it has reached', async () => {
      const world = await openWorld(backend)
      const resident = await world.resident()
      const first = await world.submit(resident, { clientKey: 'key-lost-answer' })
      await world.must(resident, 'case.withdraw', { caseId: first.caseId, v: 1 })
      const again = await world.submit(resident, { clientKey: 'key-lost-answer' })
      assert.deepEqual([again.caseId, again.v, again.status], [first.caseId, 2, 'withdrawn'])
    })

    it('takes the same key from two people as two submissions, and from one for two wards as a mistake', async () => {
      const world = await openWorld(backend)
      const key = { clientKey: 'key-12345678' }
      const [one, other] = [await world.resident(), await world.resident()]
      assert.notEqual((await world.submit(one, key)).caseId, (await world.submit(other, key)).caseId)
      const wards = [await world.person(), await world.person()]
      const guardian = await world.user({ role: 'guardian' })
      for (const personId of wards) {
        await world.add('guardianships', {
          personId,
          guardianUserId: guardian.userId,
          validFrom: '2020-01-01',
          validTo: 'open_ended',
          _id: world.id('g'),
        })
      }
      await world.submit({ ...guardian, personId: wards[0] }, key)
      const input = { personId: wards[1], classCode: world.classes.chair, qty: 1, ...key }
      assert.equal((await world.call(guardian, 'device.submit', input)).error.code, 'INVALID')
    })

    it('warns of an open application of the same class, and of a delivery within its service life', async () => {
      const world = await openWorld(backend)
      const resident = await world.resident({ birthDate: '1990-01-01' })
      const { caseId } = await world.submit(resident)
      const input = { personId: resident.personId, classCode: world.classes.chair, qty: 1 }
      const open = (await world.must(resident, 'device.estimate', input)).estimate
      assert.equal(open.verdict, 'needs_review')
      assert.ok(open.codes.includes('OPEN_DUPLICATE'))
      const log = [{ at: noon('2025-01-10'), by: 'u', from: 'doing', to: 'delivered' }]
      await world.change('cases', caseId, { status: 'closed', log: world.command.set(log) })
      const held = (await world.must(resident, 'device.estimate', input)).estimate
      assert.ok(held.codes.includes('IN_SERVICE_LIFE'))
    })

    it('refuses what cannot be right, in words for the person', async () => {
      const world = await openWorld(backend)
      const resident = await world.resident()
      const good = {
        personId: resident.personId,
        classCode: world.classes.chair,
        qty: 1,
        clientKey: 'k1234567',
      }
      const bad = [
        { qty: 0 },
        { qty: 11 },
        { qty: 1.5 },
        { qty: '1' },
        { quoteFen: -1 },
        { quoteFen: 0.5 },
        { classCode: 'x' },
        { classCode: '777777' },
        { clientKey: 'short' },
        { clientKey: '  spaces  ' },
        { need: '长'.repeat(201) },
        { need: 5 },
        { status: 'approved' },
        { _v: 9 },
        { personId: '' },
      ]
      for (const change of bad) {
        const { error } = await world.call(resident, 'device.submit', { ...good, ...change })
        assert.equal(error.code, 'INVALID', JSON.stringify(change))
        assert.ok(error.message.length <= 30 && error.fix)
      }
      assert.deepEqual(await world.read('cases', { personId: resident.personId }), [])
    })

    it('corrects a returned case: a new revision for the rule, the day of the first submission kept', async () => {
      const world = await openWorld(backend)
      const resident = await world.resident({ statuses: NONE })
      const { caseId } = await world.submit(resident, { quoteFen: 100000, need: '出门' })
      await world.must(await world.villageStaff(), 'staff.move', {
        caseId,
        v: 1,
        to: 'returned',
        note: '请改数量',
      })
      world.goTo('2026-11-30')
      const reply = await world.must(resident, 'device.resubmit', { caseId, v: 2, qty: 2 })
      assert.deepEqual([reply.v, reply.status, reply.estimate.personalFen], [3, 'submitted', 50000])
      const [stored] = await world.read('cases', { _id: caseId })
      assert.deepEqual(stored.data, {
        classCode: world.classes.chair,
        qty: 2,
        quoteFen: 100000,
        need: '出门',
      })
      assert.deepEqual([stored._v, stored.rev, stored.sync, stored.status], [3, 2, 'todo', 'submitted'])
      assert.deepEqual(stored.queue, { level: 'village', villageId: world.villages.home })
      assert.equal(stored.submittedAt.getTime(), noon(TODAY).getTime())
      assert.equal(stored.log.length, 3)
    })

    it('forgets the price of another class when the class is corrected', async () => {
      const world = await openWorld(backend)
      const resident = await world.resident()
      const { caseId } = await world.submit(resident, { quoteFen: 100000 })
      await world.must(await world.villageStaff(), 'staff.move', {
        caseId,
        v: 1,
        to: 'returned',
        note: '换一种',
      })
      await world.must(resident, 'device.resubmit', { caseId, v: 2, classCode: world.classes.aid })
      const [stored] = await world.read('cases', { _id: caseId })
      assert.deepEqual(stored.data, { classCode: world.classes.aid, qty: 1 })
    })

    it('corrects nothing that waits for the staff', async () => {
      const world = await openWorld(backend)
      const resident = await world.resident()
      const { caseId } = await world.submit(resident)
      assert.equal(
        (await world.call(resident, 'device.resubmit', { caseId, v: 1, qty: 2 })).error.code,
        'STATE',
      )
    })
  })
}
