/**
 * The built-in components the preview knows: what a template may write on each.
 *
 * The build refuses everything that is not listed here; the runtime refuses to start when a component
 * implements other properties than these. Source: WeChat's component reference.
 *
 * @typedef {object} Builtin
 * @property {string} host            DOM tag of the element itself
 * @property {string[]} properties    implemented by the preview
 * @property {string[]} ignored       accepted, of no effect outside a phone
 * @property {string[]} events        beside the common ones
 * @property {Record<string, string[]>} values   properties with a closed list of values
 * @property {boolean} named          needs an accessible name of its own wherever it stands
 * @property {boolean} empty          has no children
 */

/** Events every component has. Long press is left out on purpose: no gesture but the tap. */
export const COMMON_EVENTS = Object.freeze([
  'tap', 'touchstart', 'touchmove', 'touchend', 'touchcancel', 'transitionend', 'animationstart',
  'animationiteration', 'animationend',
])

const HOVER = ['hover-class', 'hover-start-time', 'hover-stay-time', 'hover-stop-propagation']
const TYPING = [
  'adjust-position', 'cursor-spacing', 'hold-keyboard', 'always-embed', 'confirm-hold', 'cursor',
]

/**
 * @param {string} host
 * @param {Partial<Builtin>} [more]
 * @returns {Builtin}
 */
const builtin = (host, more = {}) => ({
  host, properties: [], ignored: [], events: [], values: {}, named: false, empty: false, ...more,
})

const view = builtin('wx-view', { ignored: HOVER })

/** @type {Readonly<Record<string, Builtin>>} */
export const BUILTINS = Object.freeze({
  view,
  'cover-view': { ...view, host: 'wx-cover-view' },
  text: builtin('wx-text', { ignored: ['space', 'decode', 'selectable', 'user-select'] }),
  image: builtin('img', {
    properties: ['src', 'mode'], ignored: ['lazy-load', 'webp'], events: ['load', 'error'], empty: true,
    values: { mode: ['scaleToFill', 'aspectFit', 'aspectFill', 'widthFix', 'heightFix', 'center'] },
  }),
  icon: builtin('wx-icon', {
    properties: ['type', 'size', 'color'], empty: true,
    values: { type: ['success', 'success_no_circle', 'info', 'warn', 'waiting', 'cancel', 'download', 'search', 'clear'] },
  }),
  progress: builtin('wx-progress', {
    properties: ['percent', 'show-info', 'stroke-width', 'active-color', 'background-color'], empty: true, named: true,
  }),
  'rich-text': builtin('wx-rich-text', { properties: ['nodes'], ignored: ['space', 'user-select'], empty: true }),
  button: builtin('button', {
    properties: ['type', 'size', 'plain', 'disabled', 'loading', 'form-type', 'open-type'], ignored: HOVER, named: true,
    values: {
      type: ['default', 'primary', 'warn'], size: ['default', 'mini'], 'form-type': ['submit', 'reset'],
      'open-type': ['share', 'contact', 'feedback', 'openSetting'],
    },
  }),
  input: builtin('input', {
    properties: ['value', 'type', 'password', 'placeholder', 'disabled', 'maxlength', 'focus', 'confirm-type', 'name'],
    ignored: [...TYPING, 'placeholder-style', 'placeholder-class'],
    events: ['input', 'focus', 'blur', 'confirm'], named: true, empty: true,
    values: {
      type: ['text', 'number', 'idcard', 'digit', 'safe-password', 'nickname'],
      'confirm-type': ['send', 'search', 'next', 'go', 'done'],
    },
  }),
  textarea: builtin('textarea', {
    properties: ['value', 'placeholder', 'disabled', 'maxlength', 'focus', 'auto-height', 'name'],
    ignored: [...TYPING, 'placeholder-style', 'placeholder-class', 'show-confirm-bar', 'disable-default-padding', 'confirm-type', 'fixed'],
    events: ['input', 'focus', 'blur', 'confirm'], named: true, empty: true,
  }),
  picker: builtin('wx-picker', {
    properties: ['mode', 'range', 'range-key', 'value', 'start', 'end', 'header-text', 'disabled', 'name'],
    events: ['change', 'cancel', 'columnchange'], named: true,
    values: { mode: ['selector', 'multiSelector', 'date', 'time', 'region'] },
  }),
  form: builtin('wx-form', { events: ['submit', 'reset'] }),
  label: builtin('label', { properties: ['for'] }),
  checkbox: builtin('wx-checkbox', { properties: ['value', 'disabled', 'checked'], ignored: ['color'], named: true }),
  'checkbox-group': builtin('wx-checkbox-group', { properties: ['name'], events: ['change'] }),
  radio: builtin('wx-radio', { properties: ['value', 'disabled', 'checked'], ignored: ['color'], named: true }),
  'radio-group': builtin('wx-radio-group', { properties: ['name'], events: ['change'] }),
  switch: builtin('input', {
    properties: ['checked', 'disabled', 'name'], ignored: ['color', 'type'], events: ['change'], named: true, empty: true,
  }),
  slider: builtin('wx-slider', {
    properties: ['min', 'max', 'step', 'value', 'disabled', 'show-value', 'name'],
    ignored: ['active-color', 'background-color', 'block-size', 'block-color'],
    events: ['change', 'changing'], named: true, empty: true,
  }),
  'scroll-view': builtin('wx-scroll-view', {
    properties: ['scroll-x', 'scroll-y', 'scroll-top', 'scroll-left', 'scroll-into-view', 'upper-threshold', 'lower-threshold'],
    ignored: ['enhanced', 'show-scrollbar', 'scroll-with-animation', 'enable-flex', 'bounces', 'type'],
    events: ['scroll', 'scrolltolower', 'scrolltoupper'],
  }),
  swiper: builtin('wx-swiper', {
    properties: ['current'], ignored: ['indicator-dots', 'indicator-color', 'indicator-active-color', 'duration'], events: ['change'],
  }),
  'swiper-item': builtin('wx-swiper-item', { ignored: ['item-id'] }),
  navigator: builtin('wx-navigator', {
    properties: ['url', 'open-type', 'delta'], ignored: HOVER, named: true,
    values: { 'open-type': ['navigate', 'redirect', 'switchTab', 'reLaunch', 'navigateBack'] },
  }),
  'page-meta': builtin('wx-page-meta', {
    properties: ['root-font-size', 'page-font-size', 'page-style', 'background-color'],
    ignored: ['background-text-style', 'root-background-color'],
  }),
})

/** Tags the template compiler handles itself, with the attributes each may carry. */
export const COMPILED_TAGS = Object.freeze({
  block: [], slot: ['name'], template: ['name', 'is', 'data'], import: ['src'], include: ['src'], wxs: ['module', 'src'],
})

/** @param {string} name  `form-type` → `formType` */
export const camel = (name) => name.replace(/-([a-z])/g, (_, letter) => letter.toUpperCase())

/** @param {string} name  `activeColor` → `active-color`; WeChat accepts both spellings */
export const dashed = (name) => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)
