/** The cloud, the phone's own functions, reading aloud, identities and storage, and errors at run time. */
import assert from 'node:assert/strict'
import { byId, openPhone, takeLog, test, world } from './helpers.mjs'

const here = world()

/** @param {string} [query] @param {string} [name] */
const open = (query = '?as=resident-61', name = 'media') => openPhone(here.browser, `${here.preview.url}/phone${query}#/pages/${name}/${name}`)

test('a function is called as the identity of the address, over the server', async () => {
  const { page, errors } = await open('?as=staff')
  await page.getByRole('button', { name: '问云' }).tap()
  await byId(page, 'answer').getByText('{"openid":"openid-staff","text":"你好"}').waitFor()
  const [call] = await page.evaluate(() => window.preview.calls)
  assert.deepEqual([call.name, call.args, call.page], ['cloud.callFunction', { name: 'echo', data: { text: '你好' } }, 'pages/media/media'])
  assert.ok(call.ms > 0)
  const failure = await page.evaluate(() => window.wx.cloud.callFunction({ name: 'none' }).catch((/** @type {any} */ error) => error))
  assert.deepEqual(failure, { errCode: -504002, errMsg: 'cloud.callFunction:fail errCode: -504002 | errMsg: no function none' })
  assert.deepEqual(errors, [])
})

test('offline nothing is sent; with the answer lost the function has run', async () => {
  const { page } = await open()
  const before = here.emulator.calls.length
  await page.evaluate(() => {
    const seen = /** @type {any} */ (window)
    seen.heard = []
    window.wx.onNetworkStatusChange((/** @type {any} */ change) => seen.heard.push(change))
    window.preview.setNetwork('offline')
  })
  await page.getByRole('button', { name: '问云' }).tap()
  await byId(page, 'answer').getByText('失败 -1').waitFor()
  assert.equal(here.emulator.calls.length, before)
  assert.deepEqual(await page.evaluate(() => /** @type {any} */ (window).heard), [{ isConnected: false, networkType: 'none' }])
  await page.evaluate(() => { window.preview.setNetwork('answer-lost'); window.getCurrentPages()[0].setData({ answer: '' }) })
  await page.getByRole('button', { name: '问云' }).tap()
  await byId(page, 'answer').getByText('失败 -1').waitFor()
  assert.equal(here.emulator.calls.length, before + 1)
})

test('a text is read aloud by the plugin and the audio context, and remembered', async () => {
  const { page, errors } = await open()
  await page.getByRole('button', { name: '朗读' }).tap()
  await byId(page, 'answer').getByText('读完').waitFor()
  assert.deepEqual(await page.evaluate(() => window.preview.said), ['预计自付 600 元'])
  assert.deepEqual(errors, [])
})

test('functions of the phone ask, can be mocked and are recorded', async () => {
  const { page, errors } = await open()
  await page.getByRole('button', { name: '打电话' }).tap()
  await page.getByRole('dialog', { name: '呼叫 10000000001' }).getByRole('button', { name: '取消' }).tap()
  await byId(page, 'answer').getByText('makePhoneCall:fail cancel').waitFor()
  await page.evaluate(() => { window.preview.mocks.makePhoneCall = {} })
  await page.getByRole('button', { name: '打电话' }).tap()
  await byId(page, 'answer').getByText('已拨').waitFor()
  assert.deepEqual(await page.evaluate(() => window.preview.calls.map((/** @type {any} */ call) => [call.name, call.args])), Array(2).fill(['makePhoneCall', { phoneNumber: '10000000001' }]))
  await page.getByRole('button', { name: '订阅' }).tap()
  await page.getByRole('button', { name: '允许', exact: true }).tap()
  await byId(page, 'answer').getByText('accept').waitFor()
  assert.deepEqual(errors, [])
})

test('a file travels to the server and back, with a cloud id between', async () => {
  const { page } = await open()
  const [id, text] = await page.evaluate(async () => {
    const filePath = URL.createObjectURL(new Blob(['图片'], { type: 'image/png' }))
    const { fileID } = await window.wx.cloud.uploadFile({ cloudPath: 'a/b.png', filePath })
    const { fileList: [file] } = await window.wx.cloud.getTempFileURL({ fileList: [fileID] })
    return [fileID, await (await fetch(file.tempFileURL)).text()]
  })
  assert.deepEqual([id, text], ['cloud://preview/a/b.png', '图片'])
})

