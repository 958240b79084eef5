/** Nothing fails in silence: every error and warning is shown on the page, logged and kept for tests. */
import { glassEasel } from 'glass-easel-miniprogram-adapter'
import { state } from './state.mjs'

/** @type {((message: string) => void)[]} */
const listeners = []

/** @param {(message: string) => void} listener  what `App({onError})` asked for */
export const onProblem = (listener) => void listeners.push(listener)

/** @param {unknown} problem @param {string} [where] */
export function report(problem, where = '') {
  const error = problem instanceof Error ? problem : null
  const text = error ? error.message : describe(problem)
  const message = where ? `${text} (${where})` : text
  state.problems.push(message)
  console.error(error?.stack ?? message)
  const item = document.createElement('li')
  item.textContent = message
  const list = document.querySelector('#problems ul')
  list?.append(item)
  list?.parentElement?.removeAttribute('hidden')
  if (error) void locate(error).then((place) => {
    if (!place) return
    const index = state.problems.indexOf(message)
    if (index >= 0) state.problems[index] = `${place}: ${message}`
    item.textContent = `${place}: ${message}`
  })
  for (const listener of listeners) listener(message)
}

/** @param {unknown} value */
function describe(value) {
  if (value && typeof value === 'object' && 'errMsg' in value) return String(value.errMsg)
  return typeof value === 'string' ? value : JSON.stringify(value) ?? String(value)
}

/** The place in the mini-program's sources an error comes from; the server has the source map. @param {Error} error */
async function locate(error) {
  const frames = [...(error.stack ?? '').matchAll(/\/app\.js:(\d+):(\d+)/g)].map(([, line, column]) => `${line}:${column}`)
  if (!frames.length) return ''
  try {
    const answer = await fetch(`/_preview/place?frames=${frames.slice(0, 12).join(',')}`)
    return answer.ok ? await answer.text() : ''
  } catch {
    return '' // the server is gone; the message itself stands already
  }
}

/** Listen to everything that can go wrong. */
export function watchProblems() {
  glassEasel.addGlobalErrorListener((error, method) => {
    report(error, method)
    return false
  })
  glassEasel.addGlobalWarningListener((message, component) => {
    report(message, typeof component === 'string' ? component : component?.is)
    return false
  })
  window.addEventListener('error', (event) => report(event.error ?? event.message))
  window.addEventListener('unhandledrejection', (event) => report(event.reason, 'unhandled rejection'))
  document.addEventListener('securitypolicyviolation', (event) => {
    report(`blocked by the preview's security policy: ${event.blockedURI} (${event.effectiveDirective}); a mini-program's pages load nothing from elsewhere`)
  })
  document.querySelector('#problems button')?.addEventListener('click', (event) => {
    /** @type {HTMLElement} */ (event.target).closest('#problems')?.setAttribute('hidden', '')
  })
}
