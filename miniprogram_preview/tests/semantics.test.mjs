/** Pages and components behave as the mini-program framework says: events, data, components, routes. */
import assert from 'node:assert/strict'
import { byId, openPhone, takeLog, test, world } from './helpers.mjs'

const here = world()

/** @param {string} name @param {import('playwright-core').BrowserContextOptions} [options] */
const open = (name, options) => openPhone(here.browser, `${here.preview.url}/phone#/pages/${name}/${name}`, options)

/** @param {import('playwright-core').Page} page */
const shownText = async (page) => (await page.locator('wx-page:not([hidden])').innerText()).replace(/\s+/g, ' ')

test('lifetimes run in order: load, show, ready; the program starts before its page', async () => {
  const { page, errors } = await open('events')
  assert.deepEqual(await takeLog(page), ['load', 'show', 'ready'])
  assert.deepEqual(await page.evaluate(() => window.getApp().log), ['launch pages/events/events', 'show'])
  assert.deepEqual(errors, [])
})

test('a tap is captured, bubbles with target, currentTarget and marks, and stops where it is caught', async () => {
  const { page, errors } = await open('events')
  await takeLog(page)
  await byId(page, 'bubbling').tap()
  assert.deepEqual(await takeLog(page), ['captured', 'bubbled tap 1', 'outer target=bubbling current=outer mark=外内'])
  await byId(page, 'caught').tap()
  assert.deepEqual(await takeLog(page), ['captured', 'caught 许1'])
  assert.deepEqual(errors, [])
})

test('a mouse taps too, but only with its first button, and a disabled button stays silent', async () => {
  const { page } = await open('events', { isMobile: false, hasTouch: false })
  await takeLog(page)
  await byId(page, 'bubbling').click({ button: 'right' })
  assert.deepEqual(await takeLog(page), [])
  await byId(page, 'bubbling').click()
  assert.equal((await takeLog(page)).length, 3)
  await page.evaluate(() => window.getCurrentPages()[0].setData({ locked: true }))
  await page.getByRole('button', { name: '加一' }).click({ force: true })
  assert.equal(await byId(page, 'shown').innerText(), '小')
})

test('setData by path updates conditions, lists and lengths in rpx', async () => {
  const { page, errors } = await open('events')
  const width = () => byId(page, 'rpx').evaluate((element) => element.getBoundingClientRect().width)
  assert.equal(await width(), 50) // 100rpx on 375 px
  assert.match(await shownText(page), /小 否则 00p;01q;/)
  await page.getByRole('button', { name: '加一' }).tap()
  assert.match(await shownText(page), /大 如果 00p;01q;02r;/)
  assert.equal(await width(), 100)
  assert.equal(await byId(page, 'rpx').evaluate((element) => getComputedStyle(element).fontWeight), '700') // @import
  assert.deepEqual(errors, [])
})

test('components: behaviour, observers, slots, lifetimes, nested selection, own events', async () => {
  const { page, errors } = await open('components')
  const card = await page.evaluate(() => {
    const found = window.getCurrentPages()[0].selectComponent('#card')
    return [found.log, found.data.doubled, found.hello(), found.data.fromBehavior, found.selectComponent('#nested').data.value, found.selectComponent('#counter')]
  })
  assert.deepEqual(card, [['created', 'attached', 'page show', 'ready'], 2, '你好标', 1, 1, null])
  assert.match(await shownText(page), /卡片 头 0-p;0-q; 身 数到 1/)
  await page.getByRole('button', { name: '0-q;' }).tap()
  assert.deepEqual(await takeLog(page), ['{"at":0,"kid":"q"}'])
  assert.match(await shownText(page), /子 2/) // relations
  assert.match(await shownText(page), /600\.00 元 12 模板 数据 包含 1/) // wxs, template, include
  assert.deepEqual(errors, [])
})

test('styles stay where they belong: page, component, slot, external class, shared class, :host', async () => {
  const { page } = await open('components')
  const style = await page.evaluate(() => {
    const of = (/** @type {string} */ end, /** @type {string} */ property) => getComputedStyle(/** @type {Element} */ (document.querySelector(`[id$="--${end}"]`))).getPropertyValue(property)
    const body = [...document.querySelectorAll('wx-view')].find((element) => element.textContent === '身')
    return {
      ownColor: of('own', 'color'), ownWeight: of('own', 'font-weight'), ownSpacing: of('own', 'letter-spacing'),
      pageColor: of('red', 'color'), pageWeight: of('red', 'font-weight'), byId: of('red', 'margin-left'),
      slotted: getComputedStyle(/** @type {Element} */ (body)).color, host: of('card', 'padding-left'),
      applyShared: getComputedStyle(/** @type {Element} */ (document.querySelector('[id$="--counter"] button'))).letterSpacing,
    }
  })
  assert.deepEqual(style, {
    ownColor: 'rgb(200, 0, 0)', // by the external class, which the page styles
    ownWeight: '700', ownSpacing: 'normal', // app.wxss does not reach into an isolated component
    pageColor: 'rgb(200, 0, 0)', pageWeight: '400', byId: '15px', slotted: 'rgb(1, 2, 3)', host: '7px', applyShared: '3px',
  })
})

test('a two-way binding carries values up from a component of one\'s own', async () => {
  const { page } = await open('components')
  await page.getByRole('button', { name: '数到 5' }).tap()
  assert.equal(await byId(page, 'count').innerText(), '6')
})

