/** Every page in the normal version: axe finds nothing, nothing overflows, at most two calls of the cloud. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { assertComplete, audit, people, stops, violations } from './support/audit.mjs'
import { Phone } from './support/phone.mjs'
import { system, test } from './support/system.mjs'

const here = system()
const APP = JSON.parse(readFileSync(new URL('../../miniprogram_cloud/miniprogram/app.json', import.meta.url), 'utf8'))

test('every page with real data passes WCAG 2.2 AA, stays in its width and asks the cloud at most twice', async () => {
  const everybody = await people(here)
  assertComplete(APP.pages, everybody.ids)
  assert.ok(stops(everybody.ids).length > APP.pages.length)
  assert.deepEqual(await audit(everybody), [])
})

test('the axe of these tests finds a fault when there is one', async () => {
  const phone = await Phone.of(here, 'resident-60')
  await phone.open('cases')
  await phone.shows('还没有申请')
  assert.deepEqual(await violations(phone.page), [])
  await phone.page.evaluate(() => {
    const pale = document.createElement('div')
    pale.textContent = '太淡的字'
    pale.style.color = 'rgb(200, 200, 200)' // the page's policy refuses styles in attributes
    document.querySelector('wx-page:not([hidden])')?.append(pale, document.createElement('button'))
  })
  assert.deepEqual((await violations(phone.page)).map((one) => one.split(':')[0]).sort(), ['button-name', 'color-contrast'])
})

test('pages without a network, and practice, pass as well', async () => {
  const phone = await Phone.of(here, 'resident-59')
  await phone.open('home', { network: 'offline' })
  await phone.shows('没有连上网络')
  assert.deepEqual(await violations(phone.page), [])
  await phone.open('settings')
  await phone.press(/^练习申请辅具/)
  await phone.shows('正在练习')
  assert.deepEqual(await violations(phone.page), [])
  assert.deepEqual((await phone.calls()).filter((one) => !one.endsWith('me.home')), [], 'practice leaves nothing in the cloud')
})
