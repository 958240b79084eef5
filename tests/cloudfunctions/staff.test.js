'use strict'

/** The staff's side: their queue, a case with its person, and the steps they may take. */

const assert = require('node:assert/strict')
const { describe, it } = require('node:test')

const { BACKENDS, TODAY, openWorld } = require('./support/world')

/** @param {any} inbox */
const ids = (inbox) => inbox.cases.map((/** @type {any} */ item) => item.id)

for (const backend of BACKENDS) {
  describe(`staff, ${backend.name}`, { skip: backend.skip }, () => {
    it('shows a village its own queue only, the oldest first', async () => {
      const world = await openWorld(backend)
      const resident = await world.resident()
      const one = await world.submit(resident)
      world.goTo('2026-11-26')
      const two = await world.submit(await world.resident(), { classCode: world.classes.aid })
      await world.submit(await world.resident({ villageId: world.villages.other }))
      await world.decide(one.caseId, 1)
      const inbox = await world.must(await world.villageStaff(), 'staff.inbox')
      assert.deepEqual(ids(inbox), [one.caseId, two.caseId])
      assert.deepEqual(inbox.cases[0], {
        id: one.caseId,
        kind: 'device',
        title: '申请辅具：手动轮椅',
        personNameMasked: '王*英',
        villageName: '甲村',
        submittedOn: TODAY,
        waitingDays: 3,
        verdict: 'eligible',
        line: '预计自付 600.00 元',
        review: false,
        dead: false,
      })
      assert.deepEqual([inbox.cases[1].verdict, inbox.cases[1].line], [null, '正在核算'])
      assert.deepEqual(inbox.counts, { total: 2, byKind: { device: 2 }, review: 0, dead: 0 })
    })

    it('gives a village user nothing of another village', async () => {
      const world = await openWorld(backend)
      const { caseId } = await world.submit(await world.resident())
      const foreign = await world.villageStaff(world.villages.other)
      assert.deepEqual((await world.must(foreign, 'staff.inbox')).cases, [])
      assert.deepEqual((await world.must(foreign, 'staff.inbox')).counts.total, 0)
      const guessed = await world.call(foreign, 'staff.case', { caseId: 'c_guessed' })
      assert.equal(guessed.error.code, 'NOT_FOUND')
      assert.deepEqual(await world.call(foreign, 'staff.case', { caseId }), guessed)
      const move = { caseId, v: 1, to: 'village_ok', papersChecked: true }
      assert.equal((await world.call(foreign, 'staff.move', move)).error.code, 'NOT_FOUND')
      assert.deepEqual(await world.read('access_log', { userId: foreign.userId }), [])
      assert.equal((await world.read('cases', { _id: caseId }))[0].status, 'submitted')
    })

    it('gives a village role without a village nothing', async () => {
      const world = await openWorld(backend)
      await world.submit(await world.resident())
      const rootless = await world.user({ role: 'village_staff' })
      assert.equal((await world.call(rootless, 'staff.inbox')).error.code, 'FORBIDDEN')
    })

    it('does not open the other level to a role that it does not belong to', async () => {
      const world = await openWorld(backend)
      assert.equal(
        (await world.call(await world.villageStaff(), 'staff.inbox', { level: 'town' })).error.code,
        'FORBIDDEN',
      )
      assert.equal(
        (await world.call(await world.townStaff(), 'staff.inbox', { level: 'village' })).error.code,
        'FORBIDDEN',
      )
      assert.equal(
        (await world.call(await world.townStaff(), 'staff.inbox', { level: 'city' })).error.code,
        'INVALID',
      )
    })

    it('opens a case with its person masked, and notes who opened it', async () => {
      const world = await openWorld(backend)
      const resident = await world.resident({ birthDate: '1960-03-04' })
      const { caseId } = await world.submit(resident, { need: '出门看病' })
      await world.decide(caseId, 1)
      const staff = await world.villageStaff()
      const data = await world.must(staff, 'staff.case', { caseId })
      assert.deepEqual(data.person, {
        nameMasked: '王*英',
        ageBand: '60到69岁',
        categoryText: '肢体残疾',
        gradeText: '三级',
        certificateStatus: '有效',
      })
      assert.deepEqual(data.staffLines, ['STAFF-ONLY'])
      assert.equal(data.case.need, '出门看病')
      assert.deepEqual(data.clauses[0], {
        id: 'device.share.over_60_half',
        result: 'pass',
        facts: { age: 61 },
        quote: '60周岁以上付一半',
        source: 'seed',
        decisive: true,
      })
      assert.deepEqual(data.moves.map((/** @type {any} */ move) => move.to).sort(), [
        'rejected',
        'returned',
        'village_ok',
      ])
      const sent = JSON.stringify(data)
      for (const secret of ['AUDIT-ONLY', 'reads', '1960-03-04', resident.userId, resident.openid])
        assert.ok(!sent.includes(secret), secret)
      const [entry] = await world.read('access_log', { userId: staff.userId })
      assert.deepEqual(
        [entry.action, entry.personId, entry.caseId],
        ['staff.case', resident.personId, caseId],
      )
    })

    it('never shows a draft', async () => {
      const world = await openWorld(backend)
      const { caseId } = await world.submit(await world.resident())
      await world.change('cases', caseId, { status: 'draft' })
      for (const staff of [await world.villageStaff(), await world.townStaff()]) {
        assert.equal((await world.call(staff, 'staff.case', { caseId })).error.code, 'NOT_FOUND')
      }
    })

    it('walks an application from the village to the town, with a line of the log and a message each', async () => {
      const world = await openWorld(backend)
      const resident = await world.resident()
      const { caseId } = await world.submit(resident)
      await world.decide(caseId, 1)
      const [village, town] = [await world.villageStaff(), await world.townStaff()]
      const first = await world.must(village, 'staff.move', {
        caseId,
        v: 2,
        to: 'village_ok',
        papersChecked: true,
      })
      assert.deepEqual([first.v, first.status, first.queue.level], [3, 'village_ok', 'town'])
      assert.deepEqual(ids(await world.must(village, 'staff.inbox')), [])
      assert.ok(ids(await world.must(town, 'staff.inbox')).includes(caseId))
      await world.must(town, 'staff.move', { caseId, v: 3, to: 'town_ok' })
      const last = await world.must(town, 'staff.move', { caseId, v: 4, to: 'approved' })
      assert.equal(last.status, 'approved')
      const [stored] = await world.read('cases', { _id: caseId })
      assert.deepEqual([stored.rev, stored.sync, stored._v], [1, 'done', 5])
      assert.deepEqual(
        stored.log.map((/** @type {any} */ { by, from, to }) => [by, from, to]),
        [
          [resident.userId, 'draft', 'submitted'],
          [village.userId, 'submitted', 'village_ok'],
          [town.userId, 'village_ok', 'town_ok'],
          [town.userId, 'town_ok', 'approved'],
        ],
      )
      assert.equal((await world.read('messages', { caseId, kind: 'step' })).length, 3)
      assert.equal((await world.must(resident, 'case.get', { caseId })).case.statusText, '已批准，等待办理')
    })

    it('brings what was approved: supplier and day, receipt, the feedback of the person, the end', async () => {
      const world = await openWorld(backend)
      const resident = await world.resident()
      const { caseId } = await world.submit(resident)
      const village = await world.villageStaff()
      const v = await world.approve(caseId)
      const begin = { caseId, v, to: 'doing', supplier: '甲辅具店', dueOn: '2026-12-10' }
      await world.must(village, 'staff.move', { ...begin, employer: '不问这个' })
      const deliver = { caseId, v: v + 1, to: 'delivered', receiptSigned: true }
      await world.must(village, 'staff.move', deliver)
      const shown = await world.must(resident, 'case.get', { caseId })
      assert.deepEqual([shown.case.statusText, shown.may], ['已送达，请您确认', ['feedback']])
      const said = { caseId, v: v + 2, received: true, stars: 5, note: '很好' }
      assert.equal((await world.must(resident, 'case.feedback', said)).status, 'feedback')
      assert.ok(ids(await world.must(village, 'staff.inbox')).includes(caseId))
      await world.must(village, 'staff.move', { caseId, v: v + 3, to: 'closed' })
      const [{ data, status, queue, rev, log }] = await world.read('cases', { _id: caseId })
      assert.deepEqual([status, queue, rev, log.length], ['closed', { level: 'none' }, 1, 8])
      assert.deepEqual(data, {
        classCode: world.classes.chair,
        qty: 1,
        supplier: '甲辅具店',
        dueOn: '2026-12-10',
        receiptSigned: true,
        feedback: { at: data.feedback.at, stars: 5, note: '很好' },
      })
    })

    it('registers the answer of the city with number and day', async () => {
      const world = await openWorld(backend)
      const resident = await world.resident()
      const { caseId } = await world.submit(resident)
      const town = await world.townStaff()
      await world.decide(caseId, 1)
      const first = { caseId, v: 2, to: 'village_ok', papersChecked: true }
      await world.must(await world.villageStaff(), 'staff.move', first)
      await world.must(town, 'staff.move', { caseId, v: 3, to: 'town_ok' })
      const answer = { caseId, v: 4, to: 'city_ok', documentNo: '余残联〔2026〕7号' }
      const { error } = await world.call(town, 'staff.move', answer)
      assert.deepEqual([error.code, error.message], ['STATE', '请登记市残联的文件。'])
      await world.must(town, 'staff.move', { ...answer, documentOn: TODAY })
      const shown = await world.must(resident, 'case.get', { caseId })
      assert.ok(shown.may.includes('withdraw'))
      await world.must(town, 'staff.move', { caseId, v: 5, to: 'approved' })
      const [{ data }] = await world.read('cases', { _id: caseId })
      assert.deepEqual([data.documentNo, data.documentOn], ['余残联〔2026〕7号', TODAY])
    })

    it('needs a real day, and none of the inputs is an object', async () => {
      const world = await openWorld(backend)
      const { caseId } = await world.submit(await world.resident())
      const village = await world.villageStaff()
      const v = await world.approve(caseId)
      const begin = { caseId, v, to: 'doing', supplier: '甲辅具店', dueOn: '2026-12-10' }
      for (const wrong of [
        { dueOn: '2026-02-30' },
        { dueOn: 20261210 },
        { supplier: { $ne: null } },
        { supplier: '店'.repeat(61) },
        { receiptSigned: 'yes' },
      ]) {
        const { error } = await world.call(village, 'staff.move', { ...begin, ...wrong })
        assert.equal(error.code, 'INVALID', JSON.stringify(wrong))
      }
      assert.equal((await world.read('cases', { _id: caseId }))[0].status, 'approved')
    })

    it('skips no step and lets nobody take the step of another level', async () => {
      const world = await openWorld(backend)
      const { caseId } = await world.submit(await world.resident())
      const [village, town] = [await world.villageStaff(), await world.townStaff()]
      await world.decide(caseId, 1)
      const tries = [
        [village, 'town_ok'],
        [village, 'approved'],
        [town, 'village_ok'],
        [town, 'town_ok'],
        [town, 'approved'],
        [town, 'returned'],
      ]
      for (const [who, to] of /** @type {any[]} */ (tries)) {
        const input = { caseId, v: 2, to, note: '说明', papersChecked: true }
        assert.equal((await world.call(who, 'staff.move', input)).error.code, 'STATE', to)
      }
      for (const to of ['submitted', 'withdrawn', 'draft', 'nonsense']) {
        assert.match(
          (await world.call(village, 'staff.move', { caseId, v: 2, to })).error.code,
          /^(STATE|INVALID)$/,
          to,
        )
      }
    })

    it('moves only what goes the way of an application', async () => {
      const world = await openWorld(backend)
      const village = await world.villageStaff()
      for (const kind of ['donation', 'wish', 'service']) {
        const { caseId } = await world.submit(await world.resident())
        await world.change('cases', caseId, { kind })
        const input = { caseId, v: 1, to: 'village_ok', papersChecked: true }
        assert.equal((await world.call(village, 'staff.move', input)).error.code, 'STATE', kind)
        assert.deepEqual((await world.must(village, 'staff.case', { caseId })).moves, [])
      }
    })

    it('needs the papers checked to accept, and a reason to return or refuse', async () => {
      const world = await openWorld(backend)
      const { caseId } = await world.submit(await world.resident())
      const village = await world.villageStaff()
      for (const [input, message] of /** @type {any[]} */ ([
        [{ to: 'village_ok' }, '请先核对证件。'],
        [{ to: 'village_ok', papersChecked: false }, '请先核对证件。'],
        [{ to: 'returned' }, '请写明原因。'],
        [{ to: 'rejected', note: ' \n ' }, '请写明原因。'],
      ])) {
        const { error } = await world.call(village, 'staff.move', { caseId, v: 1, ...input })
        assert.deepEqual([error.code, error.message], ['STATE', message])
      }
      assert.equal((await world.read('cases', { _id: caseId }))[0]._v, 1)
    })

    it('does not let one login take both the step of the village and that of the town', async () => {
      const world = await openWorld(backend)
      const { caseId } = await world.submit(await world.resident())
      const both = await world.user(
        { role: 'village_staff', villageId: world.villages.home },
        { role: 'town_staff' },
      )
      await world.decide(caseId, 1)
      await world.must(both, 'staff.move', { caseId, v: 2, to: 'village_ok', papersChecked: true })
      const { moves } = await world.must(both, 'staff.case', { caseId })
      assert.ok(!moves.some((/** @type {any} */ move) => move.to === 'town_ok'))
      const { error } = await world.call(both, 'staff.move', { caseId, v: 3, to: 'town_ok' })
      assert.deepEqual([error.code, error.message], ['STATE', '村里初审的人不能再审核。'])
      await world.must(await world.townStaff(), 'staff.move', { caseId, v: 3, to: 'town_ok' })
    })

    it('does not let staff handle the application of themselves or of their ward', async () => {
      const world = await openWorld(backend)
      const own = await world.person()
      const ward = await world.person()
      const staff = await world.user(
        { role: 'village_staff', villageId: world.villages.home },
        { role: 'resident', personId: own },
        { role: 'guardian' },
      )
      await world.add('guardianships', {
        personId: ward,
        guardianUserId: staff.userId,
        validFrom: '2020-01-01',
        validTo: 'open_ended',
        _id: world.id('g'),
      })
      for (const personId of [own, ward]) {
        const { caseId } = await world.submit({ ...staff, personId })
        const { error } = await world.call(staff, 'staff.move', {
          caseId,
          v: 1,
          to: 'village_ok',
          papersChecked: true,
        })
        assert.deepEqual([error.code, error.message], ['FORBIDDEN', '不能办理自己或家人的申请。'])
        assert.deepEqual((await world.must(staff, 'staff.case', { caseId })).moves, [])
      }
    })

    it('refuses a step on a case that changed meanwhile', async () => {
      const world = await openWorld(backend)
      const { caseId } = await world.submit(await world.resident())
      const [one, other] = [await world.villageStaff(), await world.villageStaff()]
      const input = { caseId, v: 1, to: 'village_ok', papersChecked: true }
      const answers = await Promise.all([
        world.call(one, 'staff.move', input),
        world.call(other, 'staff.move', input),
      ])
      assert.deepEqual(answers.map(({ ok }) => ok).sort(), [false, true])
      const [stored] = await world.read('cases', { _id: caseId })
      assert.equal(stored.log.length, 2)
      assert.equal((await world.read('messages', { caseId, kind: 'step' })).length, 1)
    })

    it('writes no message to staff about a case that staff entered', async () => {
      const world = await openWorld(backend)
      const personId = await world.person()
      const clerk = await world.villageStaff()
      const { caseId } = await world.submit({ ...clerk, personId })
      await world.must(await world.villageStaff(), 'staff.move', {
        caseId,
        v: 1,
        to: 'village_ok',
        papersChecked: true,
      })
      assert.deepEqual(await world.read('messages', { caseId }), [])
    })
  })
}
