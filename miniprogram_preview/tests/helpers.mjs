/** One browser, one preview and one stand-in for the emulator for a file of tests. */
import { existsSync } from 'node:fs'
import { createServer } from 'node:http'
import { fileURLToPath } from 'node:url'
import { after, before, test as nodeTest } from 'node:test'
import { chromium } from 'playwright-core'
import { startPreview } from '../server/server.mjs'

export const FIXTURE = fileURLToPath(new URL('../conformance/miniprogram/', import.meta.url))
export const IDENTITIES = [
  { id: 'resident-61', openid: 'openid-61', label: '居民 61 岁' },
  { id: 'staff', openid: 'openid-staff', label: '村工作人员' },
]
const CHROMIUM = process.env.CHROMIUM ?? '/usr/bin/chromium'
const FLAGS = [
  '--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
  '--disable-component-update', '--disable-sync',
]

/** A test that needs the browser: skipped with the reason where there is none, but never in CI. */
export const test = existsSync(CHROMIUM) || process.env.CI
  ? nodeTest
  : (/** @type {string} */ name, /** @type {() => Promise<void>} */ run) => nodeTest(name, { skip: `no Chromium at ${CHROMIUM}; install it or name it in CHROMIUM` }, run)

/** @typedef {{name: string, openid: string, event: any}} EmulatorCall */

/** Answers `/_emu/call` as told. @param {(call: EmulatorCall) => any} answer */
export async function standInEmulator(answer) {
  /** @type {EmulatorCall[]} */
  const calls = []
  const server = createServer(async (request, response) => {
    const chunks = []
    for await (const chunk of request) chunks.push(chunk)
    const call = JSON.parse(Buffer.concat(chunks).toString())
    calls.push(call)
    response.setHeader('content-type', 'application/json').end(JSON.stringify(answer(call)))
  })
  await new Promise((done) => server.listen(0, '127.0.0.1', () => done(undefined)))
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address())
  return { url: `http://127.0.0.1:${port}`, calls, close: () => { server.closeAllConnections(); server.close() } }
}

/**
 * Everything a file of tests needs, ready before its first test and gone after its last.
 * @typedef {{preview: {url: string}, emulator: {calls: EmulatorCall[]}, browser: import('playwright-core').Browser}} World
 * @param {string} [source]
 * @returns {World}
 */
export function world(source = FIXTURE) {
  /** @type {any} */
  const made = {}
  before(async () => {
    made.emulator = await standInEmulator(({ name, openid, event }) => (name === 'echo'
      ? { result: { openid, ...event } } : { error: { errCode: -504002, errMsg: `no function ${name}` } }))
    made.preview = await startPreview({ source, emulator: made.emulator.url, port: 0, identities: IDENTITIES })
    if (!existsSync(CHROMIUM) && !process.env.CI) return
    made.browser = await chromium.launch({ executablePath: CHROMIUM, args: FLAGS })
  })
  after(async () => {
    await made.browser?.close()
    await made.preview?.close()
    made.emulator?.close()
  })
  return made
}

/** One page per kind of phone, because a new one costs a second. @type {Map<string, {page: import('playwright-core').Page, errors: string[]}>} */
const phones = new Map()
let visits = 0

/**
 * A phone freshly opened at an address, with its errors collected; external requests are counted as errors.
 * @param {import('playwright-core').Browser} browser
 * @param {string} url
 * @param {import('playwright-core').BrowserContextOptions} [options]
 */
export async function openPhone(browser, url, options = {}) {
  const kind = JSON.stringify(options)
  const phone = phones.get(kind) ?? await newPhone(browser, options)
  phones.set(kind, phone)
  const address = new URL(url)
  address.searchParams.set('visit', String((visits += 1))) // else only the hash changes and nothing is loaded
  await phone.page.evaluate(() => localStorage.clear()).catch(() => {}) // a new page has no storage yet
  phone.errors.length = 0
  await phone.page.goto(address.href)
  return phone
}

/** @param {import('playwright-core').Browser} browser @param {import('playwright-core').BrowserContextOptions} options */
async function newPhone(browser, options) {
  const context = await browser.newContext({ viewport: { width: 375, height: 700 }, hasTouch: true, isMobile: true, locale: 'zh-CN', ...options })
  const page = await context.newPage()
  page.setDefaultTimeout(15_000)
  /** @type {string[]} */
  const errors = []
  page.on('pageerror', (error) => errors.push(error.message))
  page.on('console', (message) => { if (['error', 'warning'].includes(message.type())) errors.push(message.text()) })
  page.on('request', (request) => { if (!/^(http:\/\/127\.0\.0\.1:|blob:|data:)/.test(request.url())) errors.push(`external request ${request.url()}`) })
  return { page, errors }
}

/** The log of the page on top, emptied. @param {import('playwright-core').Page} page @returns {Promise<string[]>} */
export const takeLog = (page) => page.evaluate(() => /** @type {any} */ (window).getCurrentPages().at(-1).log.splice(0))

/** What a page shows. @param {import('playwright-core').Page} page @param {string} id */
export const byId = (page, id) => page.locator(`wx-page:not([hidden]) [id$="--${id}"]`)
