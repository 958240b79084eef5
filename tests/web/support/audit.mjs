/** Every page of the mini-program with real data, and what has to hold on each of them. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { Phone } from './phone.mjs'
import { decidedCase, move, require } from './system.mjs'

const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']
const MOST_CALLS = 2

/**
 * @typedef {import('./system.mjs').System} System
 * @typedef {object} Stop
 * @property {string} name
 * @property {string} page                    as for Phone.open
 * @property {string | RegExp} text           only there with real data
 * @property {'resident' | 'village' | 'town'} [who]
 * @property {(phone: Phone) => Promise<void>} [then]   e.g. opens a dialog
 * @typedef {{resident: Phone, village: Phone, town: Phone, ids: Record<'open' | 'returned' | 'done' | 'brought', string>}} People
 */

/** One finger for each kind of reader, with cases in every state that pages show differently. @param {System} here */
export async function people(here) {
  const open = await decidedCase(here, 'resident-61', { need: '家门口有台阶，想要能折起来的。' })
  const returned = await decidedCase(here, 'resident-61', { classCode: '1206' })
  const done = await decidedCase(here, 'resident-61', { classCode: '0912' })
  await move(here, 'village-staff', returned, { to: 'returned', note: '请补交残疾人证复印件。' })
  const brought = await decidedCase(here, 'resident-61', { classCode: '0433' })
  for (const approved of [done, brought]) {
    await move(here, 'village-staff', approved, { to: 'village_ok', papersChecked: true })
    await move(here, 'town-staff', approved, { to: 'town_ok' })
    await move(here, 'town-staff', approved, { to: 'approved' })
  }
  await move(here, 'village-staff', brought, { to: 'doing', supplier: '甲辅具店', dueOn: '2099-12-31' })
  await move(here, 'village-staff', brought, { to: 'delivered', receiptSigned: true })
  const [resident, village, town] = await Promise.all(['resident-61', 'village-staff', 'town-staff'].map((one) => Phone.of(here, one)))
  await resident.applyFor(/^电动轮椅/) // leaves an unfinished application on the phone
  return { resident, village, town, ids: { open, returned, done, brought } }
}

/**
 * The twelve pages, and those of their states that look different.
 * @param {People['ids']} ids
 * @returns {Stop[]}
 */
export function stops(ids) {
  return [
    { name: 'home', page: 'home', text: '上次没填完的申请' },
    { name: 'home of the village staff', who: 'village', page: 'home', text: '村（社区）待办' },
    { name: 'home, dialog open', page: 'home', text: '删掉以后要从头填', then: dialog('不要了') },
    { name: 'apply-who', page: 'apply-who', text: '孙*英' },
    { name: 'apply-device', page: 'apply-device', text: '手动轮椅' },
    { name: 'apply-need', page: 'apply-need', text: '要几件？' },
    { name: 'apply-check', page: 'apply-check', text: '预计自付 2400.00 元' },
    { name: 'apply-done', page: `apply-done?id=${ids.open}`, text: '交上去了' },
    { name: 'cases', page: 'cases', text: '申请辅具：手动轮椅' },
    { name: 'case', page: `case?id=${ids.open}`, text: '预计自付 600.00 元' },
    { name: 'case, returned', page: `case?id=${ids.returned}`, text: '退回给您补充' },
    { name: 'case, approved', page: `case?id=${ids.done}`, text: '已经批准' },
    {
      name: 'case, delivered and not said why not', page: `case?id=${ids.brought}`, text: '请写明哪里不对',
      then: async (phone) => { await phone.press('好（四星）'); await phone.press('没有收到，请工作人员再办') },
    },
    { name: 'case, asked for a second look', page: `case?id=${ids.open}`, text: '已经请人再看', then: (phone) => review(phone) },
    { name: 'case, dialog open', page: `case?id=${ids.open}`, text: '撤回以后就不办了', then: dialog('撤回这件申请') },
    { name: 'resubmit', page: `resubmit?id=${ids.returned}`, text: '请补交残疾人证复印件' },
    { name: 'staff-queue', who: 'village', page: 'staff-queue?level=village', text: '孙*英' },
    { name: 'staff-queue of the town', who: 'town', page: 'staff-queue?level=town', text: '全镇待办' },
    {
      name: 'staff-case, all grounds open', who: 'village', page: `staff-case?id=${ids.open}`, text: '同类辅具还在使用年限内的，不能再领',
      then: (phone) => phone.press(/^看看还查了哪些/),
    },
    {
      name: 'staff-case, accepting without papers', who: 'village', page: `staff-case?id=${ids.open}`, text: '请先核对证件和材料，再打勾',
      then: async (phone) => { await phone.press('同意，报镇残联'); await phone.press('提交决定') },
    },
    {
      name: 'staff-case, ordering without a supplier', who: 'village', page: `staff-case?id=${ids.done}`, text: '请写明由谁供货或施工',
      then: async (phone) => { await phone.press('开始办理'); await phone.press('提交决定') },
    },
    {
      name: 'staff-case, returning without a reason', who: 'village', page: `staff-case?id=${ids.open}`, text: '请写明原因',
      then: async (phone) => { await phone.press('退回补正'); await phone.press('提交决定') },
    },
    {
      name: 'staff-case, dialog open', who: 'village', page: `staff-case?id=${ids.open}`, text: '申请人马上就能看到您的决定',
      then: async (phone) => {
        await phone.press('退回补正')
        await phone.press('请补交残疾人证复印件。')
        await dialog('提交决定')(phone)
      },
    },
    { name: 'settings', page: 'settings', text: '练习申请辅具' },
    { name: 'somebody else\'s case', page: 'case?id=c_nobody', text: '没有找到' },
  ]
}

