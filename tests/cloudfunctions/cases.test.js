'use strict'

/** A case as its owner sees it: what was decided and why, and nothing that is meant for others. */

const assert = require('node:assert/strict')
const { describe, it } = require('node:test')

const { BACKENDS, TODAY, openWorld } = require('./support/world')

for (const backend of BACKENDS) {
  describe(`cases, ${backend.name}`, { skip: backend.skip }, () => {
    it('lists the cases of oneself and of the wards, the newest first, with what is proposed', async () => {
      const world = await openWorld(backend)
      const resident = await world.resident()
      const first = await world.submit(resident)
      world.goTo('2026-11-24')
      const second = await world.submit(resident, { classCode: world.classes.aid, qty: 2 })
      await world.decide(first.caseId, 1)
      const { cases } = await world.must(resident, 'cases.mine')
      assert.deepEqual(cases, [
        {
          id: second.caseId,
          kind: 'device',
          title: '申请辅具：助听器 ×2',
          personNameMasked: '王*英',
          relation: 'self',
          status: 'submitted',
          statusText: '已提交，等待初审',
          submittedOn: '2026-11-24',
          where: '甲村残协',
        },
        {
          id: first.caseId,
          kind: 'device',
          title: '申请辅具：手动轮椅',
          personNameMasked: '王*英',
          relation: 'self',
          status: 'submitted',
          statusText: '已提交，等待初审',
          submittedOn: TODAY,
          where: '甲村残协',
          verdict: 'eligible',
          line: '预计自付 600.00 元',
        },
      ])
    })

    it('shows neither drafts nor what a volunteer recorded about the person', async () => {
      const world = await openWorld(backend)
      const resident = await world.resident()
      const { caseId } = await world.submit(resident)
      await world.change('cases', caseId, { status: 'draft' })
      const visit = await world.submit(resident, { classCode: world.classes.aid })
      await world.change('cases', visit.caseId, { kind: 'service', status: 'verified' })
      assert.deepEqual((await world.must(resident, 'cases.mine')).cases, [])
      for (const id of [caseId, visit.caseId]) {
        assert.equal((await world.call(resident, 'case.get', { caseId: id })).error.code, 'NOT_FOUND')
      }
    })

    it('gives the decision with reasons, without what the rule read and what is meant for staff', async () => {
      const world = await openWorld(backend)
      const resident = await world.resident()
      const { caseId } = await world.submit(resident)
      await world.decide(caseId, 1)
      const data = await world.must(resident, 'case.get', { caseId })
      assert.deepEqual(data.decision, {
        verdict: 'eligible',
        share: '1/2',
        personalFen: 60000,
        subsidyFen: 60000,
        candidates: [],
        lines: ['预计自付600元。'],
        why: [
          { result: 'pass', text: '60周岁以上付一半', source: '镇残联的规定' },
          { result: 'pass', text: '需求相应辅具', source: '浙江的做法' },
        ],
        wouldChange: [
          {
            text: '在2026-12-01以前提交更有利。',
            verdict: 'eligible',
            share: '0',
            personalFen: null,
            subsidyFen: null,
          },
        ],
        missing: [],
        decidedOn: TODAY,
      })
      assert.deepEqual(data.messages, [
        { title: '辅具申请有了初步结果', lines: ['预计自付600元。'], on: TODAY },
      ])
      assert.deepEqual(data.askWhom, { villageName: '甲村' })
      assert.deepEqual(data.may, ['withdraw', 'review'])
      assert.equal(data.case.v, 2)
      assert.deepEqual(data.case.applied, {
        classCode: world.classes.chair,
        qty: 1,
        quoteFen: null,
        need: null,
      })
      const sent = JSON.stringify(data)
      for (const secret of [
        'STAFF-ONLY',
        'AUDIT-ONLY',
        'reads',
        'birth_date',
        '1965',
        resident.userId,
        resident.openid,
      ]) {
        assert.ok(!sent.includes(secret), secret)
      }
    })

    it('shows no decision of an earlier revision', async () => {
      const world = await openWorld(backend)
      const resident = await world.resident()
      const { caseId } = await world.submit(resident)
      await world.decide(caseId, 1)
      await world.must(await world.villageStaff(), 'staff.move', {
        caseId,
        v: 2,
        to: 'returned',
        note: '请补交证件',
      })
      await world.must(resident, 'device.resubmit', { caseId, v: 3 })
      assert.equal((await world.must(resident, 'case.get', { caseId })).decision, null)
      assert.equal((await world.must(resident, 'cases.mine')).cases[0].line, undefined)
    })

    it('marks messages as read when the case is opened, and only those of the reader', async () => {
      const world = await openWorld(backend)
      const resident = await world.resident()
      const guardian = await world.guardian(resident.personId)
      const { caseId } = await world.submit(resident)
      await world.decide(caseId, 1)
      const seen = await world.must(guardian, 'case.get', { caseId })
      assert.deepEqual(seen.messages, [])
      assert.equal((await world.must(resident, 'me.home')).unread, 1)
      await world.must(resident, 'case.get', { caseId })
      assert.equal((await world.must(resident, 'me.home')).unread, 0)
    })

    it('tells the applicant the reason of a return, and keeps other notes of the staff to the staff', async () => {
      const world = await openWorld(backend)
      const resident = await world.resident()
      const { caseId } = await world.submit(resident)
      const village = await world.villageStaff()
      await world.decide(caseId, 1)
      await world.must(village, 'staff.move', {
        caseId,
        v: 2,
        to: 'village_ok',
        papersChecked: true,
        note: '家里情况复杂',
      })
      await world.must(await world.townStaff(), 'staff.move', {
        caseId,
        v: 3,
        to: 'returned',
        note: '请补交发票',
      })
      const data = await world.must(resident, 'case.get', { caseId })
      assert.deepEqual(data.case.log, [
        { on: TODAY, text: '提交了申请。' },
        { on: TODAY, text: '村（社区）残协初审通过。' },
        { on: TODAY, text: '退回补正。原因：请补交发票' },
      ])
      assert.deepEqual([data.case.statusText, data.case.where], ['已退回，请您补正', '等您办理'])
      assert.deepEqual(data.may, ['withdraw', 'resubmit'])
      assert.deepEqual(
        data.messages.map((/** @type {any} */ row) => row.title).sort(),
        ['申请初审通过', '辅具申请有了初步结果', '申请需要补正'].sort(),
      )
    })

    it('withdraws with a new revision that no rule decides', async () => {
      const world = await openWorld(backend)
      const resident = await world.resident()
      const { caseId } = await world.submit(resident)
      assert.deepEqual(await world.must(resident, 'case.withdraw', { caseId, v: 1 }), {
        v: 2,
        status: 'withdrawn',
      })
      const [stored] = await world.read('cases', { _id: caseId })
      assert.deepEqual([stored.status, stored.sync, stored.rev, stored._v], ['withdrawn', 'none', 2, 2])
      assert.deepEqual(stored.queue, { level: 'none' })
      assert.equal((await world.call(resident, 'case.withdraw', { caseId, v: 2 })).error.code, 'STATE')
    })

    it('refuses a stale version and changes nothing', async () => {
      const world = await openWorld(backend)
      const resident = await world.resident()
      const { caseId } = await world.submit(resident)
      await world.change('cases', caseId, { _v: world.command.inc(1) })
      const [before] = await world.read('cases', { _id: caseId })
      for (const [action, v] of /** @type {any[]} */ ([
        ['case.withdraw', 1],
        ['case.withdraw', 3],
        ['case.review', 1],
      ])) {
        assert.equal((await world.call(resident, action, { caseId, v })).error.code, 'CONFLICT')
      }
      assert.deepEqual((await world.read('cases', { _id: caseId }))[0], before)
    })

    it('lets one of two simultaneous changes through', async () => {
      const world = await openWorld(backend)
      const resident = await world.resident()
      const { caseId } = await world.submit(resident)
      const staff = await world.villageStaff()
      const answers = await Promise.all([
        world.call(resident, 'case.withdraw', { caseId, v: 1 }),
        world.call(staff, 'staff.move', { caseId, v: 1, to: 'returned', note: '请补交证件' }),
      ])
      const [stored] = await world.read('cases', { _id: caseId })
      assert.equal(answers.filter(({ ok }) => ok).length, 1)
      assert.deepEqual([stored._v, stored.log.length], [2, 2])
    })

    it('does again what the person says has not come, and asks for no stars', async () => {
      const world = await openWorld(backend)
      const resident = await world.resident()
      const { caseId } = await world.submit(resident)
      const village = await world.villageStaff()
      const v = await world.approve(caseId)
      const begin = { caseId, v, to: 'doing', supplier: '甲辅具店', dueOn: '2026-12-10' }
      await world.must(village, 'staff.move', begin)
      const early = await world.call(resident, 'case.feedback', { caseId, v: v + 1, received: true, stars: 5 })
      assert.equal(early.error.code, 'STATE')
      await world.must(village, 'staff.move', { caseId, v: v + 1, to: 'delivered', receiptSigned: true })
      const missing = { caseId, v: v + 2, received: false }
      assert.equal((await world.call(resident, 'case.feedback', missing)).error.code, 'STATE')
      const stranger = await world.resident()
      const input = { ...missing, note: '没有人来过' }
      assert.equal((await world.call(stranger, 'case.feedback', input)).error.code, 'NOT_FOUND')
      assert.equal((await world.call(village, 'case.feedback', input)).error.code, 'FORBIDDEN')
      assert.equal((await world.must(resident, 'case.feedback', input)).status, 'doing')
      const { case: seen } = await world.must(resident, 'case.get', { caseId })
      assert.equal(seen.log[seen.log.length - 1].text, '说没有收到，重新办理。')
      const [{ data, queue, log }] = await world.read('cases', { _id: caseId })
      assert.deepEqual([queue.level, data.feedback, log[log.length - 1].note], ['village', undefined, '没有人来过'])
      assert.ok((await world.must(village, 'staff.case', { caseId })).moves.length)
    })

    it('takes stars from one to five', async () => {
      const world = await openWorld(backend)
      const resident = await world.resident()
      const { caseId } = await world.submit(resident)
      for (const stars of [0, 6, 4.5, '5']) {
        const input = { caseId, v: 1, received: true, stars }
        assert.equal((await world.call(resident, 'case.feedback', input)).error.code, 'INVALID')
      }
    })

    it('asks for a second look by a person, once, without a new revision', async () => {
      const world = await openWorld(backend)
      const resident = await world.resident()
      const { caseId } = await world.submit(resident)
      const staff = await world.villageStaff()
      assert.deepEqual(await world.must(resident, 'case.review', { caseId, v: 1, note: '年龄不对' }), {
        v: 2,
      })
      assert.deepEqual(await world.must(resident, 'case.review', { caseId, v: 2 }), { v: 2 })
      const [stored] = await world.read('cases', { _id: caseId })
      assert.deepEqual([stored.rev, stored.sync, stored.reviewRequested.by], [1, 'todo', resident.userId])
      assert.equal((await world.must(staff, 'staff.inbox')).cases[0].review, true)
      assert.deepEqual((await world.must(resident, 'case.get', { caseId })).may, ['withdraw'])
      const seen = await world.must(staff, 'staff.case', { caseId })
      assert.deepEqual([seen.case.reviewNote, seen.case.reviewOn], ['年龄不对', TODAY])
    })

    it('counts one version for a second look that two people ask for at once', async () => {
      const world = await openWorld(backend)
      const resident = await world.resident()
      const guardian = await world.guardian(resident.personId)
      const { caseId } = await world.submit(resident)
      await Promise.all([resident, guardian].map((who) => world.call(who, 'case.review', { caseId, v: 1 })))
      assert.equal((await world.read('cases', { _id: caseId }))[0]._v, 2)
    })

    it('closes the second look with the next step of the staff', async () => {
      const world = await openWorld(backend)
      const resident = await world.resident()
      const { caseId } = await world.submit(resident)
      await world.must(resident, 'case.review', { caseId, v: 1 })
      await world.must(await world.villageStaff(), 'staff.move', {
        caseId,
        v: 2,
        to: 'village_ok',
        papersChecked: true,
      })
      assert.equal((await world.must(await world.townStaff(), 'staff.case', { caseId })).case.review, false)
    })

    it('takes no second look at a case that waits for nobody of the staff', async () => {
      const world = await openWorld(backend)
      const resident = await world.resident()
      const { caseId } = await world.submit(resident)
      await world.must(await world.villageStaff(), 'staff.move', {
        caseId,
        v: 1,
        to: 'rejected',
        note: '不在本村',
      })
      assert.equal((await world.call(resident, 'case.review', { caseId, v: 2 })).error.code, 'STATE')
    })

    it('shows a case that no rule can decide as waiting for a person', async () => {
      const world = await openWorld(backend)
      const resident = await world.resident()
      const { caseId } = await world.submit(resident)
      await world.change('cases', caseId, { sync: 'dead' })
      assert.equal((await world.must(resident, 'case.get', { caseId })).case.statusText, '需要工作人员处理')
      assert.equal((await world.must(await world.villageStaff(), 'staff.inbox')).cases[0].dead, true)
    })

    it('survives a case whose parts are missing', async () => {
      const world = await openWorld(backend)
      const resident = await world.resident()
      const caseId = await world.add('cases', {
        _id: world.id('c'),
        kind: 'device',
        personId: resident.personId,
        status: 'submitted',
        createdBy: 'u',
        clientKey: world.id('k'),
        _v: 1,
      })
      const data = await world.must(resident, 'case.get', { caseId })
      assert.deepEqual(
        [data.case.title, data.case.submittedOn, data.case.log, data.decision],
        ['申请辅具', null, [], null],
      )
      assert.equal((await world.must(resident, 'cases.mine')).cases.length, 1)
      assert.ok((await world.must(await world.townStaff(), 'staff.case', { caseId })).case.id)
    })
  })
}
