/** What a screen reader, a keyboard and large text find. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { byId, openPhone, takeLog, test, world } from './helpers.mjs'

const here = world()
const AXE = readFileSync(new URL('../node_modules/axe-core/axe.min.js', import.meta.url), 'utf8')
/** All but `events`, where things to tap stand within each other to show how taps bubble. */
const PAGES = ['components', 'forms', 'routing', 'opened', 'access', 'media', 'built', 'tab']

/** @param {string} name @param {string} [query] */
const open = (name, query = '') => openPhone(here.browser, `${here.preview.url}/phone${query}#/pages/${name}/${name}`)

/** @param {import('playwright-core').Page} page */
async function violations(page) {
  await page.evaluate(AXE)
  const result = await page.evaluate(() => window.axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'] }))
  return result.violations.map((/** @type {any} */ one) => `${one.id}: ${one.nodes[0].html.slice(0, 120)}`)
}

test('roles, names and states arrive in the accessibility tree as the template says', async () => {
  const { page, errors } = await open('access')
  const tree = await page.locator('main').ariaSnapshot()
  for (const line of [
    'heading "我的申请" [level=2]', 'button "查看进度": ›', 'link "链接"', 'button "不能点" [disabled]', 'button "一键求助": 求助',
    'alert: 0 次', 'img "标志"', 'img "完成"', 'progressbar "进度"', 'group "图片"', 'switch "大字"',
  ]) assert.ok(tree.includes(`- ${line}`), `${line} is missing in\n${tree}`)
  const help = await page.getByRole('button', { name: '一键求助' }).evaluate((element) => document.getElementById(element.getAttribute('aria-describedby') ?? '')?.textContent)
  assert.equal(help, '拨打社区电话')
  assert.deepEqual(await takeLog(page), ['loaded 20x10'])
  assert.deepEqual(errors, [])
})

test('what is operated by touch is operated by keyboard, once per key', async () => {
  const { page } = await open('access')
  await page.getByRole('button', { name: '查看进度' }).press('Enter')
  await page.getByRole('button', { name: '查看进度' }).press(' ')
  await page.getByRole('link', { name: '链接' }).press('Enter')
  await page.getByRole('link', { name: '链接' }).press(' ') // scrolls, as links do
  await page.getByRole('button', { name: '一键求助' }).press('Enter')
  await page.getByRole('button', { name: '不能点' }).press('Enter') // aria-disabled only says so; the page has to refuse
  await page.getByRole('button', { name: '一键求助' }).evaluate((/** @type {HTMLElement} */ element) => element.click()) // as screen readers do
  assert.match(await page.getByRole('alert').first().innerText(), /^6 次/)
})

test('a tap on a label counts once, though the browser clicks its control as well', async () => {
  const { page } = await open('forms')
  await page.evaluate(() => {
    const form = /** @type {any} */ (document.querySelector('[wx=form]')).__wxElement
    form.addListener('tap', () => window.getCurrentPages()[0].log.push('tap'))
  })
  await page.getByText('扶手').tap()
  assert.deepEqual(await takeLog(page), ['tap', 'changed ["rail"]'])
  await page.getByRole('checkbox', { name: '扶手' }).press(' ')
  assert.deepEqual(await takeLog(page), ['tap', 'changed []'])
})

test('after a change of page the focus stands on the new title, and returns where it was', async () => {
  const { page } = await open('routing')
  assert.equal(await page.evaluate(() => document.activeElement?.tagName), 'BODY')
  const link = page.getByRole('link', { name: '去下一页' })
  await link.press('Enter')
  await page.getByText('navigator').waitFor()
  assert.deepEqual(await page.evaluate(() => [document.activeElement?.id, document.activeElement?.textContent, document.title]), ['title', '新的标题', '新的标题'])
  await page.getByRole('button', { name: '回去' }).press('Enter')
  await link.waitFor()
  assert.equal(await link.evaluate((element) => element === document.activeElement), true)
})

test('rem follows WeChat\'s text size through page-meta, and only on that page', async () => {
  const { page, errors } = await open('access', '?font=32')
  const size = () => byId(page, 'rem').evaluate((element) => getComputedStyle(element).fontSize)
  assert.equal(await size(), '40px')
  assert.equal(await page.evaluate(() => window.wx.getAppBaseInfo().fontSizeSetting), 32)
  await page.evaluate(() => window.preview.setFontSize(16))
  assert.equal(await size(), '20px')
  await page.getByRole('switch', { name: '大字' }).tap()
  assert.equal(await size(), '29.75px')
  await page.evaluate(() => window.wx.navigateTo({ url: '/pages/opened/opened' }))
  assert.equal(await page.evaluate(() => getComputedStyle(document.documentElement).fontSize), '16px')
  await page.evaluate(() => window.wx.navigateBack())
  assert.equal(await size(), '29.75px')
  assert.deepEqual(errors, [])
})

test('dialogs are named, hold the focus and give it back; messages are read politely', async () => {
  const { page } = await open('routing')
  await page.getByRole('button', { name: '打开并通信' }).focus()
  const answer = page.evaluate(() => window.wx.showModal({ title: '撤回申请？', content: '撤回后可以重新提交。', confirmText: '撤回' }))
  const dialog = page.getByRole('dialog', { name: '撤回申请？' })
  await dialog.waitFor()
  assert.deepEqual(await violations(page), [])
  await page.keyboard.press('Tab')
  assert.equal(await dialog.evaluate((element) => element.contains(document.activeElement)), true)
  await dialog.getByRole('button', { name: '撤回' }).click()
  assert.deepEqual(await answer, { confirm: true, cancel: false, content: null, errMsg: 'showModal:ok' })
  assert.equal(await page.getByRole('button', { name: '打开并通信' }).evaluate((element) => element === document.activeElement), true)
  const sheet = page.evaluate(() => window.wx.showActionSheet({ itemList: ['甲', '乙'] }))
  await page.getByRole('button', { name: '乙' }).click()
  assert.equal((await sheet).tapIndex, 1)
  await page.evaluate(() => window.wx.showToast({ title: '已保存' }))
  assert.equal(await page.getByRole('status').innerText(), '已保存')
})

test('axe finds nothing on any page, nor in the frame around the phone', async () => {
  for (const name of PAGES) {
    const { page } = await open(name)
    assert.deepEqual(await violations(page), [], name)
  }
  const { page } = await openPhone(here.browser, `${here.preview.url}/`, { isMobile: false, hasTouch: false, viewport: { width: 900, height: 900 } })
  await page.frameLocator('iframe').getByText('外').first().waitFor()
  assert.deepEqual(await violations(page), [])
})
