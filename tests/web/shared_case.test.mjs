/** One case, several people and a bad network: who may act, who may see, and how many cases there are. */
import assert from 'node:assert/strict'
import { Phone } from './support/phone.mjs'
import { call, data, documents, system, test, until } from './support/system.mjs'

const here = system()

/** @param {string} personId */
const casesOf = (personId) => documents(here, 'cases', { personId })

test('a guardian acts for the ward, and the case names both', async () => {
  const guardian = await Phone.of(here, 'guardian')
  await guardian.applyFor(/^手动轮椅/)
  await guardian.shows('吴*宝')
  const caseId = await guardian.submit()
  await guardian.press('看这件申请')
  await guardian.heading(/手动轮椅/)
  await guardian.shows('给吴*宝申请', '监护人代办')

  const [found, ...more] = await casesOf('p_ward')
  assert.deepEqual(more, [])
  assert.equal(found._id, caseId)
  assert.deepEqual([found.createdBy, found.actedBy, found.onBehalfOf, found.personId], ['u_guardian', 'guardian', 'p_ward', 'p_ward'])
  assert.deepEqual(found.log.map((/** @type {any} */ row) => [row.by, row.from, row.to]), [['u_guardian', 'draft', 'submitted']])

  const village = await Phone.of(here, 'village-staff')
  await village.open(`staff-case?id=${caseId}`)
  await village.shows('姓名：吴*宝', '监护人代办')
  for (const phone of [guardian, village]) await phone.isWell()
})

test('a double tap and a third make one case', async () => {
  const resident = await Phone.of(here, 'resident-61')
  await resident.applyFor(/^手动轮椅/)
  await resident.button('交上去').evaluate((/** @type {HTMLElement} */ button) => { for (let n = 0; n < 3; n += 1) button.click() })
  await resident.heading(/交上去了$/)
  assert.equal((await casesOf('p_resident-61')).length, 1)
  assert.equal((await resident.calls()).filter((one) => one.endsWith('device.submit')).length, 1)
  await resident.isWell()
})

test('an answer lost on the way is asked for again, even after closing WeChat, and makes no second case', async () => {
  const resident = await Phone.of(here, 'resident-61-dibao')
  await resident.applyFor(/^手杖/)
  await resident.network('answer-lost')
  await resident.press('交上去')
  await resident.page.getByRole('alert').getByText('没有收到回复').waitFor()
  await until(async () => (await casesOf('p_resident-61-dibao')).length, 'the case that nobody was told of')
  await resident.press('再试一次')
  await resident.page.getByRole('alert').getByText('没有收到回复').waitFor()

  await resident.open('home') // the phone starts anew, online; what it stored is all it knows
  await resident.shows('不会重复')
  await resident.press('打开这份申请')
  await resident.heading('看一看对不对')
  assert.equal(await resident.button(/^改/).count(), 0, 'answers that may have been handed in are locked')
  await resident.press('再试一次')
  await resident.heading(/交上去了$/)
  const cases = await casesOf('p_resident-61-dibao')
  assert.deepEqual(cases.map((/** @type {any} */ one) => one._id), [resident.caseId()])
  assert.deepEqual(resident.errors, [])
})

test('without a network nothing is handed in and nothing is lost', async () => {
  const resident = await Phone.of(here, 'resident-59')
  await resident.applyFor(/^助行架/)
  await resident.network('offline')
  await resident.press('交上去')
  await resident.page.getByRole('alert').getByText('没有收到回复').waitFor()
  assert.deepEqual(await casesOf('p_resident-59'), [])
  await resident.network('online')
  await resident.press('再试一次')
  await resident.heading(/交上去了$/)
  assert.equal((await casesOf('p_resident-59')).length, 1)
})

test('the queue speaks of money only where somebody pays', async () => {
  const { cases } = await until(async () => {
    const inbox = await data(here, 'village-staff', 'staff.inbox')
    return inbox.cases.some((/** @type {any} */ one) => one.kind === 'intent' && one.verdict === 'eligible') && inbox
  }, 'a decided offer of help')
  for (const { kind, line } of cases) assert.ok(kind === 'device' || !/自付|免费/.test(line), `${kind}: ${line}`)
})

test('the staff of another village sees nothing of it: not in the queue, not by its id', async () => {
  const { caseId } = await data(here, 'resident-60', 'device.submit', {
    personId: 'p_resident-60', classCode: '1222', qty: 1, clientKey: 'other-village-000000001',
  })
  const [found] = await casesOf('p_resident-60')
  const other = await Phone.of(here, 'other-village-staff')
  await other.open('home')
  await other.press(/^村（社区）待办/)
  await other.shows('陶家路村') // cases of its own, from the case study
  assert.ok(!/钱\*明|谢家路/.test(await other.text()))
  const { cases } = await data(here, 'other-village-staff', 'staff.inbox')
  assert.deepEqual([...new Set(cases.map((/** @type {any} */ one) => one.villageName))], ['陶家路村'])
  await other.open(`staff-case?id=${caseId}`)
  await other.page.getByRole('alert').waitFor()
  const text = await other.text()
  for (const secret of ['钱*明', '轮椅', '谢家路']) assert.ok(!text.includes(secret), `${secret} is on the page:\n${text}`)

  for (const [action, input] of /** @type {[string, Record<string, unknown>][]} */ ([
    ['staff.case', { caseId }],
    ['case.get', { caseId }],
    ['staff.move', { caseId, v: found._v, to: 'village_ok', papersChecked: true }],
    ['staff.move', { caseId, v: found._v, to: 'rejected', note: '不通过' }],
  ])) {
    const answer = await call(here, 'other-village-staff', action, input)
    assert.equal(answer.ok, false, action)
    const { error } = /** @type {Extract<typeof answer, {ok: false}>} */ (answer)
    // case.get is for applicants: there the role is refused before any case is looked at.
    assert.equal(error.code, action === 'case.get' ? 'FORBIDDEN' : 'NOT_FOUND', action)
    // An id that never was gets the same answer, so that nobody can find out which ids are cases.
    const guess = await call(here, 'other-village-staff', action, { ...input, caseId: `${caseId.slice(0, -3)}zzz` })
    assert.deepEqual(guess, answer, action)
  }
  const [after] = await casesOf('p_resident-60')
  assert.deepEqual([after.status, after.log.length], [found.status, found.log.length])

  for (const stranger of ['resident-61', 'guardian']) {
    const answer = await call(here, stranger, 'case.get', { caseId })
    assert.equal(answer.ok ? 'seen' : answer.error.code, 'NOT_FOUND', stranger)
  }
})
