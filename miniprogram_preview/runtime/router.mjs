/**
 * The stack of pages: opening, hiding, returning; WeChat's rules on which page may be opened how.
 *
 * @typedef {import('./environment.mjs').PageView & {
 *   route: string, query: Record<string, string>, url: string, title: string, ready: boolean, focused: HTMLElement | null
 * }} Page
 */
import { state } from './state.mjs'
import { report } from './report.mjs'

const DEEPEST = 10

/** An answer of WeChat's that a page may expect, so it reaches `fail` and is not shown as a defect. */
export class RouteRefused extends Error {}

class Router {
  /** @type {Page[]} */
  stack = []
  /** Tab pages live on. @type {Map<string, Page>} */
  #kept = new Map()
  /** @type {import('./environment.mjs').Environment} */
  #environment = /** @type {any} */ (null)
  /** @type {import('./shell.mjs').Shell} */
  #shell = /** @type {any} */ (null)
  /** @type {string[]} */
  #tabs = []

  /** @param {import('./environment.mjs').Environment} environment @param {import('./shell.mjs').Shell} shell */
  start(environment, shell) {
    this.#environment = environment
    this.#shell = shell
    this.#tabs = (environment.program.app.tabBar?.list ?? []).map((/** @type {any} */ tab) => tab.pagePath)
    state.route = () => this.top?.route ?? ''
    state.pullDown = () => call(this.top, 'onPullDownRefresh')
  }

  get top() {
    return this.stack[this.stack.length - 1]
  }

