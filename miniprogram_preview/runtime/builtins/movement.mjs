/** Moving about: scroll-view, swiper, navigator; and page-meta, which speaks for the whole page. */
import { any, define, domIds, flag, number, text } from './base.mjs'
import { router } from '../router.mjs'
import { report } from '../report.mjs'
import { state } from '../state.mjs'

/** @typedef {import('./base.mjs').Self} Self */

const ROUTES = /** @type {Record<string, string>} */ ({ navigate: 'navigateTo', redirect: 'redirectTo', switchTab: 'switchTab', reLaunch: 'reLaunch' })

/** @param {Self} self @param {any} host */
function scrolled(self, host) {
  const { scrollTop, scrollLeft, scrollHeight, scrollWidth, clientHeight, clientWidth } = host
  self.triggerEvent('scroll', { scrollTop, scrollLeft, scrollHeight, scrollWidth })
  const [at, size, whole] = self.data.scrollX ? [scrollLeft, clientWidth, scrollWidth] : [scrollTop, clientHeight, scrollHeight]
  const zone = at + size >= whole - self.data.lowerThreshold ? 'scrolltolower' : at <= self.data.upperThreshold ? 'scrolltoupper' : ''
  if (zone && zone !== self.zone) self.triggerEvent(zone, { direction: zone === 'scrolltolower' ? 'bottom' : 'top' })
  self.zone = zone
}

/** Tell the shell about a page's own sizes. @param {Self} self @param {Partial<Record<string, string>>} values */
function tellPage(self, values) {
  const page = self._$.ownerShadowRoot.getHostNode().$$
  page.pageMeta = { ...page.pageMeta, ...values }
  state.dispatchEvent(new Event('pagemeta'))
}

export const movement = {
  'scroll-view': define('scroll-view', {
    properties: {
      scrollX: flag(), scrollY: flag(), scrollTop: any(), scrollLeft: any(), scrollIntoView: text(),
      upperThreshold: number(50), lowerThreshold: number(50),
    },
    setup(host) {
      host.addEventListener('scroll', () => scrolled(this, host))
    },
    observers: {
      /** @this {Self} @param {boolean} on */
      scrollX(on) { this.scrollable('wx-scroll-x', on) },
      /** @this {Self} @param {boolean} on */
      scrollY(on) { this.scrollable('wx-scroll-y', on) },
      /** @this {Self} @param {any} value */
      scrollTop(value) { if (value !== null && value !== '') this.host().scrollTop = Number.parseFloat(value) },
      /** @this {Self} @param {any} value */
      scrollLeft(value) { if (value !== null && value !== '') this.host().scrollLeft = Number.parseFloat(value) },
      /** @this {Self} @param {string} id */
      scrollIntoView(id) {
        if (id) setTimeout(() => document.getElementById(domIds(this, id))?.scrollIntoView({ block: 'start' }))
      },
    },
    methods: {
      /** What scrolls must be reachable by key. @this {Self} @param {string} attribute @param {boolean} on */
      scrollable(attribute, on) {
        this.host().toggleAttribute(attribute, on)
        if (on) this.host().tabIndex = 0
      },
    },
  }),
  swiper: define('swiper', {
    properties: { current: number() },
    setup(host) {
      host.setAttribute('role', 'group')
      host.tabIndex = 0
      host.addEventListener('scrollend', () => {
        const current = Math.round(host.scrollLeft / Math.max(1, host.clientWidth))
        if (current === this.data.current) return
        this.setData({ current })
        this.triggerEvent('change', { current, source: 'touch' })
      })
    },
    observers: {
      /** @this {Self} @param {number} current */
      current(current) {
        setTimeout(() => { this.host().scrollLeft = current * this.host().clientWidth })
      },
    },
  }),
  'swiper-item': define('swiper-item'),
  navigator: define('navigator', {
    properties: { url: text(), openType: text('navigate'), delta: number(1) },
    setup(host) {
      host.setAttribute('role', 'link')
      host.setAttribute('wx-operable', '')
      host.tabIndex = 0
      this._$.addListener('tap', () => {
        const { url, openType, delta } = this.data
        try {
          if (openType === 'navigateBack') router.navigateBack(delta)
          else router.go(ROUTES[openType], url)
        } catch (error) {
          report(error, `<navigator url="${url}">`)
        }
      })
    },
  }),
  'page-meta': define('page-meta', {
    properties: { rootFontSize: text(), pageFontSize: text(), pageStyle: text(), backgroundColor: text() },
    observers: {
      /** @this {Self} @param {string} rootFontSize */
      rootFontSize(rootFontSize) { tellPage(this, { rootFontSize }) },
      /** @this {Self} @param {string} pageFontSize */
      pageFontSize(pageFontSize) { tellPage(this, { pageFontSize }) },
      /** @this {Self} @param {string} pageStyle */
      pageStyle(pageStyle) { tellPage(this, { pageStyle }) },
      /** @this {Self} @param {string} backgroundColor */
      backgroundColor(backgroundColor) { tellPage(this, { backgroundColor }) },
    },
  }),
}
