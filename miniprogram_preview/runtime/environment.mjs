/** glass-easel set up as a mini-program: components, behaviours, lifetimes and the limits of `setData`. */
import { MiniProgramEnv, component } from 'glass-easel-miniprogram-adapter'
import { PreviewBackend, measureFromPage } from './backend.mjs'
import { builtins } from './builtins/index.mjs'
import { FORM_FIELD } from './builtins/choices.mjs'
import { firstUnsafe } from './json_safe.mjs'

/**
 * @typedef {object} Program
 * @property {Record<string, any>} app
 * @property {string[]} pages
 * @property {Record<string, string>} styles
 * @property {Record<string, Record<string, any> & {isPage: boolean, scope: string}>} units
 *
 * @typedef {{root: any, caller: any, element: any, sheet: CSSStyleSheet}} PageView
 */

export class Environment {
  /** Components attached but not yet told that they are ready, parents first. @type {any[]} */
  #waiting = []
  /** @type {Record<string, CSSStyleSheet>} */
  #pageSheets = {}

  /**
   * @param {Program} program
   * @param {Record<string, any>} templates
   * @param {HTMLElement} place  where pages are shown
   */
  constructor(program, templates, place) {
    this.program = program
    this.place = place
    const viewport = () => place.getBoundingClientRect()
    measureFromPage(viewport)
    const env = new MiniProgramEnv()
    const library = env.getGlobalCodeSpace()
    /** @type {any} */
    this.space = env.createCodeSpace('', true)
    this.space.getComponentSpace().updateComponentOptions({ writeIdToDOM: true })
    for (const [name, definition] of Object.entries(builtins)) {
      const path = `wx:/${name}`
      library.addComponentStaticConfig(path, { component: true })
      const type = /** @type {any} */ (library.component(path)).definition(definition).register()
      this.space.getComponentSpace().setGlobalUsingComponent(name, type._$)
    }
    const waiting = this.#waiting
    const announce = () => this.flushReady()
    this.space.setOverallBehavior(this.space.behavior().lifetime('attached', /** @this {any} */ function () {
      if (!waiting.length) queueMicrotask(announce)
      waiting.push(this._$)
    }).register()._$)
    this.backend = env.associateBackend(/** @type {any} */ (new PreviewBackend(viewport)))
    this.#addUnits(templates)
    guardCallers()
  }

  /** @param {Record<string, any>} templates */
  #addUnits(templates) {
    const { styles, units } = this.program
    const sheets = [sheetOf(styles.app)]
    for (const [path, { isPage, scope, ...config }] of Object.entries(units)) {
      this.space.addComponentStaticConfig(path, config)
      this.space.addCompiledTemplate(path, { groupList: templates, content: templates[path] })
      if (!isPage) {
        this.space.addStyleSheet(path, undefined, scope || undefined)
        sheets.push(sheetOf(styles[path]))
      }
    }
    for (const page of this.program.pages) {
      this.#pageSheets[page] = sheetOf(styles[page])
      this.#pageSheets[page].disabled = true
      sheets.push(this.#pageSheets[page])
    }
    document.adoptedStyleSheets = sheets
  }

  /** Run the scripts of all components, then of all pages. @param {Record<string, () => void>} modules */
  load(modules) {
    const fields = this.space.behavior().definition(FORM_FIELD).register()
    const paths = Object.keys(this.program.units)
    for (const path of paths) {
      this.space.globalComponentEnv(window, path, () => {
        const { Page, Component, Behavior } = /** @type {any} */ (window)
        let called = false
        const resolved = (/** @type {any} */ definition) => {
          called = true
          return definition?.behaviors ? { ...definition, behaviors: definition.behaviors.map((/** @type {any} */ one) => behavior(one, fields)) } : definition
        }
        Object.assign(window, {
          Page: (/** @type {any} */ definition) => Page(resolved(definition)),
          Component: (/** @type {any} */ definition) => Component(resolved(definition)),
          Behavior: (/** @type {any} */ definition) => Behavior(resolved(definition)),
        })
        modules[path]()
        if (!called) throw new Error(`${path}.js calls neither Page() nor Component()`)
      })
    }
  }

  /** @param {string} url  the route with its query, which fills properties of the same name @returns {PageView} */
  create(url) {
    const [route] = url.split('?')
    const root = this.backend.createRoot('page', this.space, url)
    const element = /** @type {any} */ (root.getComponent()).$$
    const anchor = this.place.appendChild(document.createElement('i'))
    root.attach(/** @type {any} */ (this.place), /** @type {any} */ (anchor))
    return { root, caller: root.get(), element, sheet: this.#pageSheets[route] }
  }

  /** Tell attached components that they are on the screen, children before their parents. */
  flushReady() {
    for (const one of this.#waiting.splice(0).reverse()) one.triggerLifetime('ready', [])
  }
}

/** @param {string | undefined} css */
function sheetOf(css) {
  const sheet = new CSSStyleSheet()
  sheet.replaceSync(css ?? '')
  return sheet
}

/** @param {any} one  a behaviour, or the name of one WeChat brings @param {any} fields */
function behavior(one, fields) {
  if (typeof one !== 'string') return one
  if (one === 'wx://form-field') return fields
  throw new Error(`behavior "${one}" is not in the preview; add it to runtime/environment.mjs`)
}

/** What WeChat would lose on the way between its two threads is refused here. */
function guardCallers() {
  const prototype = /** @type {any} */ (component.ComponentCaller.prototype)
  if (prototype.guarded) return
  const { setData, createSelectorQuery } = prototype
  prototype.guarded = true
  prototype.setData = function (/** @type {any} */ data, /** @type {any} */ callback) {
    const unsafe = firstUnsafe(data)
    if (unsafe) throw new TypeError(`setData of ${this.is}: ${unsafe}`)
    return setData.call(this, data, callback)
  }
  prototype.createSelectorQuery = function () {
    const query = createSelectorQuery.call(this)
    query.selectViewport = () => {
      throw new Error('selectViewport is not in the preview; use wx.getWindowInfo() or select a node')
    }
    return query
  }
}
