/** wx functions that show a short message or ask something. */
import { ask, element, toast } from '../dialog.mjs'
import { api, Refused } from './call.mjs'

const TOAST_MS = 1500
const LONGEST_BUTTON = 4

/** @param {string | undefined} text @param {string} fallback */
function label(text, fallback) {
  const shown = text ?? fallback
  if (shown.length > LONGEST_BUTTON) throw new Error(`button text "${shown}" is longer than WeChat's ${LONGEST_BUTTON} characters`)
  return shown
}

export const dialogs = {
  showToast: api('showToast', ({ title, duration = TOAST_MS }) => toast(title, duration)),
  hideToast: api('hideToast', () => toast('')),
  showLoading: api('showLoading', ({ title }) => toast(title)),
  hideLoading: api('hideLoading', () => toast('')),
  showModal: api('showModal', async ({ title = '', content = '', showCancel = true, cancelText, confirmText, editable, placeholderText = '' }) => {
    const field = element('input', { type: 'text', placeholder: placeholderText, value: editable ? content : '' })
    field.setAttribute('aria-label', placeholderText || title || '内容')
    const cancel = showCancel ? [{ label: label(cancelText, '取消'), value: () => false }] : []
    const confirm = await ask({
      title: title || '提示', quiet: !title,
      body: [editable ? field : element('p', { textContent: content })],
      buttons: [...cancel, { label: label(confirmText, '确定'), primary: true, value: () => true }],
    })
    return { confirm: confirm === true, cancel: confirm !== true, content: editable && confirm ? field.value : null }
  }),
  showActionSheet: api('showActionSheet', async ({ itemList, alertText = '' }) => {
    if (itemList.length > 6) throw new Error('showActionSheet: WeChat shows at most 6 items')
    const buttons = itemList.map((/** @type {string} */ item, /** @type {number} */ index) => ({ label: item, value: () => index }))
    const tapIndex = await ask({ title: alertText || '请选择', quiet: !alertText, body: [], buttons: [...buttons, { label: '取消', value: () => -1 }] })
    if (tapIndex === null || tapIndex < 0) throw new Refused('cancel')
    return { tapIndex }
  }),
}
