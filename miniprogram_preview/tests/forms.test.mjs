/** Fields, groups, pickers and forms hand over what was typed and chosen, by touch and by keyboard. */
import assert from 'node:assert/strict'
import { byId, openPhone, takeLog, test, world } from './helpers.mjs'

const here = world()
const open = () => openPhone(here.browser, `${here.preview.url}/phone#/pages/forms/forms`)

test('a two-way binding follows the typing, and Enter confirms', async () => {
  const { page, errors } = await open()
  await page.getByRole('textbox', { name: '姓名' }).fill('张三')
  await page.getByRole('textbox', { name: '姓名' }).press('Enter')
  assert.equal(await byId(page, 'echo').innerText(), '张三')
  assert.deepEqual(await takeLog(page), ['typed 张三', 'confirmed 你好，张三'])
  await page.evaluate(() => window.getCurrentPages()[0].setData({ name: '李四' }))
  assert.equal(await page.getByRole('textbox', { name: '姓名' }).inputValue(), '李四')
  assert.deepEqual(errors, [])
})

test('groups tell the whole choice, by tap and by arrow key', async () => {
  const { page } = await open()
  await page.getByText('监护人').tap()
  await page.getByRole('radio', { name: '监护人' }).press('ArrowUp')
  await page.getByRole('checkbox', { name: '坡道' }).press(' ')
  await page.getByText('扶手').tap()
  await page.getByText('坡道').tap() // text beside a checkbox without a label
  assert.deepEqual(await takeLog(page), ['changed "ward"', 'changed "self"', 'changed ["ramp"]', 'changed ["rail","ramp"]', 'changed ["rail"]'])
  assert.equal(await page.getByRole('radio', { name: '本人' }).isChecked(), true)
})

test('a switch is reached through its label, a slider by keys', async () => {
  const { page } = await open()
  await page.getByText('短信通知').tap()
  await page.getByRole('slider', { name: '程度' }).press('ArrowRight')
  assert.deepEqual(await takeLog(page), ['changed true', 'changed 5'])
  assert.equal(await page.getByRole('switch', { name: '短信通知' }).isChecked(), true)
})

test('a picker opens a dialog, gives its index as a text, returns the focus and can be cancelled', async () => {
  const { page, errors } = await open()
  const picker = page.getByRole('button', { name: '所在村' })
  await picker.press('Enter')
  await page.getByRole('dialog', { name: '所在村' }).getByRole('combobox', { name: '所在村' }).selectOption({ label: '山下村' })
  await page.getByRole('button', { name: '确定' }).click()
  await page.getByText('山下村').waitFor()
  assert.equal(await picker.evaluate((element) => element === document.activeElement), true)
  await picker.tap()
  await page.keyboard.press('Escape')
  assert.deepEqual(await takeLog(page), ['cancelled'])
  assert.equal(await page.getByRole('dialog').count(), 0)
  assert.deepEqual(errors, [])
})

test('columns report each change; dates keep their limits', async () => {
  const { page } = await open()
  await page.getByRole('button', { name: '两级' }).tap()
  await page.getByRole('combobox', { name: '第 2 列' }).selectOption({ label: '二' })
  await page.getByRole('button', { name: '确定' }).tap()
  assert.deepEqual(await page.evaluate(() => window.getCurrentPages()[0].data.both), [0, 1])
  await page.getByRole('button', { name: '选日期' }).tap()
  assert.equal(await page.getByLabel('日期', { exact: true }).last().getAttribute('max'), '2030-12-31')
  await page.getByLabel('日期', { exact: true }).last().fill('2026-12-01')
  await page.getByRole('button', { name: '确定' }).tap()
  assert.deepEqual(await takeLog(page), ['column 1 1', 'changed "2026-12-01"'])
})

test('a form collects every named field, one of our own among them, and resets', async () => {
  const { page } = await open()
  await page.getByRole('textbox', { name: '姓名' }).fill('许某')
  await page.getByRole('textbox', { name: '情况说明' }).pressSequentially('门口有三级台阶')
  await page.getByText('扶手').tap()
  await page.getByRole('button', { name: '提交' }).tap()
  assert.deepEqual(JSON.parse(await byId(page, 'value').innerText()), {
    name: '许某', reason: '门口有三级', who: 'self', needs: ['rail'], sms: false, level: 4, village: 0, two: [0, 0], day: null, extra: '额外',
  })
  await page.getByRole('button', { name: '重填' }).tap()
  assert.deepEqual(await page.evaluate(() => [...document.querySelectorAll('input, textarea')].map((/** @type {any} */ one) => (/checkbox|radio/.test(one.type) ? one.checked : one.value))), ['', '', true, false, false, false, false, '4'])
})