  /**
   * @param {string} kind  navigateTo, redirectTo, reLaunch or switchTab
   * @param {string} url
   * @param {any} [channel]  given to the new page as its opener's event channel
   */
  go(kind, url, channel) {
    const began = performance.now()
    const target = this.#parse(kind, url)
    const focused = this.top && inside(this.top)
    if (kind === 'navigateTo') {
      if (this.stack.length >= DEEPEST) throw new RouteRefused(`webview count limit exceed (${DEEPEST} pages are open)`)
      this.#hide(this.top, focused)
      this.stack.push(this.#open(target, channel))
    } else if (kind === 'redirectTo') {
      this.#drop()
      this.stack.push(this.#open(target))
    } else if (kind === 'reLaunch') {
      while (this.stack.length) this.#drop()
      for (const page of this.#kept.values()) this.#close(page)
      this.#kept.clear()
      this.stack.push(this.#tab(target) ?? this.#open(target))
    } else {
      while (this.stack.length > 1) this.#drop()
      const only = this.stack.pop()
      if (only && this.#kept.has(only.route)) this.#hide(only, focused)
      else if (only) this.#close(only)
      this.stack.push(/** @type {Page} */ (this.#tab(target)))
    }
    this.#show(began)
  }

  /** @param {number} [delta] */
  navigateBack(delta = 1) {
    if (this.stack.length < 2) throw new RouteRefused('cannot navigate back at first page')
    const began = performance.now()
    for (let i = 0; i < delta && this.stack.length > 1; i += 1) this.#drop()
    this.#show(began, true)
  }

  /** @param {string} title */
  setTitle(title) {
    this.top.title = title
    this.#shell.paint(this.top, this.stack.length)
  }

  /** @param {string} name  onShow or onHide, when the whole program comes and goes */
  tell(name) {
    if (!this.top) return
    this.top.root.getComponent().triggerPageLifetime(name === 'onShow' ? 'show' : 'hide', [])
    call(this.top, name)
  }

  /** @param {string} kind @param {string} url */
  #parse(kind, url) {
    const [path, queryText = '', rest] = String(url).split('?')
    if (rest !== undefined) throw new Error(`${url}: WeChat cuts a query at its second "?"; use encodeURIComponent`)
    const route = new URL(path, `http://package/${this.top?.route ?? ''}`).pathname.slice(1)
    if (!this.#environment.program.pages.includes(route)) throw new Error(`page "${route}" is not found`)
    const isTab = this.#tabs.includes(route)
    if (isTab && (kind === 'navigateTo' || kind === 'redirectTo')) throw new Error(`can not ${kind} a tabbar page`)
    if (!isTab && kind === 'switchTab') throw new Error('can not switch to no-tabBar page')
    if (kind === 'switchTab' && queryText) throw new Error('switchTab carries no query')
    return { route, url: queryText ? `${route}?${queryText}` : route, query: readQuery(queryText, url) }
  }

  /** @param {{route: string, url: string, query: Record<string, string>}} target @param {any} [channel] @returns {Page} */
  #open({ route, url, query }, channel = deafChannel) {
    const view = this.#environment.create(url)
    const { caller, element } = view
    Object.assign(caller, { route, options: query, getOpenerEventChannel: () => channel })
    const { units, app } = this.#environment.program
    const title = units[route].navigationBarTitleText ?? app.window?.navigationBarTitleText ?? ''
    /** @type {Page} */
    const page = { ...view, route, url, query, title, ready: false, focused: null }
    element.tabIndex = 0 // a page of mere text is scrolled by key too
    element.addEventListener('scroll', () => scrolled(page, units[route].onReachBottomDistance ?? 50))
    page.sheet.disabled = false
    this.#opening(page)
    return page
  }

  /** `onLoad` may already ask for the current page. @param {Page} page */
  #opening(page) {
    this.stack.push(page)
    call(page, 'onLoad', page.query)
    this.stack.pop()
  }

  /** @param {{route: string, url: string, query: Record<string, string>}} target @returns {Page | undefined} */
  #tab(target) {
    if (!this.#tabs.includes(target.route)) return undefined
    const page = this.#kept.get(target.route) ?? this.#open(target)
    this.#kept.set(target.route, page)
    return page
  }

  /** @param {Page | undefined} page @param {HTMLElement | null} focused */
  #hide(page, focused) {
    if (!page) return
    page.focused = focused
    page.element.hidden = true
    page.sheet.disabled = true
    page.root.getComponent().triggerPageLifetime('hide', [])
    call(page, 'onHide')
  }

  #drop() {
    const page = this.stack.pop()
    if (!page) return
    this.#kept.delete(page.route)
    this.#close(page)
  }

  /** @param {Page} page */
  #close(page) {
    call(page, 'onUnload')
    page.sheet.disabled = true
    page.root.release()
    page.element.remove()
  }

  /** @param {number} began @param {boolean} [back] */
  #show(began, back = false) {
    const page = this.top
    page.element.hidden = false
    page.sheet.disabled = false
    page.root.getComponent().triggerPageLifetime('show', [])
    call(page, 'onShow')
    this.#environment.flushReady()
    if (!page.ready) {
      page.ready = true
      call(page, 'onReady')
    }
    const first = state.shown.length === 0
    this.#shell.paint(page, this.stack.length)
    this.#shell.focus(back ? page.focused : null, first)
    history.replaceState(null, '', `#/${page.url}`)
    const entry = { route: page.route, ms: 0 }
    state.shown.push(entry)
    requestAnimationFrame(() => setTimeout(() => { entry.ms = performance.now() - (first ? 0 : began) }))
    state.dispatchEvent(new Event('page'))
  }
}

/** @param {Page | undefined} page @param {string} name @param {...any} args */
function call(page, name, ...args) {
  const method = page?.caller[name]
  if (typeof method !== 'function') return
  try {
    method.apply(page?.caller, args)
  } catch (error) {
    report(error, `${name} of ${page?.route}`)
  }
}

/** @param {Page} page @param {number} distance */
function scrolled(page, distance) {
  const { scrollTop, clientHeight, scrollHeight } = page.element
  call(page, 'onPageScroll', { scrollTop })
  const atBottom = scrollTop + clientHeight >= scrollHeight - distance
  if (atBottom && !page.element.atBottom) call(page, 'onReachBottom')
  page.element.atBottom = atBottom
}

/** The focused element of a page, to return to. @param {Page} page */
const inside = (page) => {
  const active = document.activeElement
  return active instanceof HTMLElement && active !== page.element && page.element.contains(active) ? active : null
}

/**
 * WeChat hands over values as they were written, still encoded; it cuts them at a second "=" and turns
 * empty ones into the word "undefined", so both are refused.
 * @param {string} text @param {string} url
 */
function readQuery(text, url) {
  /** @type {Record<string, string>} */
  const query = {}
  for (const pair of text.split('&').filter(Boolean)) {
    const [key, value, rest] = pair.split('=')
    if (!value) throw new Error(`${url}: "${key}" has no value; WeChat would hand over "undefined"`)
    if (rest !== undefined) throw new Error(`${url}: WeChat cuts "${key}" at its second "="; use encodeURIComponent`)
    query[key] = value
  }
  return query
}

/** What a page gets that nobody opened with `navigateTo`. */
const deafChannel = Object.freeze({ on() {}, once() {}, off() {}, emit() {} })

export const router = new Router()
