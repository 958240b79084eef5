/** The application without eyes, without a mouse, without styles, and read aloud. */
import assert from 'node:assert/strict'
import { Phone } from './support/phone.mjs'
import { decidedCase, system, test } from './support/system.mjs'

const here = system()
const MOST_QUESTIONS = 5
const MOST_TABS = 60

test('the application is finished by keyboard alone, and the focus is always to be seen', async () => {
  const resident = await Phone.of(here, 'resident-61', { hasTouch: false, isMobile: false })
  await resident.open('home')
  for (const name of [/^申请辅具/, /^手动轮椅/, /^多一件/, /^下一步/, /^改“几件”/, /^少一件/, /^下一步/, /^交上去$/, /^看这件申请$/]) {
    await tabTo(resident, name)
    await resident.page.keyboard.press(name.source.includes('一件') ? 'Space' : 'Enter')
    await resident.settled()
  }
  await resident.heading(/手动轮椅/)
  await resident.shows('给孙*英申请')
  assert.ok(await questions(resident) <= MOST_QUESTIONS + 2, 'two of the screens are the way back to change an answer')
  await resident.isWell()
})

test('written answers and the staff\'s decision are given by keyboard alone', async () => {
  const caseId = await decidedCase(here, 'guardian')
  const village = await Phone.of(here, 'village-staff', { hasTouch: false, isMobile: false })
  await village.open(`staff-case?id=${caseId}`)
  await tabTo(village, /^退回补正/)
  await village.page.keyboard.press('Enter')
  await tabTo(village, /^提交决定/)
  await village.page.keyboard.press('Enter')
  await village.page.getByRole('alert').getByText('请写明原因').waitFor()
  const focused = () => village.page.evaluate(() => document.activeElement?.getAttribute('aria-label'))
  assert.equal(await focused(), '原因（申请人会看到）', 'an error leads to its field')
  await village.page.keyboard.type('请补交低保证明。')
  await tabTo(village, /^提交决定/)
  await village.page.keyboard.press('Enter')
  await village.page.getByRole('alertdialog').waitFor()
  await village.page.getByRole('button', { name: '确定', disabled: false }).waitFor()
  await tabTo(village, /^确定$/)
  await village.page.keyboard.press('Enter')
  await village.heading('✓ 已经办好：退回补正')
  await village.isWell()
})

test('by roles and names alone, with styles and images off and text at 200 %, in at most five questions', async () => {
  const resident = await Phone.of(here, 'resident-59')
  await resident.page.route('**/*', (route) => (['image', 'stylesheet', 'font'].includes(route.request().resourceType()) ? route.abort() : route.continue()))
  await resident.page.addInitScript(() => {
    // Every style of the pages is a sheet of the document; a style in a tag is a style too.
    setInterval(() => {
      for (const sheet of [...document.styleSheets, ...document.adoptedStyleSheets]) sheet.disabled = true
      for (const styled of document.querySelectorAll('[style]')) styled.removeAttribute('style')
      document.documentElement.style.setProperty('font-size', '200%')
    }, 20)
  })
  await resident.open('home', { font: '32' })
  await resident.page.waitForFunction(() => [...document.styleSheets].every((sheet) => sheet.disabled))
  for (const name of [/^申请辅具/, /^手动轮椅/, /^下一步/]) await activate(resident, name)
  await resident.heading('看一看对不对')
  assert.equal(await resident.page.evaluate(() => getComputedStyle(document.documentElement).fontSize), '32px')
  assert.equal(await resident.button(/^交上去$/).evaluate((button) => getComputedStyle(button).minHeight), '0px', 'the styles are off')
  const tree = await resident.page.locator('wx-page:not([hidden])').ariaSnapshot()
  assert.match(tree, /预计免费，不用付钱/)
  await activate(resident, /^交上去$/)
  await resident.heading(/交上去了$/)
  await activate(resident, /^看这件申请$/)
  await resident.heading(/手动轮椅/)
  assert.ok(await questions(resident) <= MOST_QUESTIONS)
  // What was switched off is missed by the browser, and a text field without styles measures itself once more.
  assert.deepEqual(resident.errors.filter((error) => !/ERR_FAILED|ResizeObserver loop/.test(error)), [])
})

test('the result page says the decision when it is read aloud, and stops when asked', async () => {
  const caseId = await decidedCase(here, 'resident-61', { classCode: '1206' })
  const resident = await Phone.of(here, 'resident-61')
  await resident.open(`case?id=${caseId}`)
  await resident.press('读给我听')
  await resident.page.waitForFunction(() => window.preview.said.join('').includes('五、可以问谁'), null, { timeout: 30_000 })
  const said = (await resident.page.evaluate(() => window.preview.said)).join('\n')
  for (const sentence of ['助行架', '预计可以申请，自付一半', '预计自付 180.00 元', '预计补贴 180.00 元', '谢家路村残协', '三、为什么']) {
    assert.ok(said.includes(sentence), `${sentence} was not said:\n${said}`)
  }
  assert.ok(said.indexOf('自付一半') < said.indexOf('三、为什么'), 'the decision comes before its reasons')
  await resident.button('读给我听').waitFor()
  await resident.press('读给我听')
  await resident.press('停下不读')
  const silent = await resident.page.evaluate(() => window.preview.said.length)
  await resident.page.waitForTimeout(600)
  assert.ok(await resident.page.evaluate(() => window.preview.said.length) <= silent + 1)
  await resident.isWell()
})

/** How many screens asked something since this phone was opened. @param {Phone} phone */
const questions = async (phone) => (await phone.shown()).filter(({ route }) => /pages\/apply-(?!done)/.test(route)).length

/** As a screen reader does: no place, no pointer. @param {Phone} phone @param {RegExp} name */
async function activate(phone, name) {
  await phone.button(name).evaluate((/** @type {HTMLElement} */ button) => button.click())
  await phone.settled()
}

/**
 * Walks with Tab until the focus stands on that button; on the way every stop has to have a name and to be seen.
 * @param {Phone} phone
 * @param {RegExp} name
 */
async function tabTo({ page }, name) {
  const stops = []
  for (let n = 0; n < MOST_TABS; n += 1) {
    await page.keyboard.press('Tab')
    const stop = await page.evaluate(() => {
      const element = document.activeElement
      if (!element || element === document.body) return null
      const style = getComputedStyle(element)
      const box = element.getBoundingClientRect()
      return {
        name: element.getAttribute('aria-label') || element.textContent?.trim() || '',
        seen: (style.outlineStyle !== 'none' && Number.parseFloat(style.outlineWidth) > 0) || style.boxShadow !== 'none',
        inView: box.bottom > 0 && box.top < innerHeight && box.width > 0,
      }
    })
    if (!stop) continue
    stops.push(stop.name)
    assert.ok(stop.name, `the focus stands on something without a name after ${stops.join(' → ')}`)
    assert.ok(stop.seen, `the focus on “${stop.name}” cannot be seen`)
    assert.ok(stop.inView, `“${stop.name}” has the focus out of sight`)
    if (name.test(stop.name)) return
  }
  throw new Error(`${name} is not reached with Tab: ${stops.join(' → ')}`)
}
