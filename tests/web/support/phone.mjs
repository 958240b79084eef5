/** A phone in somebody's hand: everything is found by role and name, as people with a screen reader find it. */
import assert from 'node:assert/strict'

/**
 * @typedef {import('playwright-core').Page} Page
 * @typedef {{route: string, ms: number}} Shown
 * @typedef {{name: string, args: any, page: string, ms?: number, error?: any}} Call
 */

const VIEWPORT = { width: 390, height: 844 }
let visits = 0

export class Phone {
  /** @type {string[]} */
  errors = []

  /** @param {Page} page @param {string} preview @param {string} identity */
  constructor(page, preview, identity) {
    this.page = page
    this.preview = preview
    this.identity = identity
    page.setDefaultTimeout(10_000)
    page.on('pageerror', (error) => this.errors.push(error.message))
    page.on('console', (message) => { if (['error', 'warning'].includes(message.type())) this.errors.push(message.text()) })
    page.on('request', (request) => { if (!/^(http:\/\/127\.0\.0\.1:|blob:|data:)/.test(request.url())) this.errors.push(`external request ${request.url()}`) })
  }

  /**
   * @param {import('./system.mjs').System} here
   * @param {string} identity
   * @param {import('playwright-core').BrowserContextOptions} [options]
   */
  static async of(here, identity, options = {}) {
    const context = await here.browser.newContext({ viewport: VIEWPORT, hasTouch: true, isMobile: true, locale: 'zh-CN', ...options })
    return new Phone(await context.newPage(), here.preview, identity)
  }

  /** Opens a page as from a message, with what this phone has stored. @param {string} [page] @param {Record<string, string>} [query] */
  async open(page = 'home', query = {}) {
    visits += 1 // else only the hash changes and nothing is loaded
    const address = new URLSearchParams({ as: this.identity, visit: String(visits), ...query })
    const [name, rest] = page.split('?')
    await this.page.goto(`${this.preview}/phone?${address}#/pages/${name}/${name}${rest ? `?${rest}` : ''}`)
    await this.settled()
    return this
  }

  /** Waits until the page on top has its answers and shows them. */
  async settled() {
    await this.page.waitForFunction(() => {
      const top = document.querySelector('wx-page:not([hidden])')
      const asked = window.preview?.calls.filter((/** @type {Call} */ one) => one.name === 'cloud.callFunction') ?? []
      return top?.querySelector('[role=heading][aria-level="1"], [role=alert]') && !top.textContent?.includes('正在打开')
        && asked.every((/** @type {Call} */ one) => one.ms !== undefined)
    })
  }

  /** @param {string | RegExp} name */
  button(name) {
    return this.page.getByRole('button', { name })
  }

  /** @param {string | RegExp} name */
  async press(name) {
    await this.button(name).click()
    await this.settled()
  }

  /** The title of the page on top. @param {string | RegExp} name */
  async heading(name) {
    await this.page.getByRole('heading', { name, level: 1 }).and(this.page.locator('wx-page *')).waitFor()
    await this.settled()
  }

  /** All text of the page on top. @returns {Promise<string>} */
  text() {
    return this.page.locator('wx-page:not([hidden])').innerText()
  }

  /** @param {...(string | RegExp)} expected */
  async shows(...expected) {
    const text = await this.text()
    for (const one of expected) {
      assert.ok(typeof one === 'string' ? text.includes(one) : one.test(text), `${one} is not on the page:\n${text}`)
    }
  }

  /** @returns {Promise<Shown[]>} */
  shown() {
    return this.page.evaluate(() => window.preview.shown)
  }

  /** Calls of the cloud so far, as `page action`. @returns {Promise<string[]>} */
  calls() {
    return this.page.evaluate(() => window.preview.calls
      .filter((/** @type {Call} */ one) => one.name === 'cloud.callFunction')
      .map((/** @type {Call} */ one) => `${one.page} ${one.args.data.action}`))
  }

  /** @param {'online' | 'offline' | 'answer-lost'} network */
  network(network) {
    return this.page.evaluate((wanted) => window.preview.setNetwork(wanted), network)
  }

  /** Nothing went wrong on this phone that nobody saw. */
  async isWell() {
    assert.deepEqual(await this.page.evaluate(() => window.preview.problems), [])
    assert.deepEqual(this.errors, [])
  }

  /** 长辈版, by hand in the settings. */
  async takeCareMode() {
    await this.open('settings')
    await this.press(/^长辈版/)
    await this.button(/^正在用，长辈版/).waitFor()
  }

  /** From home to the page that says what it will cost. @param {string | RegExp} device */
  async applyFor(device) {
    await this.open('home')
    await this.press(/^申请辅具/)
    await this.heading('需要哪一种辅具？')
    await this.press(device)
    await this.heading(/要几件？$/)
    await this.press('下一步，看看要花多少钱')
    await this.heading('看一看对不对')
  }

  /** Hands in what the check page shows; gives the id of the case. */
  async submit() {
    await this.press('交上去')
    await this.heading(/交上去了$/)
    return this.caseId()
  }

  /** The case named in the address of the page on top. */
  caseId() {
    const id = new URL(this.page.url()).hash.match(/[?&]id=([^&]+)/)?.[1]
    assert.ok(id, `no case in ${this.page.url()}`)
    return decodeURIComponent(id)
  }

  /**
   * The staff's way through a case on its page: choose, prove, confirm.
   * @param {string} move
   * @param {{papers?: boolean, reason?: string, ticks?: string[], entries?: Record<string, string>}} [proof]
   */
  async decide(move, { papers = false, reason = '', ticks = [], entries = {} } = {}) {
    await this.press(move)
    if (papers) await this.page.getByRole('checkbox', { name: '证件和材料已经当面核对' }).click()
    for (const name of ticks) await this.page.getByRole('checkbox', { name }).click()
    for (const [name, words] of Object.entries(entries)) await this.page.getByRole('textbox', { name }).fill(words)
    if (reason) await this.page.getByRole('textbox', { name: '原因（申请人会看到）' }).fill(reason)
    await this.press('提交决定')
    const sheet = this.page.getByRole('alertdialog')
    await sheet.waitFor()
    await sheet.getByRole('button', { name: '确定', disabled: false }).click()
    await this.heading(`✓ 已经办好：${move}`)
  }

  close() {
    return this.page.context().close()
  }
}
