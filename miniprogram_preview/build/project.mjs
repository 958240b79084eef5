/**
 * The shape of a mini-program: pages and components, from `app.json` down.
 *
 * @typedef {object} Unit
 * @property {string} path      without an ending: `pages/home/home`
 * @property {boolean} isPage
 * @property {Record<string, any>} config   its own JSON
 * @property {Record<string, string>} using tag → path of the component
 * @property {string} scope     prefix of its classes; '' where styles are shared
 *
 * @typedef {object} Project
 * @property {Record<string, any>} app
 * @property {string[]} pages
 * @property {string[]} tabs
 * @property {Map<string, Unit>} units
 */
import { posix } from 'node:path'
import { BUILTINS, COMPILED_TAGS } from '../catalogue/builtins.mjs'
import { START, hint } from './problems.mjs'
import { placeOfWord, resolvePath } from './sources.mjs'

const APP_KEYS = [
  'pages', 'subPackages', 'subpackages', 'entryPagePath', 'window', 'tabBar', 'usingComponents', 'style', 'sitemapLocation',
  'lazyCodeLoading', 'componentFramework', 'glassEaselWebview', 'rendererOptions', 'renderer', 'plugins', 'permission',
  'requiredPrivateInfos', 'networkTimeout', 'debug', 'cloud', '__usePrivacyCheck__',
]
const WINDOW_KEYS = [
  'navigationBarTitleText', 'navigationBarBackgroundColor', 'navigationBarTextStyle', 'backgroundColor',
  'backgroundTextStyle', 'backgroundColorTop', 'backgroundColorBottom', 'enablePullDownRefresh',
  'onReachBottomDistance', 'pageOrientation',
]
const UNIT_KEYS = [
  ...WINDOW_KEYS, 'usingComponents', 'component', 'styleIsolation', 'addGlobalClass', 'pureDataPattern',
  'componentFramework', 'renderer', 'disableScroll',
]
const TAB_BAR_KEYS = ['color', 'selectedColor', 'backgroundColor', 'borderStyle', 'list', 'position']
const TAB_KEYS = ['pagePath', 'text', 'iconPath', 'selectedIconPath']
const ISOLATIONS = ['isolated', 'apply-shared', 'shared']

/**
 * Read the project; every defect goes to `problems`.
 * @param {import('./sources.mjs').Sources} sources
 * @param {import('./problems.mjs').Problems} problems
 * @returns {Project}
 */
export function readProject(sources, problems) {
  const app = sources.json('app.json', problems)
  const appText = sources.has('app.json') ? sources.text('app.json') : ''
  const at = (/** @type {string} */ word) => placeOfWord(appText, word)
  const known = (/** @type {object} */ value, /** @type {string[]} */ keys, /** @type {string} */ where) => {
    for (const key of Object.keys(value)) {
      if (!keys.includes(key)) problems.add('app.json', at(key), `${where} "${key}" is not known to the preview${hint(key, keys)}`)
    }
  }
  known(app, APP_KEYS, 'setting')
  known(app.window ?? {}, WINDOW_KEYS, 'window setting')

  const pages = pagesOf(app, (word, message) => problems.add('app.json', at(word), message))
  if (!pages.length) problems.add('app.json', START, '"pages" is empty; name at least one page')
  if (!sources.has('app.js')) problems.add('app.js', START, 'file is missing; it must call App({…})')
  if (app.entryPagePath && !pages.includes(app.entryPagePath)) {
    problems.add('app.json', at(app.entryPagePath), `entryPagePath "${app.entryPagePath}" is not among the pages`)
  }

  /** @type {{pagePath: string}[]} */
  const list = app.tabBar?.list ?? []
  if (app.tabBar) {
    known(app.tabBar, TAB_BAR_KEYS, 'tabBar setting')
    if (list.length < 2 || list.length > 5) problems.add('app.json', at('tabBar'), 'a tabBar has 2 to 5 entries')
    for (const tab of list) {
      known(tab, TAB_KEYS, 'tab setting')
      if (!pages.includes(tab.pagePath)) problems.add('app.json', at(tab.pagePath), `tab page "${tab.pagePath}" is not among the pages`)
      for (const icon of Object.entries(tab).filter(([key]) => /iconPath$/i.test(key)).map(([, value]) => value)) {
        if (!sources.has(icon)) problems.add('app.json', at(icon), `icon "${icon}" is missing`)
      }
    }
  }

  /** @type {Map<string, Unit>} */
  const units = new Map()
  const reader = { sources, problems, app, units }
  for (const [tag, target] of Object.entries(app.usingComponents ?? {})) component(reader, 'app.json', tag, target)
  for (const page of pages) unit(reader, page, true, 'app.json', page)
  for (const page of pages) {
    const title = units.get(page)?.config.navigationBarTitleText ?? app.window?.navigationBarTitleText
    if (units.has(page) && !title) {
      problems.add(`${page}.json`, START, 'the page has no title: set "navigationBarTitleText" here or in app.json (screen readers announce it)')
    }
  }
  return { app, pages, tabs: list.map((tab) => tab.pagePath), units }
}

