/**
 * The rules' pages as a reader meets them: opened from a folder, on a phone, at 200 %, without scripts, on paper.
 * With `SIZHU_PICTURES=1` the picture of the documentation is taken anew.
 */
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before } from 'node:test'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { violations } from './support/audit.mjs'
import { openBrowser, sizhu, test } from './support/system.mjs'

const PICTURE = fileURLToPath(new URL('../../docs/images/rule-page.png', import.meta.url))
const PHONE = { width: 360, height: 740 }
const DESK = { width: 900, height: 1200 }
const REGIONS = ['simen', 'example-town']

const folder = mkdtempSync(join(tmpdir(), 'sizhu-rules-'))
/** @type {import('playwright-core').Browser | undefined} */
let browser

before(async () => {
  if (sizhu() === '') return
  for (const region of REGIONS) execFileSync(sizhu(), ['rules', 'docs', '--region', region, '--out', join(folder, region)])
  browser = await openBrowser()
})
after(async () => {
  await browser?.close()
  rmSync(folder, { recursive: true, force: true })
})

/** Opens every page in turn. @param {{width: number, height: number}} viewport @param {(page: import('playwright-core').Page, name: string) => Promise<void>} then */
async function each(viewport, then) {
  assert.ok(browser)
  for (const region of REGIONS) {
    const names = readdirSync(join(folder, region)).filter((name) => name.endsWith('.html'))
    assert.ok(names.includes('index.html') && names.includes('device.html'))
    const context = await browser.newContext({ viewport })
    const page = await context.newPage()
    /** @type {string[]} */
    const asked = []
    page.on('request', (request) => asked.push(request.url()))
    for (const name of names) {
      const address = pathToFileURL(join(folder, region, name)).href
      await page.goto(address)
      await then(page, `${region}/${name}`)
      assert.deepEqual(asked.splice(0), [address], 'a page asks for nothing but itself')
    }
    await context.close()
  }
}

test('no barrier that a machine can find, everything unfolded', async () => {
  await each(DESK, async (page, name) => {
    await page.evaluate(() => document.querySelectorAll('details').forEach((one) => one.setAttribute('open', '')))
    assert.deepEqual(await violations(page), [], name)
  })
})

test('nothing is cut off on a phone, with the text at 200 %', async () => {
  await each(PHONE, async (page, name) => {
    await page.addStyleTag({ content: 'html { font-size: 200%; }' })
    const [whole, shown] = await page.evaluate(() => [document.documentElement.scrollWidth, document.documentElement.clientWidth])
    assert.ok(Number(whole) <= Number(shown), `${name} is ${whole} px wide in ${shown}`)
  })
})

test('the keyboard comes past the navigation first, and what it stands on is seen', async () => {
  await each(DESK, async (page, name) => {
    await page.keyboard.press('Tab')
    const focused = await page.evaluate(() => [document.activeElement?.textContent, document.activeElement?.getBoundingClientRect().left])
    assert.equal(focused[0], '跳到正文', name)
    assert.ok(Number(focused[1]) >= 0, 'and it is on the screen')
  })
})

test('there is no script, and a printed page leaves the menu away', async () => {
  await each(DESK, async (page, name) => {
    assert.equal(await page.locator('script, [onclick], iframe, img, link').count(), 0, name)
    await page.emulateMedia({ media: 'print' })
    assert.equal(await page.locator('nav:visible').count(), 0, name)
    await page.emulateMedia({ media: 'screen' })
  })
})

if (process.env.SIZHU_PICTURES === '1') {
  test('the picture of a rule\'s page', async () => {
    assert.ok(browser)
    const page = await browser.newPage({ viewport: DESK })
    await page.goto(pathToFileURL(join(folder, 'simen', 'device.html')).href)
    await page.screenshot({ path: PICTURE })
    await page.close()
  })
}
