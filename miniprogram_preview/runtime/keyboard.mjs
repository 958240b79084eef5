/** Keyboards and screen readers operate a page as fingers do: both end in a `tap`. */
import { glassEasel } from 'glass-easel-miniprogram-adapter'

/** Whether a click of the pointer is being worked off; the browser then clicks the control of a label too. */
let pointerAtWork = false

/** @param {MouseEvent} event */
function clicked(event) {
  if (event.detail !== 0) {
    pointerAtWork = true
    setTimeout(() => { pointerAtWork = false })
    return
  }
  if (pointerAtWork) return
  let element = /** @type {any} */ (event.target)
  while (element && !element.__wxElement) element = element.parentElement
  if (!element) return
  glassEasel.Event.triggerEvent(element.__wxElement, 'tap', { x: 0, y: 0 }, {
    originalEvent: event, bubbles: true, composed: true, capturePhase: true, extraFields: { touches: [], changedTouches: [] },
  })
}

/** @param {KeyboardEvent} event */
function pressed(event) {
  const element = /** @type {HTMLElement} */ (event.target)
  if (!element.hasAttribute('wx-operable')) return
  const wanted = event.key === 'Enter' || (event.key === ' ' && element.getAttribute('role') !== 'link')
  if (!wanted) return
  event.preventDefault()
  if (!event.repeat) element.click()
}

export function listenToKeyboard() {
  document.body.addEventListener('click', clicked, true)
  // A key begins something new; the browser may let the timer of the pointer's click wait.
  document.body.addEventListener('keydown', () => { pointerAtWork = false }, true)
  document.body.addEventListener('keydown', pressed)
}
