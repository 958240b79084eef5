/** Where the browser begins: the mini-program's globals, its `App`, its first page. */
import { appHide, appShow, launch } from './api/environment.mjs'
import { createWx } from './api/index.mjs'
import { Environment } from './environment.mjs'
import { listenToKeyboard } from './keyboard.mjs'
import { requirer } from './plugins.mjs'
import { onProblem, report, watchProblems } from './report.mjs'
import { router } from './router.mjs'
import { Shell } from './shell.mjs'
import { readAddress, state } from './state.mjs'

/** @type {any} */
let app = {}

/** @param {string} name @param {...any} args */
function callApp(name, ...args) {
  try {
    app[name]?.(...args)
  } catch (error) {
    report(error, `${name} of app.js`)
  }
}

/**
 * @param {object} parts
 * @param {import('./environment.mjs').Program} parts.program
 * @param {Record<string, any>} parts.templates
 * @param {Record<string, () => void>} parts.modules
 */
export function start({ program, templates, modules }) {
  watchProblems()
  readAddress()
  Object.assign(window, {
    preview: state,
    wx: createWx(),
    requirePlugin: requirer(program.app.plugins),
    App: (/** @type {any} */ definition) => { app = definition },
    getApp: () => app,
    getCurrentPages: () => router.stack.map((page) => page.caller),
    // the two functions of WXS
    getRegExp: (/** @type {string} */ pattern, /** @type {string} */ flags) => new RegExp(pattern, flags),
    getDate: (/** @type {any[]} */ ...args) => Reflect.construct(Date, args),
  })
  const environment = new Environment(program, templates, /** @type {HTMLElement} */ (document.querySelector('main')))
  router.start(environment, new Shell(program.app))
  listenToKeyboard()
  modules.app()
  environment.load(modules)
  onProblem((message) => callApp('onError', message))
  open(program)
  document.addEventListener('visibilitychange', () => {
    const visible = document.visibilityState === 'visible'
    if (visible) callApp('onShow', { ...launch })
    router.tell(visible ? 'onShow' : 'onHide')
    if (!visible) callApp('onHide')
    ;(visible ? appShow : appHide).tell({ ...launch })
  })
}

/** @param {import('./environment.mjs').Program} program */
function open(program) {
  const wanted = decodeHash(location.hash)
  const first = wanted || `/${program.app.entryPagePath ?? program.pages[0]}`
  const [path, query = ''] = first.split('?')
  Object.assign(launch, { path: path.slice(1), query: Object.fromEntries(query.split('&').filter(Boolean).map((pair) => pair.split('='))) })
  callApp('onLaunch', { ...launch })
  callApp('onShow', { ...launch })
  router.go('reLaunch', first)
}

/** `#/pages/a/a?x=1` @param {string} hash */
const decodeHash = (hash) => (hash.startsWith('#/') && hash.length > 2 ? hash.slice(1) : '')
