/** Components that show something: view, text, image, icon, progress, rich-text. */
import { report } from '../report.mjs'
import { any, define, inside, number, text } from './base.mjs'
import { renderNodes } from './rich_nodes.mjs'

/** @typedef {import('./base.mjs').Self} Self */

const SYMBOLS = /** @type {Record<string, string>} */ ({
  success: '✓', success_no_circle: '✓', info: 'i', warn: '!', waiting: '…', cancel: '×', download: '↓', search: '⌕', clear: '×',
})

/** A file of the package, a cloud file or a picture just taken, as an address of the preview. @param {Self} self @param {string} src */
function addressOf(self, src) {
  if (!src || /^(https?:|data:|blob:)/.test(src)) return src
  if (src.startsWith('cloud://')) return `/_preview/file?id=${encodeURIComponent(src)}`
  const owner = self._$.ownerShadowRoot.getHostNode().is
  return `/assets${new URL(src, `http://package/${owner}`).pathname}`
}

export const content = {
  view: define('view'),
  'cover-view': define('cover-view'),
  text: define('text'),
  image: define('image', {
    properties: { src: text(), mode: text('scaleToFill') },
    setup(host) {
      host.alt = '' // decorative until aria-label says otherwise
      host.addEventListener('load', () => this.triggerEvent('load', { width: host.naturalWidth, height: host.naturalHeight }))
      host.addEventListener('error', () => {
        this.triggerEvent('error', { errMsg: `image cannot be loaded: ${this.data.src}` })
        report(`image cannot be loaded: ${this.data.src}`, this._$.ownerShadowRoot.getHostNode().is)
      })
    },
    observers: {
      /** @this {Self} @param {string} value */
      src(value) { this.host().src = addressOf(this, value) },
      /** @this {Self} @param {string} value */
      mode(value) { this.host().setAttribute('wx-mode', value) },
    },
  }),
  icon: define('icon', {
    properties: { type: text(), size: any(23), color: text() },
    setup(host) {
      this.symbol = inside(host, 'span', { ariaHidden: 'true' })
    },
    observers: {
      /** @this {Self} @param {string} type @param {any} size @param {string} color */
      'type, size, color': function (type, size, color) {
        this.symbol.textContent = SYMBOLS[type] ?? ''
        this.symbol.style.cssText = `font-size:${/^\d+$/.test(size) ? `${size}px` : size};color:${color || 'inherit'}`
      },
    },
  }),
  progress: define('progress', {
    properties: { percent: number(), showInfo: any(), strokeWidth: any(6), activeColor: text('#09bb07'), backgroundColor: text('#ebebeb') },
    setup(host) {
      host.setAttribute('role', 'progressbar')
      host.setAttribute('aria-valuemin', '0')
      host.setAttribute('aria-valuemax', '100')
      host.setAttribute('aria-valuenow', '0')
      this.info = inside(host, 'span', { hidden: true })
      this.track = inside(host, 'div')
      this.bar = inside(this.track, 'div')
    },
    observers: {
      /** @this {Self} */
      'percent, showInfo, strokeWidth, activeColor, backgroundColor': function () {
        const { percent, showInfo, strokeWidth, activeColor, backgroundColor } = this.data
        const value = Math.min(100, Math.max(0, Number(percent) || 0))
        this.host().setAttribute('aria-valuenow', String(value))
        this.track.style.cssText = `height:${Number(strokeWidth) || 6}px;background:${backgroundColor}`
        this.bar.style.cssText = `width:${value}%;background:${activeColor}`
        this.info.textContent = `${value}%`
        this.info.hidden = !showInfo
      },
    },
  }),
  'rich-text': define('rich-text', {
    properties: { nodes: any() },
    observers: {
      /** @this {Self} @param {any} value */
      nodes(value) { this.host().replaceChildren(...renderNodes(value)) },
    },
  }),
}
