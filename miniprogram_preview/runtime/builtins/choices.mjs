/** Choosing: checkbox, radio, their groups, switch, slider, label, form and the button that sends it. */
import { any, ancestor, define, descendants, domIds, flag, inside, number, text } from './base.mjs'
import { toast } from '../dialog.mjs'
import { state } from '../state.mjs'

/** @typedef {import('./base.mjs').Self} Self */

let uids = 0
const uid = (/** @type {string} */ kind) => `wx-${kind}-${(uids += 1)}`

/** @param {'checkbox' | 'radio'} kind */
const box = (kind) => define(kind, {
  properties: { value: text(), disabled: flag(), checked: flag() },
  setup(host) {
    const input = inside(host, 'input', { type: kind })
    input.addEventListener('change', () => {
      const group = ancestor(this, `${kind}-group`)
      if (kind === 'radio') for (const other of group?.choices() ?? []) if (other !== this) other.setData({ checked: false })
      this.setData({ checked: input.checked })
      group?.triggerEvent('change', { value: group.formValue() })
    })
    host.addEventListener('click', (/** @type {Event} */ event) => {
      if (event.target !== input && !host.closest('label')) input.click()
    })
    return input
  },
  attached() {
    const host = this.host()
    this.initially = this.data.checked
    if (kind === 'radio') {
      const group = ancestor(this, 'radio-group')
      if (group) this.inner.name = group.uid ??= uid('radio')
    }
    if (!host.closest('label') && !this.inner.hasAttribute('aria-label') && host.textContent.trim()) {
      host.id ||= uid(kind)
      this.inner.setAttribute('aria-labelledby', host.id)
    }
  },
  observers: {
    /** @this {Self} @param {boolean} checked */
    checked(checked) { this.inner.checked = checked },
    /** @this {Self} @param {boolean} disabled */
    disabled(disabled) { this.inner.disabled = disabled },
  },
  methods: {
    /** @this {Self} */
    formReset() { this.setData({ checked: this.initially }) },
  },
})

/** @param {'checkbox' | 'radio'} kind */
const group = (kind) => define(`${kind}-group`, {
  properties: { name: text() },
  setup(host) {
    host.setAttribute('wx-field', '')
    host.setAttribute('role', kind === 'radio' ? 'radiogroup' : 'group')
  },
  methods: {
    /** @this {Self} */
    choices() { return descendants(this, `[wx=${kind}]`) },
    /** @this {Self} */
    formValue() {
      const values = this.choices().filter((/** @type {Self} */ one) => one.data.checked).map((/** @type {Self} */ one) => one.data.value)
      return kind === 'radio' ? values[0] ?? '' : values
    },
    /** @this {Self} */
    formReset() { for (const one of this.choices()) one.formReset() },
  },
})

