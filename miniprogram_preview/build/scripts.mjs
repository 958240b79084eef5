/**
 * What one script uses and offers, read from its syntax tree (acorn).
 *
 * Found here: APIs the preview does not have, names that exist in browsers only, modules WeChat could not
 * load, addresses of pages that do not exist. Offered: the methods and properties templates may refer to.
 */
import { parse } from 'acorn'
import { full, simple } from 'acorn-walk'
import { ABSENT_GLOBALS, APIS, APIS_BY_FILE, NAMESPACES, PLUGINS } from '../catalogue/apis.mjs'
import { hint } from './problems.mjs'
import { resolvePath } from './sources.mjs'

const ROUTES = ['navigateTo', 'redirectTo', 'reLaunch', 'switchTab']

/**
 * @typedef {any} Node   a node of the syntax tree; acorn's own types do not narrow in walkers
 * @typedef {{line: number, column: number}} Place
 * @typedef {object} Context
 * @property {import('./sources.mjs').Sources} sources
 * @property {import('./problems.mjs').Problems} problems
 * @property {import('./project.mjs').Project} project
 */

/**
 * @param {string} path
 * @param {Context} context
 * @returns {import('./wxml_lint.mjs').Interface}
 */
export function scanScript(path, context) {
  const tree = parseScript(path, context, 'module', 2022)
  if (!tree) return { properties: null, methods: null }
  const say = (/** @type {Node} */ node, /** @type {string} */ message) => context.problems.add(path, placeOfNode(node), message)
  const declared = declaredNames(tree)
  /** @type {import('./wxml_lint.mjs').Interface} */
  let own = { properties: null, methods: null }
  simple(tree, {
    Identifier(/** @type {Node} */ node) {
      if (ABSENT_GLOBALS.has(node.name) && !declared.has(node.name)) say(node, `${node.name} does not exist in a mini-program, though it does in the preview's browser`)
    },
    MemberExpression(/** @type {Node} */ node) {
      const name = member(node)
      if (name === null || declared.has('wx')) return
      if (node.object.type === 'Identifier' && node.object.name === 'wx') api(name, node.property, say)
      const space = node.object.type === 'MemberExpression' && node.object.object.name === 'wx' ? member(node.object) : null
      if (space && NAMESPACES[space] && !NAMESPACES[space].includes(name)) {
        say(node.property, `wx.${space}.${name} is not in the preview${hint(name, NAMESPACES[space])}`)
      }
    },
    VariableDeclarator(/** @type {Node} */ { id, init }) {
      if (init?.type !== 'Identifier' || init.name !== 'wx' || id.type !== 'ObjectPattern') return
      for (const property of id.properties) if (property.key?.name) api(property.key.name, property, say)
    },
    CallExpression(/** @type {Node} */ node) {
      const called = node.callee.name
      if (called === 'require' && !declared.has('require')) module(path, node.arguments[0], node, context, say)
      if (called === 'requirePlugin') plugin(node, context, say)
      if (['Page', 'Component'].includes(called) && node.arguments[0]) own = offered(called, node.arguments[0])
      const route = member(node.callee)
      if (route && ROUTES.includes(route) && node.callee.object.name === 'wx') address(path, route, node.arguments[0], context, say)
    },
    NewExpression(/** @type {Node} */ node) {
      if (node.callee.name === 'Function') say(node, 'new Function: WeChat forbids code made at run time')
    },
    ImportDeclaration(/** @type {Node} */ node) {
      module(path, node.source, node, context, say)
    },
    ImportExpression(/** @type {Node} */ node) {
      say(node, 'import(): WeChat has no dynamic import; use require')
    },
  })
  return own
}

/**
 * WXS is a language of its own that looks like the JavaScript of 2009.
 * @param {string} path @param {Context} context
 */
export const scanWxs = (path, context) => void parseScript(path, context, 'script', 5)

/** @param {string} path @param {Context} context @param {'module' | 'script'} sourceType @param {5 | 2022} ecmaVersion @returns {Node | null} */
function parseScript(path, { sources, problems }, sourceType, ecmaVersion) {
  try {
    return parse(sources.text(path), { ecmaVersion, sourceType, locations: true })
  } catch (error) {
    const { loc, message } = /** @type {SyntaxError & {loc?: {line: number, column: number}}} */ (error)
    if (!loc) throw error
    problems.add(path, { line: loc.line, column: loc.column + 1 }, `${message.replace(/ \(\d+:\d+\)$/, '')}${ecmaVersion === 5 ? ' (WXS knows ES5 only)' : ''}`)
    return null
  }
}

/** @param {Node} node @returns {Place} */
const placeOfNode = ({ loc }) => ({ line: loc.start.line, column: loc.start.column + 1 })