test('each identity has a storage of its own', async () => {
  const { page } = await open('?as=staff')
  const answer = await page.evaluate(async () => {
    window.wx.setStorageSync('draft', { a: 1 })
    const missing = await window.wx.getStorage({ key: 'none' }).catch((/** @type {any} */ error) => error.errMsg)
    return [window.wx.getStorageSync('draft'), window.wx.getStorageSync('none'), missing, window.wx.getStorageInfoSync().keys]
  })
  assert.deepEqual(answer, [{ a: 1 }, '', 'getStorage:fail data not found', ['draft']])
  const address = page.url().replace('as=staff', 'as=resident-61')
  await page.goto(address)
  assert.equal(await page.evaluate(() => window.wx.getStorageSync('draft')), '')
})

test('the frame switches who uses the phone, its text size and its network', async () => {
  const { page, errors } = await openPhone(here.browser, `${here.preview.url}/#/pages/media/media`, { isMobile: false, hasTouch: false })
  const phone = page.frameLocator('iframe')
  await phone.getByRole('button', { name: '问云' }).click()
  await phone.getByText('"openid":"openid-61"').waitFor()
  await page.getByLabel('网络').selectOption('offline')
  await phone.getByRole('button', { name: '问云' }).click()
  await phone.getByText('失败 -1').waitFor()
  await page.getByLabel('微信的字体大小').selectOption('23.8')
  assert.equal(await page.frames()[1].evaluate(() => window.wx.getAppBaseInfo().fontSizeSetting), 23.8)
  await page.getByLabel('网络').selectOption('online')
  await page.getByLabel('谁在用').selectOption({ label: '村工作人员' })
  await phone.getByText('外').first().waitFor() // a new person begins at the first page
  assert.equal(await page.frames()[1].evaluate(() => window.preview.identity), 'staff')
  await page.getByRole('status').getByText('页面 pages/events/events').waitFor()
  assert.equal(await page.getByRole('heading', { name: '预览' }).isVisible(), true)
  assert.deepEqual(errors, [])
})

test('without an identity the first one is taken', async () => {
  const { page } = await open('')
  assert.equal(await page.evaluate(() => window.preview.identity), 'resident-61')
})

/** What a page does wrong at run time, and how the problem begins. @type {[string, string, RegExp][]} */
const MISTAKES = [
  ['an unknown API under another name', "{ const w = wx; w['re' + 'quest']({}) }", /^wx\.request is not in the preview; add it to catalogue\/apis\.mjs/],
  ['undefined in setData', "getCurrentPages()[0].setData({ a: { b: [undefined] } })", /^setData of pages\/media\/media: a\.b\[0\] is undefined/],
  ['a date in setData', "getCurrentPages()[0].setData({ at: new Date() })", /at is a Date; send plain objects/],
  ['a page that does not exist', "wx.navigateTo({ url: '/pages/none/none' }).catch(() => {})", /^page "pages\/none\/none" is not found/],
  ['a text too long to read', "requirePlugin('WechatSI').textToSpeech({ lang: 'zh_CN', tts: true, content: '长'.repeat(334) })", /content has 1002 bytes, the plugin takes 1000/],
]
for (const [name, code, expected] of MISTAKES) {
  test(`${name} is shown, logged and kept`, async () => {
    const { page, errors } = await open()
    await page.evaluate(`setTimeout(() => ${code})`)
    await page.waitForFunction(() => window.preview.problems.length > 0)
    assert.match(await page.evaluate(() => window.preview.problems[0]), expected)
    await page.getByRole('alert').getByText('程序有问题').waitFor()
    assert.ok(errors.length > 0)
    assert.match(await page.evaluate(() => window.getApp().log.at(-1)), /^error /)
  })
}

test('an error in a page names the line of its source', async () => {
  const { page } = await open('?as=staff', 'events')
  await takeLog(page)
  await page.evaluate(() => { delete window.getCurrentPages()[0].log })
  await byId(page, 'bubbling').tap()
  await page.waitForFunction(() => window.preview.problems.some((/** @type {string} */ one) => one.startsWith('pages/events/events.js:')))
  const found = await page.evaluate(() => window.preview.problems.find((/** @type {string} */ one) => one.startsWith('pages/events')))
  assert.match(found, /^pages\/events\/events\.js:\d+:\d+: Cannot read properties of undefined/)
})
