/**
 * What all built-in components share: `hidden`, the accessibility attributes, an element of the DOM.
 *
 * @typedef {any} Self   the component's own `this`: glass-easel's method caller
 *
 * @typedef {object} Definition
 * @property {Record<string, any>} [properties]   implemented ones, camelCase; must equal the catalogue's list
 * @property {Record<string, Function>} [observers]
 * @property {Record<string, Function>} [methods]
 * @property {(this: Self, host: any) => HTMLElement | void} [setup]
 *   builds inner elements once; returns the one that carries role and name when that is not the host
 * @property {(this: Self) => void} [attached]
 * @property {(this: Self) => void} [detached]
 */
import { ARIA, ID_REFERENCES, OPERABLE_ROLES } from '../../catalogue/aria.mjs'
import { BUILTINS, camel } from '../../catalogue/builtins.mjs'

export const text = (value = '') => ({ type: String, value })
export const flag = (value = false) => ({ type: Boolean, value })
export const number = (value = 0) => ({ type: Number, value })
export const any = (/** @type {any} */ value = null) => ({ type: null, value })

/** Roles that a native element already has; repeating them would only be noise. */
const NATIVE_ROLE = /** @type {Record<string, string>} */ ({ BUTTON: 'button', TEXTAREA: 'textbox' })

/** @param {string} name  without `aria-` */
const ariaProperty = (name) => camel(`aria-${name}`)

/**
 * @param {Self} self
 * @param {string} name
 * @param {any} value
 */
function applyAria(self, name, value) {
  const element = self.control()
  const attribute = name === 'role' ? 'role' : `aria-${name}`
  const empty = value === null || value === undefined || value === ''
  if (name === 'role') operable(element, empty ? '' : String(value))
  if (empty) element.removeAttribute(attribute)
  else if (name === 'role' && NATIVE_ROLE[element.tagName] === value) element.removeAttribute(attribute)
  else element.setAttribute(attribute, ID_REFERENCES.includes(name) ? domIds(self, value) : String(value))
  if (name !== 'label') return
  if (element instanceof HTMLImageElement) element.alt = empty ? '' : String(value)
  // an icon is a picture once it has a name, decoration before
  if (element.localName === 'wx-icon' && !empty) element.setAttribute('role', 'img')
}

/** @param {HTMLElement} element @param {string} role */
function operable(element, role) {
  if (element.matches('button, input, textarea, wx-navigator, wx-scroll-view, wx-swiper')) return // in the keyboard order by nature
  const wanted = OPERABLE_ROLES.includes(role)
  element.toggleAttribute('wx-operable', wanted)
  if (wanted) element.tabIndex = 0
  else element.removeAttribute('tabindex')
}

/** Ids as they stand in the DOM, with the prefix of the component that wrote them. @param {Self} self @param {any} ids */
export function domIds(self, ids) {
  const prefix = self._$.ownerShadowRoot.getHostNode()._$idPrefix
  return String(ids).trim().split(/\s+/).map((id) => (prefix ? `${prefix}--${id}` : id)).join(' ')
}

/**
 * @param {string} name
 * @param {Definition} [definition]
 */
export function define(name, { properties = {}, observers = {}, methods = {}, setup, attached, detached } = {}) {
  const known = BUILTINS[name]
  const listed = known.properties.map(camel).sort().join()
  const made = Object.keys(properties).sort().join()
  if (listed !== made) throw new Error(`<${name}> implements ${made || 'nothing'} but catalogue/builtins.mjs lists ${listed || 'nothing'}`)

  const ignored = Object.fromEntries(known.ignored.map((property) => [camel(property), any()]))
  const aria = Object.fromEntries(ARIA.map((property) => [ariaProperty(property), any()]))
  const ariaObservers = Object.fromEntries(ARIA.map((property) => [
    ariaProperty(property),
    /** @this {Self} @param {any} value */
    function (value) { applyAria(this, property, value) },
  ]))
  return {
    properties: { hidden: flag(), ...ignored, ...aria, ...properties },
    observers: {
      /** @this {Self} @param {boolean} value */
      hidden(value) { this.host().hidden = value },
      ...ariaObservers,
      ...observers,
    },
    lifetimes: {
      /** @this {Self} */
      created() { this.inner = setup?.call(this, this.host()) ?? this.host() },
      ...(attached && { attached }),
      ...(detached && { detached }),
    },
    methods: {
      /** @this {Self} @returns {HTMLElement} */
      host() { return this._$.$$ },
      /** The element that carries role and name. @this {Self} @returns {any} */
      control() { return this.inner },
      ...methods,
    },
  }
}

/** Whether two components stand in the same template: forms and groups look no further. @param {Self} one @param {Self} other */
export const sameTemplate = (one, other) => one._$.ownerShadowRoot === other._$.ownerShadowRoot

/**
 * The nearest ancestor of this kind in the same template.
 * @param {Self} self
 * @param {string} name  `form`, `radio-group` …
 * @returns {Self | null}
 */
export function ancestor(self, name) {
  const found = self.host().parentElement?.closest(`[wx=${name}]`)?.__wxElement?.getMethodCaller()
  return found && sameTemplate(self, found) ? found : null
}

/**
 * Components below this one, in the same template.
 * @param {Self} self
 * @param {string} selector  of the DOM
 * @returns {Self[]}
 */
export const descendants = (self, selector) =>
  [...self.host().querySelectorAll(selector)]
    .map((/** @type {any} */ element) => element.__wxElement?.getMethodCaller())
    .filter((found) => found && sameTemplate(self, found))

/** An inner element, put in front of what the slot brings. @param {HTMLElement} host @param {string} tag @param {Record<string, any>} [values] @returns {any} */
export function inside(host, tag, values = {}) {
  const element = Object.assign(document.createElement(tag), values)
  host.prepend(element)
  return element
}
