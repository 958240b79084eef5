/** Typing: input and textarea, each on the browser's own element. */
import { any, define, flag, number, text } from './base.mjs'

/** @typedef {import('./base.mjs').Self} Self */

const INPUT_MODES = /** @type {Record<string, string>} */ ({ number: 'numeric', digit: 'decimal' })

/**
 * @param {'input' | 'textarea'} name
 * @param {Record<string, any>} properties
 * @param {(self: Self, host: any) => void} apply  what only this one does when a property changes
 */
const field = (name, properties, apply) => define(name, {
  properties: { value: text(), placeholder: text(), disabled: flag(), maxlength: number(140), focus: flag(), name: text(), ...properties },
  setup(host) {
    host.setAttribute('wx-field', '')
    host.maxLength = 140
    host.autocomplete = 'off'
    host.addEventListener('input', () => {
      this.setData({ value: host.value })
      this.triggerEvent('input', { value: host.value, cursor: host.selectionStart ?? host.value.length, keyCode: 0 })
      apply(this, host)
    })
    host.addEventListener('focus', () => this.triggerEvent('focus', { value: host.value, height: 0 }))
    host.addEventListener('blur', () => this.triggerEvent('blur', { value: host.value, cursor: host.value.length }))
    host.addEventListener('keydown', (/** @type {KeyboardEvent} */ event) => {
      if (event.key === 'Enter' && !event.isComposing && name === 'input') this.triggerEvent('confirm', { value: host.value })
    })
  },
  observers: {
    /** @this {Self} @param {any} value */
    value(value) {
      const shown = value === null || value === undefined ? '' : String(value)
      if (this.host().value !== shown) this.host().value = shown
      apply(this, this.host())
    },
    /** @this {Self} @param {boolean} wanted */
    focus(wanted) { if (wanted) setTimeout(() => this.host().focus()) },
    /** @this {Self} */
    '**': function () {
      const host = this.host()
      const { placeholder, disabled, maxlength } = this.data
      host.placeholder = placeholder
      host.disabled = disabled
      if (maxlength >= 0) host.maxLength = maxlength
      else host.removeAttribute('maxlength')
      apply(this, host)
    },
  },
  methods: {
    /** @this {Self} */
    formValue() { return this.host().value },
    /** @this {Self} */
    formReset() { this.setData({ value: '' }) },
  },
})

export const fields = {
  input: field('input', { type: text('text'), password: flag(), confirmType: text('done') }, (self, host) => {
    const { type, password, confirmType } = self.data
    host.type = password || type === 'safe-password' ? 'password' : 'text'
    host.inputMode = INPUT_MODES[type] ?? 'text'
    host.enterKeyHint = confirmType
  }),
  textarea: field('textarea', { autoHeight: any() }, (self, host) => {
    host.toggleAttribute('wx-auto-height', Boolean(self.data.autoHeight))
  }),
}
