/** Title bar and tab bar around the pages: what WeChat itself draws. */
import { element } from './dialog.mjs'
import { router } from './router.mjs'
import { state } from './state.mjs'

const DEFAULT_ROOT_PX = 16

export class Shell {
  /** @param {Record<string, any>} app  app.json */
  constructor(app) {
    const $ = (/** @type {string} */ selector) => /** @type {any} */ (document.querySelector(selector))
    this.app = app
    this.place = $('main')
    this.bar = $('header')
    this.title = $('#title')
    this.back = $('#back')
    this.tabs = $('#tabs')
    /** @type {import('./router.mjs').Page | null} */
    this.page = null
    this.back.addEventListener('click', () => router.navigateBack())
    this.buttons = (app.tabBar?.list ?? []).map((/** @type {any} */ tab) => {
      const icon = tab.iconPath ? [element('img', { src: `/assets/${tab.iconPath}`, alt: '' })] : []
      const button = element('button', { type: 'button' }, [...icon, tab.text])
      button.addEventListener('click', () => { if (router.top.route !== tab.pagePath) router.go('switchTab', `/${tab.pagePath}`) })
      return { button, tab, icon: icon[0] }
    })
    this.tabs.replaceChildren(...this.buttons.map((/** @type {any} */ { button }) => button))
    for (const event of ['fontsize', 'pagemeta']) state.addEventListener(event, () => this.#sizes())
    new ResizeObserver(() => this.#measure()).observe(this.place)
    this.#measure()
  }

  /** rpx and vh count from the area of the page, not from the window. */
  #measure() {
    const root = document.documentElement.style
    root.setProperty('--rpx', `${this.place.clientWidth / 750}px`)
    root.setProperty('--vh', `${this.place.clientHeight / 100}px`)
  }

  /** `rem` follows the page that is open, and through "system" the size set in WeChat. */
  #sizes() {
    if (!this.page) return
    const { rootFontSize = '', pageFontSize = '', pageStyle = '', backgroundColor = '' } = this.page.element.pageMeta ?? {}
    const size = (/** @type {string} */ value) => (value === 'system' ? `${state.fontSize}px` : value)
    document.documentElement.style.fontSize = size(rootFontSize) || `${DEFAULT_ROOT_PX}px`
    this.page.element.style.cssText = pageStyle
    if (pageFontSize) this.page.element.style.fontSize = size(pageFontSize)
    if (backgroundColor) this.page.element.style.backgroundColor = backgroundColor
  }

  /** @param {import('./router.mjs').Page} page @param {number} depth */
  paint(page, depth) {
    this.page = page
    const { window: common = {}, tabBar = {} } = this.app
    document.title = page.title
    this.title.textContent = page.title
    this.back.hidden = depth < 2
    this.bar.style.backgroundColor = common.navigationBarBackgroundColor ?? '#ffffff'
    this.bar.style.color = common.navigationBarTextStyle === 'white' ? '#ffffff' : '#000000'
    this.tabs.hidden = !this.buttons.some((/** @type {any} */ { tab }) => tab.pagePath === page.route)
    this.tabs.style.backgroundColor = tabBar.backgroundColor ?? '#ffffff'
    for (const { button, tab, icon } of this.buttons) {
      const here = tab.pagePath === page.route
      button.style.color = (here ? tabBar.selectedColor : tabBar.color) ?? ''
      if (icon && tab.selectedIconPath) icon.src = `/assets/${here ? tab.selectedIconPath : tab.iconPath}`
      if (here) button.setAttribute('aria-current', 'page')
      else button.removeAttribute('aria-current')
    }
    this.#sizes()
  }

  /**
   * After a change of page the reader goes on at the new page's title, or where it was before.
   * @param {HTMLElement | null} before
   * @param {boolean} first  the first page leaves the focus to the browser
   */
  focus(before, first) {
    if (first) return
    if (before?.isConnected) before.focus({ preventScroll: true })
    if (!before || document.activeElement !== before) this.title.focus({ preventScroll: true })
  }
}