/**
 * The pages of the program and of its subpackages.
 * @param {Record<string, any>} app
 * @param {(word: string, message: string) => void} say
 * @returns {string[]}
 */
function pagesOf(app, say) {
  const texts = (/** @type {any} */ list) => Array.isArray(list) && list.every((one) => typeof one === 'string')
  if (app.pages !== undefined && !texts(app.pages)) say('pages', '"pages" must be a list of texts')
  const packages = app.subPackages ?? app.subpackages ?? []
  const sound = Array.isArray(packages) && packages.every((part) => typeof part?.root === 'string' && texts(part.pages))
  if (!sound) say('subPackages', 'every subpackage needs "root" and a list "pages"')
  const more = sound ? packages.flatMap((part) => part.pages.map((/** @type {string} */ page) => posix.join(part.root, page))) : []
  return [...(texts(app.pages) ? app.pages : []), ...more]
}

/**
 * @typedef {{sources: import('./sources.mjs').Sources, problems: import('./problems.mjs').Problems,
 *   app: Record<string, any>, units: Map<string, Unit>}} Reader
 */

/** @param {Reader} reader @param {string} path @param {boolean} isPage @param {string} from @param {string} word */
function unit(reader, path, isPage, from, word) {
  const { sources, problems, app, units } = reader
  if (units.has(path)) return
  const missing = ['.js', '.wxml'].filter((ending) => !sources.has(path + ending))
  if (missing.length) {
    const place = placeOfWord(sources.has(from) ? sources.text(from) : '', word)
    problems.add(from, place, `${isPage ? 'page' : 'component'} "${path}" is missing: no file ${missing.map((ending) => path + ending).join(', ')}`)
    return
  }
  const file = `${path}.json`
  const config = sources.has(file) || !isPage ? sources.json(file, problems) : {}
  const text = sources.has(file) ? sources.text(file) : ''
  for (const key of Object.keys(config)) {
    if (!UNIT_KEYS.includes(key)) problems.add(file, placeOfWord(text, key), `setting "${key}" is not known to the preview${hint(key, UNIT_KEYS)}`)
  }
  if (!isPage && config.component !== true) problems.add(file, START, 'a component needs "component": true')
  const isolation = config.styleIsolation ?? (config.addGlobalClass ? 'apply-shared' : 'isolated')
  if (config.styleIsolation && (isPage || !ISOLATIONS.includes(isolation))) {
    const choice = isPage ? 'a page shares app.wxss; remove it' : `choose one of ${ISOLATIONS.join(', ')}`
    problems.add(file, placeOfWord(text, 'styleIsolation'), `styleIsolation "${isolation}" is not known to the preview: ${choice}`)
  }
  const scoped = !isPage && isolation !== 'shared'
  /** @type {Unit} */
  const made = { path, isPage, config, using: {}, scope: scoped ? `c${units.size}` : '' }
  units.set(path, made)
  for (const [tag, target] of Object.entries(app.usingComponents ?? {})) made.using[tag] = resolvePath('app.json', target)
  for (const [tag, target] of Object.entries(config.usingComponents ?? {})) {
    made.using[tag] = resolvePath(file, target)
    component(reader, file, tag, target)
  }
}

/** @param {Reader} reader @param {string} from @param {string} tag @param {string} target */
function component(reader, from, tag, target) {
  if (tag in BUILTINS || tag in COMPILED_TAGS) {
    reader.problems.add(from, placeOfWord(reader.sources.text(from), tag), `"${tag}" is a built-in tag; give the component another name`)
  }
  unit(reader, resolvePath(from, target), false, from, target)
}
