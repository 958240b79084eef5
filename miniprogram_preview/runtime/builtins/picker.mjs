/**
 * The picker: what it wraps stays on the page, choosing happens in a dialog, as on the phone.
 *
 * Columns are `<select>`s, dates and times the browser's own fields, so keyboards and screen readers
 * need nothing special. Role and name are those the template gives the picker.
 */
import { any, define, flag, text } from './base.mjs'
import { ask, element } from '../dialog.mjs'

/** @typedef {import('./base.mjs').Self} Self */

const REGION = ['省', '市', '区']

/** @param {string} label @param {any} control */
const labelled = (label, control) => element('label', {}, [element('span', { textContent: label }), control])

/** @param {Self} self @param {any} item */
const nameOf = ({ data }, item) => String(data.rangeKey ? item?.[data.rangeKey] : item)

/** @param {Self} self @param {any} select @param {any[]} items @param {number} chosen */
function fill(self, select, items, chosen) {
  select.replaceChildren(...items.map((item, index) => element('option', { value: String(index), textContent: nameOf(self, item) })))
  select.value = String(Math.min(Math.max(Number(chosen) || 0, 0), items.length - 1))
}

/** A control alone in its dialog takes the dialog's title for a name. @param {any} control @param {string} title */
function named(control, title) {
  control.setAttribute('aria-label', title)
  return control
}

/** The fields of one mode, and how to read them. @param {Self} self @param {string} title @returns {{fields: any[], read: () => any}} */
function modeOf(self, title) {
  const { mode, range, value, start, end } = self.data
  if (mode === 'selector') {
    const select = element('select')
    fill(self, select, range, value)
    self.columns = [select]
    return { fields: [named(select, title)], read: () => select.value } // a string, as on phones
  }
  if (mode === 'multiSelector') {
    const columns = range.map((/** @type {any[]} */ items, /** @type {number} */ column) => {
      const select = element('select', {
        onchange: () => self.triggerEvent('columnchange', { column, value: Number(select.value) }),
      })
      fill(self, select, items, value?.[column])
      return select
    })
    self.columns = columns
    return {
      fields: columns.map((/** @type {any} */ select, /** @type {number} */ i) => labelled(`第 ${i + 1} 列`, select)),
      read: () => columns.map((/** @type {any} */ select) => Number(select.value)),
    }
  }
  if (mode === 'date' || mode === 'time') {
    const input = element('input', { type: mode, min: start, max: end, value: value ?? '' })
    return { fields: [named(input, title)], read: () => input.value }
  }
  const inputs = REGION.map((_, index) => element('input', { type: 'text', value: value?.[index] ?? '' }))
  return {
    fields: [element('p', { textContent: '行政区划的列表只在微信里有；预览请直接填写。' }), ...inputs.map((input, index) => labelled(REGION[index], input))],
    read: () => inputs.map((input) => input.value),
  }
}

export const picker = {
  picker: define('picker', {
    properties: {
      mode: text('selector'), range: any([]), rangeKey: text(), value: any(null), start: text(), end: text(),
      headerText: text(), disabled: flag(), name: text(),
    },
    setup(host) {
      host.setAttribute('wx-field', '')
      this._$.addListener('tap', () => { if (!this.data.disabled) void this.choose() })
    },
    observers: {
      /** @this {Self} @param {boolean} disabled */
      disabled(disabled) {
        if (disabled) this.host().setAttribute('aria-disabled', 'true')
        else this.host().removeAttribute('aria-disabled')
      },
      /** A column may change while the dialog is open. @this {Self} */
      'range, value': function () {
        if (this.columns && this.data.mode === 'multiSelector') {
          this.columns.forEach((/** @type {any} */ select, /** @type {number} */ i) => fill(this, select, this.data.range[i] ?? [], this.data.value?.[i]))
        }
      },
    },
    methods: {
      /** @this {Self} */
      async choose() {
        const title = this.data.headerText || this.data.ariaLabel || this.host().textContent.trim() || '请选择'
        const { fields, read } = modeOf(this, title)
        const chosen = await ask({
          title, body: fields,
          buttons: [{ label: '取消', value: () => null }, { label: '确定', primary: true, value: read }],
        })
        this.columns = null
        if (chosen === null || chosen === '') return this.triggerEvent('cancel', {})
        this.setData({ value: chosen })
        this.triggerEvent('change', { value: chosen })
      },
      /** @this {Self} */
      formValue() { return this.data.value },
      /** @this {Self} */
      formReset() { this.setData({ value: this.data.mode === 'multiSelector' ? [] : null }) },
    },
  }),
}
