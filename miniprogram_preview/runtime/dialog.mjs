/** What lies over the page: dialogs on the browser's own `<dialog>`, and the short message. */

const $ = (/** @type {string} */ selector) => /** @type {any} */ (document.querySelector(selector))

/** @type {ReturnType<typeof setTimeout> | undefined} */
let timer

/**
 * Show a short message, read out politely; '' takes it away.
 * @param {string} message
 * @param {number} [ms]  how long; without it the message stays
 */
export function toast(message, ms) {
  clearTimeout(timer)
  $('#toast').textContent = message
  if (ms) timer = setTimeout(() => toast(''), ms)
}

/**
 * @param {string} tag
 * @param {Record<string, any>} [values]
 * @param {(Node | string)[]} [children]
 * @returns {any}
 */
export function element(tag, values = {}, children = []) {
  const made = Object.assign(document.createElement(tag), values)
  made.append(...children)
  return made
}

/** One dialog after the other, as on the phone. @type {Promise<unknown>} */
let last = Promise.resolve()

/**
 * Ask something in a modal dialog; Escape answers null.
 * @template T
 * @param {object} question
 * @param {string} question.title     its name
 * @param {boolean} [question.quiet]  the title is for screen readers only
 * @param {(Node | string)[]} question.body
 * @param {{label: string, value: () => T, primary?: boolean}[]} question.buttons
 * @returns {Promise<T | null>}
 */
export function ask(question) {
  const answer = last.then(() => open(question))
  last = answer.catch(() => null)
  return answer
}

/**
 * @template T
 * @param {Parameters<typeof ask<T>>[0]} question
 * @returns {Promise<T | null>}
 */
const open = ({ title, quiet, body, buttons }) => new Promise((resolve) => {
  const dialog = element('dialog', { className: 'sheet' })
  const before = document.activeElement
  const close = (/** @type {T | null} */ value) => {
    dialog.close()
    dialog.remove()
    if (before instanceof HTMLElement && before.isConnected) before.focus({ preventScroll: true })
    resolve(value)
  }
  const row = element('div', { className: 'buttons' }, buttons.map(({ label, value, primary }) =>
    element('button', { type: 'button', textContent: label, className: primary ? 'primary' : '', onclick: () => close(value()) })))
  dialog.append(element('h2', { textContent: title, id: 'sheet-title', className: quiet ? 'spoken' : '' }), ...body, row)
  dialog.setAttribute('aria-labelledby', 'sheet-title')
  dialog.addEventListener('cancel', (/** @type {Event} */ event) => {
    event.preventDefault()
    close(null)
  })
  document.body.append(dialog)
  dialog.showModal()
})