test('routes: query as written, event channel both ways, title, hide, show and unload', async () => {
  const { page, errors } = await open('routing')
  await takeLog(page)
  await page.getByRole('button', { name: '打开并通信' }).tap()
  await byId(page, 'text').getByText('许 1&2 问').waitFor()
  assert.equal(await page.title(), '新的标题')
  assert.deepEqual(await page.evaluate(() => window.getCurrentPages().map((/** @type {any} */ one) => one.route)), ['pages/routing/routing', 'pages/opened/opened'])
  assert.equal(new URL(page.url()).hash, '#/pages/opened/opened?text=%E8%AE%B8%201%262')
  await page.getByRole('button', { name: '返回' }).tap()
  await byId(page, 'heard').getByText('答问').waitFor()
  assert.equal(await page.title(), '路由')
  assert.deepEqual(await takeLog(page), ['hide', 'show'])
  assert.deepEqual(errors, [])
})

test('a deep link opens a page with its query, and a reload stays there', async () => {
  const { page } = await openPhone(here.browser, `${here.preview.url}/phone#/pages/opened/opened?text=abc`)
  await byId(page, 'text').getByText('abc').waitFor()
  await page.reload()
  await byId(page, 'text').getByText('abc').waitFor()
})

test('a page made by Component takes its query as properties', async () => {
  const { page, errors } = await openPhone(here.browser, `${here.preview.url}/phone#/pages/built/built?count=3`)
  await page.getByText('属性 3 方法 3').waitFor()
  assert.deepEqual(errors, [])
})

test('tab pages live on, others go; wrong routes fail as on the phone', async () => {
  const { page } = await open('events')
  await page.getByRole('navigation').getByRole('button', { name: '另一页' }).tap()
  await page.getByText('标签 1').waitFor()
  await page.getByRole('navigation').getByRole('button', { name: '事件' }).tap()
  await page.getByRole('navigation').getByRole('button', { name: '另一页' }).tap()
  await page.getByText('标签 2').waitFor()
  assert.equal(await page.getByRole('button', { name: '另一页' }).getAttribute('aria-current'), 'page')
  const failures = await page.evaluate(async () => {
    const wx = window.wx
    const message = (/** @type {Promise<any>} */ one) => one.then(() => 'opened', (error) => error.errMsg)
    return [
      await message(wx.navigateTo({ url: '/pages/none/none' })), await message(wx.navigateTo({ url: '/pages/events/events' })),
      await message(wx.switchTab({ url: '/pages/forms/forms' })), await message(wx.navigateBack()),
      await message(wx.navigateTo({ url: '/pages/forms/forms?a=' })), await message(wx.navigateTo({ url: '/pages/forms/forms?a=b=c' })),
    ]
  })
  assert.deepEqual(failures.map((one) => one.slice(0, 60)), [
    'navigateTo:fail page "pages/none/none" is not found', 'navigateTo:fail can not navigateTo a tabbar page',
    'switchTab:fail can not switch to no-tabBar page', 'navigateBack:fail cannot navigate back at first page',
    'navigateTo:fail /pages/forms/forms?a=: "a" has no value; WeC', 'navigateTo:fail /pages/forms/forms?a=b=c: WeChat cuts "a" at',
  ])
  assert.equal(await page.evaluate(() => window.preview.problems.length), 5) // an attempt to go back is not a defect
})

test('the eleventh page is refused, and closing pages detaches their components', async () => {
  const { page } = await open('components')
  const result = await page.evaluate(async () => {
    const wx = window.wx
    for (let i = 0; i < 9; i += 1) await wx.navigateTo({ url: '/pages/opened/opened' })
    const refused = await wx.navigateTo({ url: '/pages/opened/opened' }).catch((/** @type {any} */ error) => error.errMsg)
    await wx.reLaunch({ url: '/pages/tab/tab' })
    return [refused, window.getCurrentPages().length, document.querySelectorAll('wx-page').length, window.getApp().log.at(-1)]
  })
  assert.deepEqual(result, ['navigateTo:fail webview count limit exceed (10 pages are open)', 1, 1, 'card detached'])
})

test('a pull, a scroll to the end and a selector query reach the page', async () => {
  const { page, errors } = await open('events')
  await takeLog(page)
  await page.evaluate(() => window.preview.pullDown())
  assert.deepEqual(await takeLog(page), ['pull'])
  const other = await open('access')
  await other.page.evaluate(() => window.getCurrentPages()[0].setData({ tall: true }))
  await other.page.evaluate(() => window.wx.pageScrollTo({ scrollTop: 5000 }))
  await other.page.waitForFunction(() => window.getCurrentPages()[0].log.includes('bottom'))
  await other.page.evaluate(() => window.wx.pageScrollTo({ scrollTop: 0 }))
  const [rect, [toggle]] = await other.page.evaluate(() => window.getCurrentPages()[0].measure())
  assert.deepEqual([rect.left, rect.top, rect.width], [0, 0, 375]) // from the page's corner, without the title bar
  assert.equal(toggle.checked, false)
  assert.deepEqual([errors, other.errors], [[], []])
})

test('scroll views and swipers follow their data and tell where they have been moved', async () => {
  const { page, errors } = await open('access')
  await takeLog(page)
  await page.evaluate(() => window.getCurrentPages()[0].setData({ into: 'end', slide: 1 }))
  await page.waitForFunction(() => window.getCurrentPages()[0].log.includes('lower'))
  const swiper = page.getByRole('group', { name: '图片' })
  await page.waitForFunction(() => document.querySelector('wx-swiper')?.scrollLeft === 375)
  await swiper.evaluate((element) => element.scrollTo({ left: 0 }))
  await page.waitForFunction(() => window.getCurrentPages()[0].log.includes('slid 0'))
  assert.deepEqual(errors, [])
})