/** Every name bound anywhere in the file. @param {Node} tree */
function declaredNames(tree) {
  const names = new Set()
  full(tree, (/** @type {Node} */ node, _state, type) => {
    if (type === 'VariablePattern') names.add(node.name)
    if (/^(Function|Class)/.test(node.type) && node.id) names.add(node.id.name)
    if (/^Import\w*Specifier$/.test(node.type)) names.add(node.local.name)
    if (node.type === 'ImportDeclaration') for (const { local } of node.specifiers) names.add(local.name)
  })
  return names
}

/** The name after the dot, also as ['name']. @param {Node} node @returns {string | null} */
function member(node) {
  if (node.type === 'ChainExpression') return member(node.expression)
  if (node.type !== 'MemberExpression') return null
  if (!node.computed) return node.property.name
  return typeof node.property.value === 'string' ? node.property.value : null
}

/** @param {string} name @param {Node} node @param {(node: Node, message: string) => void} say */
function api(name, node, say) {
  if (APIS.includes(name)) return
  const files = Object.keys(APIS_BY_FILE).join(', ')
  say(node, `wx.${name} is not in the preview${hint(name, APIS)}; add it to catalogue/apis.mjs and one of ${files}`)
}

/** @param {string} path @param {Node} argument @param {Node} node @param {Context} context @param {(node: Node, message: string) => void} say */
function module(path, argument, node, { sources }, say) {
  const target = argument?.value
  if (typeof target !== 'string') return say(node, 'require needs a literal path; WeChat packs modules before it runs them')
  if (!/^(\.{1,2}\/|\/)/.test(target)) return say(argument, `"${target}": packages are not available; require a file by its path`)
  const file = resolvePath(path, target)
  if (file.startsWith('..')) return say(argument, `"${target}" lies outside the mini-program`)
  if (target.endsWith('.json')) return say(argument, `"${target}": WeChat cannot require JSON; export the value from a .js file`)
  if (![file, `${file}.js`].some((name) => name.endsWith('.js') && sources.has(name))) say(argument, `module "${target}" does not exist`)
}

/** @param {Node} node @param {Context} context @param {(node: Node, message: string) => void} say */
function plugin(node, { project }, say) {
  const name = node.arguments[0]?.value
  if (!PLUGINS[name]) say(node, `plugin "${name}" is not in the preview; add it to catalogue/apis.mjs and runtime/plugins.mjs`)
  else if (!project.app.plugins?.[name]) say(node, `plugin "${name}" is not declared under "plugins" in app.json`)
}

/** @param {string} path @param {string} route @param {Node} argument @param {Context} context @param {(node: Node, message: string) => void} say */
function address(path, route, argument, { project }, say) {
  const property = argument?.properties?.find((/** @type {Node} */ { key }) => key?.name === 'url')
  const value = property?.value
  const text = value?.type === 'TemplateLiteral' ? value.quasis[0].value.cooked : value?.type === 'Literal' ? String(value.value) : startOf(value)
  if (!text || (value.type !== 'Literal' && !text.includes('?'))) return
  if (!text.startsWith('/') && !project.pages.includes(path.replace(/\.js$/, ''))) {
    return say(value, `"${text}" counts from whatever page is open; begin the address with /`)
  }
  const page = resolvePath(path, text.split('?')[0])
  if (!project.pages.includes(page)) return say(value, `wx.${route} to "${page}", which is not a page of app.json${hint(page, project.pages)}`)
  const isTab = project.tabs.includes(page)
  if (isTab && ['navigateTo', 'redirectTo'].includes(route)) say(value, `wx.${route} cannot open the tab page "${page}"; use wx.switchTab`)
  if (!isTab && route === 'switchTab') say(value, `wx.switchTab cannot open "${page}", which is no tab; use wx.navigateTo`)
}

/** The literal a sum of strings begins with. @param {Node} node @returns {string} */
function startOf(node) {
  if (node?.type === 'BinaryExpression') return startOf(node.left)
  return typeof node?.value === 'string' ? node.value : ''
}

/** @param {string} kind @param {Node} definition @returns {import('./wxml_lint.mjs').Interface} */
function offered(kind, definition) {
  const keys = (/** @type {Node} */ object) => {
    if (!object) return new Set()
    if (object.type !== 'ObjectExpression' || object.properties.some((/** @type {Node} */ one) => one.type !== 'Property' || one.computed)) return null
    return new Set(object.properties.map((/** @type {Node} */ one) => one.key.name ?? String(one.key.value)))
  }
  const top = keys(definition)
  if (!top) return { properties: null, methods: null }
  const part = (/** @type {string} */ name) => definition.properties.find((/** @type {Node} */ one) => (one.key.name ?? one.key.value) === name)?.value
  const mixed = top.has('behaviors')
  if (kind === 'Page') return { properties: new Set(), methods: mixed ? null : top }
  const classes = part('externalClasses')
  const properties = mixed || (classes && classes.type !== 'ArrayExpression') ? null : keys(part('properties'))
  for (const one of classes?.elements ?? []) properties?.add(one.value)
  return { properties, methods: mixed ? null : keys(part('methods')) }
}
