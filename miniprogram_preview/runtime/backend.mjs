/** glass-easel on the browser's DOM: which elements stand for which components, and what counts as a tap. */
import { glassEasel } from 'glass-easel-miniprogram-adapter'
import { BUILTINS } from '../catalogue/builtins.mjs'

/** Events taken from the DOM; all others come from the components themselves. */
const FROM_DOM = /^(touch(start|move|end|cancel)|transitionend|animation(start|iteration|end))$/

/** @param {string} css  the same translation the build applies to WXSS */
const lengths = (css) => css.replace(/(?<![\w.#-])(-?\d*\.?\d+)(rpx|vh)\b/g, (_, number, unit) => `calc(var(--${unit}) * ${number})`)

/** @param {string} tag */
function createElement(tag) {
  const known = BUILTINS[tag]
  const host = known?.host ?? (tag === 'page' ? 'wx-page' : `c-${tag}`)
  const element = document.createElement(host)
  if (known) element.setAttribute('wx', tag)
  const set = element.setAttribute.bind(element)
  element.setAttribute = (name, value) => {
    // through the object model, because the security policy forbids style attributes
    if (name === 'style') element.style.cssText = lengths(String(value))
    else if (name !== 'wx-host' || !String(value).startsWith('__')) set(name, value)
  }
  return element
}

/** @param {any} event  the DOM event behind a tap */
function mayTap(event) {
  if (event.button > 0) return false
  return !(event.target instanceof Element && event.target.closest('button:disabled, input:disabled'))
}

export class PreviewBackend extends glassEasel.CurrentWindowBackendContext {
  /** @param {() => DOMRect} viewport  where pages are shown */
  constructor(viewport) {
    super()
    this.viewport = viewport
    Object.assign(this, {
      document: {
        createElement,
        createTextNode: (/** @type {string} */ text) => document.createTextNode(text),
        createDocumentFragment: () => document.createDocumentFragment(),
      },
    })
    this.onEvent((target, type, detail, options) => {
      const original = /** @type {any} */ (options.originalEvent)
      if (type === 'tap' && !mayTap(original)) return
      const touches = (/** @type {any} */ list) => [...(list ?? [])].map(({ identifier, pageX, pageY, clientX, clientY }) => ({ identifier, pageX, pageY, clientX, clientY }))
      const extraFields = { touches: touches(original.touches), changedTouches: touches(original.changedTouches) }
      glassEasel.Event.triggerEvent(target, type, detail, { ...options, extraFields })
    })
  }

  getWindowWidth() {
    return this.viewport().width
  }

  getWindowHeight() {
    return this.viewport().height
  }

  /** @param {any} element @param {string} type @param {boolean} capture @param {any} level */
  setListenerStats(element, type, capture, level) {
    if (FROM_DOM.test(type)) super.setListenerStats(element, type, capture, level)
  }
}

/** Rectangles count from the page's own corner, as on the phone, where the title bar is not part of it. @param {() => DOMRect} viewport */
export function measureFromPage(viewport) {
  const prototype = glassEasel.Element.prototype
  const measure = prototype.getBoundingClientRect
  prototype.getBoundingClientRect = function (done) {
    measure.call(this, ({ left, top, width, height }) => {
      const origin = viewport()
      done({ left: left - origin.left, top: top - origin.top, width, height })
    })
  }
}
