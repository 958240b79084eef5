/** One request travels the whole way: page, cloud function, database, worker, decision, staff, page. */
import assert from 'node:assert/strict'
import { Phone } from './support/phone.mjs'
import { documents, POLL_S, system, test } from './support/system.mjs'

const here = system()
/** What one poll may cost beyond its pause, on a machine with much else to do. */
const WORK_S = 2.5

test('a resident of 61 applies, reads the decision within one poll, and village and town accept', async () => {
  const resident = await Phone.of(here, 'resident-61')
  await resident.applyFor(/^手动轮椅/)
  await resident.shows('预计可以申请，自付一半', '预计自付 600.00 元', '预计补贴 600.00 元', '为什么', '家庭不是低保、低边。')
  const caseId = await resident.submit()
  await resident.shows('手动轮椅的申请已经交到谢家路村残协')
  await decision(resident, '预计可以申请，自付一半')
  await resident.shows('预计自付 600.00 元', '已提交，等待初审', '谢家路村残协')

  const village = await Phone.of(here, 'village-staff')
  await village.open('home')
  await village.press(/^村（社区）待办/)
  await village.press(/^打开办理：孙\*英，.*手动轮椅/)
  await village.heading(/手动轮椅/)
  await village.shows('姓名：孙*英', '年龄段：', '600.00')
  await village.decide('同意，报镇残联', { papers: true })

  const town = await Phone.of(here, 'town-staff')
  await town.open('home')
  await town.press(/^全镇待办/)
  await town.press(/^打开办理：孙\*英，.*手动轮椅/)
  await town.decide('审核通过')
  await town.press('回待办列表')
  await town.press(/^打开办理：孙\*英，.*手动轮椅/)
  await town.decide('批准')

  await resident.press('看看有没有新变化')
  await resident.shows('已经批准', '自付 600.00 元', '申请已批准')
  assert.ok(!(await resident.text()).includes('预计自付'), 'an approved amount is no estimate any more')
  await resident.open('cases')
  await resident.button(/^看结果：.*手动轮椅，已批准/).click()
  await resident.heading(/手动轮椅/)
  assert.equal(resident.caseId(), caseId)
  const [{ status, log }] = await documents(here, 'cases', { _id: caseId })
  assert.equal(status, 'approved')
  assert.deepEqual(log.map((/** @type {any} */ row) => `${row.by} ${row.to}`), [
    'u_resident-61 submitted', 'u_village-staff village_ok', 'u_town-staff town_ok', 'u_town-staff approved',
  ])
  for (const phone of [resident, village, town]) await phone.isWell()
})

test('what was approved is ordered, handed over, said not to have come, handed over again, and rated', async () => {
  const resident = await Phone.of(here, 'resident-59')
  await resident.applyFor(/^手杖/)
  const caseId = await resident.submit()
  await decision(resident, '预计可以免费', /手杖/)
  const [village, town] = [await Phone.of(here, 'village-staff'), await Phone.of(here, 'town-staff')]
  const page = `staff-case?id=${caseId}`
  await village.open(page)
  await village.decide('同意，报镇残联', { papers: true })
  await town.open(page)
  await town.decide('审核通过')
  await town.open(page)
  await town.press('登记市残联意见')
  await town.press('提交决定')
  await town.shows('请写明文号。')
  await town.decide('登记市残联意见', { entries: { 市残联文件的文号: '余残联7号', 市残联文件的日期: '2023年3月1日' } })
  await town.open(page)
  await town.decide('批准')

  const order = { entries: { 供应商或施工队: '甲辅具店', 哪天以前办好: '2099-12-31' } }
  const receipt = { ticks: ['本人已经签字、按手印或拍照'] }
  await village.open(page)
  await village.decide('开始办理', order)
  await village.open(page)
  await village.decide('已送达', receipt)
  await resident.press('看看有没有新变化')
  await resident.shows('收到了吗？')
  await resident.press('没有收到，请工作人员再办')
  await resident.shows('请写明哪里不对，工作人员才知道怎么办。')
  await resident.page.getByRole('textbox', { name: '想说什么？' }).fill('来的是一根断的')
  await resident.press('没有收到，请工作人员再办')
  await resident.shows('已经告诉工作人员了', '说没有收到，重新办理。')
  await village.open(page)
  await village.decide('已送达', receipt)
  await resident.open(`case?id=${caseId}`)
  await resident.press('收到了，提交')
  await resident.shows('请选几颗星，或写一句话。')
  await resident.press('很好（五星）')
  await resident.press('收到了，提交')
  await resident.shows('已经告诉工作人员了', '收到了反馈。')
  await village.open(page)
  await village.decide('办结')

  const [{ status, data, log }] = await documents(here, 'cases', { _id: caseId })
  assert.equal(status, 'closed')
  assert.deepEqual(log.map((/** @type {any} */ row) => row.to), [
    'submitted', 'village_ok', 'town_ok', 'city_ok', 'approved', 'doing', 'delivered', 'doing', 'delivered', 'feedback', 'closed',
  ])
  assert.deepEqual([data.documentOn, data.supplier, data.dueOn, data.receiptSigned, data.feedback.stars], ['2023-03-01', '甲辅具店', '2099-12-31', true, 5])
  for (const phone of [resident, village, town]) await phone.isWell()
})

test('with 低保 the same wheelchair is free, before and after handing in', async () => {
  const resident = await Phone.of(here, 'resident-61-dibao')
  await resident.applyFor(/^手动轮椅/)
  await resident.shows('预计可以免费', '预计免费，不用付钱', '低保家庭免费。')
  await resident.submit()
  await decision(resident, '预计可以免费')
  await resident.shows('预计免费，不用付钱')
  assert.ok(!/自付 \d/.test(await resident.text()))
  await resident.isWell()
})

test('at 60 both readings are shown, and that people decide', async () => {
  const resident = await Phone.of(here, 'resident-60')
  await resident.applyFor(/^手动轮椅/)
  await resident.shows('要由工作人员确定', '可能一：免费', '可能二：自付', '正好在年龄线上，由工作人员定。')
  await resident.submit()
  await decision(resident, '要由工作人员确定')
  await resident.shows('有两种可能，由工作人员按规定确定。', '可能一：免费', '可能二：自付')
  await resident.isWell()
})

/**
 * From the page after handing in to the result, looking again by hand as a person does.
 * @param {Phone} resident
 * @param {string} headline
 * @param {RegExp} [device]
 */
async function decision(resident, headline, device = /手动轮椅/) {
  const end = Date.now() + (POLL_S + WORK_S) * 1000
  await resident.press('看这件申请')
  await resident.heading(device)
  while (!(await resident.text()).includes(headline)) {
    assert.ok(Date.now() < end, `no decision within one poll:\n${await resident.text()}`)
    await resident.press('看看有没有新变化')
  }
  assert.ok(!(await resident.text()).includes('正在算预计结果'))
}