export const choices = {
  checkbox: box('checkbox'),
  'checkbox-group': group('checkbox'),
  radio: box('radio'),
  'radio-group': group('radio'),
  switch: define('switch', {
    properties: { checked: flag(), disabled: flag(), name: text() },
    setup(host) {
      Object.assign(host, { type: 'checkbox' })
      host.setAttribute('role', 'switch')
      host.setAttribute('wx-field', '')
      host.addEventListener('change', () => {
        this.setData({ checked: host.checked })
        this.triggerEvent('change', { value: host.checked })
      })
    },
    attached() { this.initially = this.data.checked },
    observers: {
      /** @this {Self} @param {boolean} checked */
      checked(checked) { this.host().checked = checked },
      /** @this {Self} @param {boolean} disabled */
      disabled(disabled) { this.host().disabled = disabled },
    },
    methods: {
      /** @this {Self} */
      formValue() { return this.data.checked },
      /** @this {Self} */
      formReset() { this.setData({ checked: this.initially }) },
    },
  }),
  slider: define('slider', {
    properties: { min: number(0), max: number(100), step: number(1), value: number(0), disabled: flag(), showValue: flag(), name: text() },
    setup(host) {
      host.setAttribute('wx-field', '')
      this.output = inside(host, 'span', { hidden: true, ariaHidden: 'true' })
      const input = inside(host, 'input', { type: 'range' })
      const tell = (/** @type {string} */ event) => {
        this.setData({ value: Number(input.value) })
        this.triggerEvent(event, { value: Number(input.value) })
      }
      input.addEventListener('input', () => tell('changing'))
      input.addEventListener('change', () => tell('change'))
      return input
    },
    attached() {
      this.initially = this.data.value
      this.show()
    },
    observers: {
      /** @this {Self} */
      'min, max, step, value, disabled, showValue': function () { this.show() },
    },
    methods: {
      /** @this {Self} */
      show() {
        const { min, max, step, value, disabled, showValue } = this.data
        Object.assign(this.inner, { min, max, step, disabled })
        this.inner.value = String(value)
        this.output.textContent = String(value)
        this.output.hidden = !showValue
      },
      /** @this {Self} */
      formValue() { return this.data.value },
      /** @this {Self} */
      formReset() { this.setData({ value: this.initially }) },
    },
  }),
  label: define('label', {
    properties: { for: text() },
    attached() {
      if (!this.data.for) return
      // a checkbox or radio keeps its input inside, which `for` alone does not reach
      queueMicrotask(() => {
        const target = /** @type {any} */ (document.getElementById(domIds(this, this.data.for)))
        const control = target?.__wxElement?.getMethodCaller()?.control?.()
        if (!control || control === target) return
        control.id ||= uid('control')
        this.host().htmlFor = control.id
      })
    },
    observers: {
      /** @this {Self} @param {string} id */
      for(id) { this.host().htmlFor = domIds(this, id) },
    },
  }),
  form: define('form', {
    methods: {
      /** @this {Self} */
      named() { return descendants(this, '[wx-field]').filter((field) => field.data.name) },
      /** @this {Self} */
      submit() {
        const value = Object.fromEntries(this.named().map((/** @type {Self} */ field) => [field.data.name, field.formValue()]))
        this.triggerEvent('submit', { value })
      },
      /** @this {Self} */
      reset() {
        for (const field of descendants(this, '[wx-field]')) field.formReset?.()
        this.triggerEvent('reset', {})
      },
    },
  }),
  button: define('button', {
    properties: { type: text('default'), size: text('default'), plain: flag(), disabled: flag(), loading: flag(), formType: text(), openType: text() },
    setup(host) {
      host.type = 'button'
      this._$.addListener('tap', () => {
        const { formType, openType } = this.data
        if (formType) ancestor(this, 'form')?.[formType]()
        if (openType) {
          state.record(`button.${openType}`, {})
          toast(`（预览）微信会在这里打开：${openType}`, 2000)
        }
      })
    },
    observers: {
      /** @this {Self} @param {string} value */
      type(value) { this.host().setAttribute('wx-type', value) },
      /** @this {Self} @param {string} value */
      size(value) { this.host().setAttribute('wx-size', value) },
      /** @this {Self} @param {boolean} value */
      plain(value) { this.host().toggleAttribute('wx-plain', value) },
      /** @this {Self} @param {boolean} value */
      disabled(value) { this.host().disabled = value },
      /** @this {Self} @param {boolean} value */
      loading(value) {
        this.host().toggleAttribute('wx-loading', value)
        if (value) this.host().setAttribute('aria-busy', 'true')
        else this.host().removeAttribute('aria-busy')
      },
    },
  }),
}

/** `behaviors: ['wx://form-field']`: a component of one's own that a form asks for its value. */
export const FORM_FIELD = {
  properties: { name: text(), value: any() },
  lifetimes: {
    /** @this {Self} */
    attached() { this._$.$$?.setAttribute('wx-field', '') },
  },
  methods: {
    /** @this {Self} */
    formValue() { return this.data.value },
    /** @this {Self} */
    formReset() { this.setData({ value: '' }) },
  },
}
