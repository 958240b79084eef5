/** Every page in 长辈版: axe finds nothing, nothing overflows, targets are at least 60 px, also with the largest text. */
import assert from 'node:assert/strict'
import { audit, people } from './support/audit.mjs'
import { system, test } from './support/system.mjs'

const here = system()
const CARE_TARGET = 60
const LARGEST = '32'
const NARROWEST = { width: 320, height: 568 }
/** @type {import('./support/audit.mjs').People} */
let everybody

test('长辈版: every page passes WCAG 2.2 AA, stays in its width and has targets of 60 px', async () => {
  everybody = await people(here)
  for (const phone of [everybody.resident, everybody.village, everybody.town]) await phone.takeCareMode()
  const size = await everybody.resident.page.evaluate(() => getComputedStyle(document.documentElement).fontSize)
  assert.equal(size, '24px')
  assert.deepEqual(await audit(everybody, { leastTarget: CARE_TARGET }), [])
})

test('长辈版 with WeChat\'s largest text on the narrowest phone: nothing is wider than it', async () => {
  for (const { page } of [everybody.resident, everybody.village, everybody.town]) await page.setViewportSize(NARROWEST)
  assert.deepEqual(await audit(everybody, { axe: false, query: { font: LARGEST }, leastTarget: CARE_TARGET }), [])
  assert.equal(await everybody.resident.page.evaluate(() => getComputedStyle(document.documentElement).fontSize), `${LARGEST}px`)
})