/** @param {string} name @returns {(phone: Phone) => Promise<void>} */
const dialog = (name) => async (phone) => {
  await phone.press(name)
  const sheet = phone.page.getByRole('alertdialog')
  await sheet.waitFor()
  // Its first button lets itself be pressed a moment later.
  await sheet.locator('[aria-disabled=true]').waitFor({ state: 'detached' })
}

/** A second look can be asked for once; later the page says that it was. @param {Phone} phone */
async function review(phone) {
  if (await phone.button('请人再看一次').count()) await phone.press('请人再看一次')
}

/**
 * Opens each page and asks everything that has to hold of it; the phones at the same time.
 * @param {People} people
 * @param {{axe?: boolean, query?: Record<string, string>, leastTarget?: number}} [ask]
 * @returns {Promise<string[]>} what does not hold
 */
export async function audit(people, { axe = true, query = {}, leastTarget = 44 } = {}) {
  const all = stops(people.ids)
  const found = await Promise.all(/** @type {const} */ (['resident', 'village', 'town']).map(async (who) => {
    const problems = []
    for (const stop of all.filter((one) => (one.who ?? 'resident') === who)) {
      const phone = people[who]
      await phone.open(stop.page, query)
      const calls = (await phone.calls()).length
      if (calls > MOST_CALLS) problems.push(`${stop.name}: ${calls} cloud calls`)
      await stop.then?.(phone)
      await phone.shows(stop.text)
      const broken = [...(axe ? await violations(phone.page) : []), ...(await geometry(phone.page, leastTarget))]
      problems.push(...broken.map((one) => `${stop.name}: ${one}`))
      await phone.isWell()
    }
    return problems
  }))
  return found.flat()
}

/** @param {import('playwright-core').Page} page @returns {Promise<string[]>} */
export async function violations(page) {
  await page.evaluate(readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8'))
  const { violations: found } = await page.evaluate((tags) => window.axe.run(document, { runOnly: tags, resultTypes: ['violations'] }), TAGS)
  return found.map((/** @type {any} */ one) => `${one.id}: ${one.nodes.map((/** @type {any} */ node) => node.html.slice(0, 120)).join(' | ')}`)
}

/**
 * No part of the page is wider than the phone, and what is tapped is large enough.
 * @param {import('playwright-core').Page} page
 * @param {number} leastTarget  in px
 */
function geometry(page, leastTarget) {
  return page.evaluate((least) => {
    const top = /** @type {HTMLElement} */ (document.querySelector('wx-page:not([hidden])'))
    const found = []
    for (const box of [top, document.documentElement]) {
      if (box.scrollWidth > box.clientWidth) found.push(`${box.tagName} is ${box.scrollWidth} px wide in ${box.clientWidth}`)
    }
    for (const element of top.querySelectorAll('[role=button], [role=checkbox], button, input, textarea')) {
      // A box to tick is pressed anywhere on its label.
      const { width, height, right, left } = (element.closest('[wx=label]') ?? element).getBoundingClientRect()
      if (!width) continue
      const name = element.getAttribute('aria-label') || element.textContent
      if (height < least - 0.5 || width < least - 0.5) found.push(`“${name}” is ${width.toFixed(0)}×${height.toFixed(0)} px`)
      if (left < -0.5 || right > innerWidth + 0.5) found.push(`“${name}” reaches out of the phone`)
    }
    return found
  }, leastTarget)
}

/** All pages of app.json were visited. @param {string[]} pages @param {People['ids']} ids */
export function assertComplete(pages, ids) {
  const visited = new Set(stops(ids).map(({ page }) => page.split('?')[0]))
  assert.deepEqual(pages.map((page) => page.split('/')[1]).filter((page) => !visited.has(page)), [])
}
