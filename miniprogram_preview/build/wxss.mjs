/** WXSS to the CSS the browser runs, with the limits of WeChat checked on the way. */
import postcss from 'postcss'
import { BUILTINS } from '../catalogue/builtins.mjs'
import { START, hint } from './problems.mjs'
import { resolvePath } from './sources.mjs'

/** Not a mark in strings or names: a number directly before `rpx` or `vh`. */
const UNIT = /(?<![\w.#-])(-?\d*\.?\d+)(rpx|vh)\b/g

/** @param {string} value  lengths of the phone as multiples of what the shell measures */
export const units = (value) =>
  value.replace(UNIT, (_, number, unit) => `calc(var(--${unit}) * ${number})`)

/**
 * @typedef {{sources: import('./sources.mjs').Sources, problems: import('./problems.mjs').Problems,
 *   scope: string, isComponent: boolean}} Context
 */

/**
 * @param {string} path   `pages/home/home.wxss`
 * @param {Context} context
 * @param {string[]} [within]  the files that import this one
 * @returns {string}
 */
export function compileWxss(path, context, within = []) {
  const { sources, problems } = context
  let sheet
  try {
    sheet = postcss.parse(sources.text(path), { from: path })
  } catch (error) {
    if (!(error instanceof postcss.CssSyntaxError)) throw error
    problems.add(path, { line: error.line ?? 1, column: error.column ?? 1 }, error.reason)
    return ''
  }
  const place = (/** @type {import('postcss').Node} */ node) => ({
    line: node.source?.start?.line ?? START.line, column: node.source?.start?.column ?? START.column,
  })
  const say = (/** @type {import('postcss').Node} */ node, /** @type {string} */ message) => problems.add(path, place(node), message)

  sheet.walkDecls((declaration) => {
    for (const [, target] of declaration.value.matchAll(/url\(\s*['"]?([^'")]*)/g)) {
      if (!target.startsWith('data:')) say(declaration, `url(${target}): WXSS cannot load files; use <image> or a data: URL`)
    }
    declaration.value = units(declaration.value)
  })
  sheet.walkAtRules('media', (rule) => {
    if (/\d(rpx|vh)\b/.test(rule.params)) say(rule, '@media cannot be asked in rpx or vh; use px')
  })
  sheet.walkRules((rule) => {
    const parent = /** @type {import('postcss').AtRule} */ (rule.parent)
    if (parent?.type === 'atrule' && /keyframes$/.test(parent.name)) return
    rule.selectors = rule.selectors.map((one) => selector(one, context, (message) => say(rule, message)))
  })
  // last, because what comes in is already translated
  sheet.walkAtRules('import', (rule) => {
    const target = resolvePath(path, rule.params.replace(/^(['"])(.*)\1$/, '$2'))
    if (!sources.has(target)) say(rule, `@import of "${target}", which does not exist`)
    else if ([...within, path].includes(target)) say(rule, `@import of "${target}" goes round in a circle`)
    else return void rule.replaceWith(postcss.parse(compileWxss(target, context, [...within, path])))
    rule.remove()
  })
  return sheet.toString()
}

/**
 * One selector: `view` becomes the tag the preview uses, classes get the prefix of their component, ids
 * find the prefixed ids of the DOM. The specificity stays what it is on the phone.
 * @param {string} text
 * @param {Context} context
 * @param {(message: string) => void} say
 */
function selector(text, { scope, isComponent }, say) {
  const pattern = /(\[[^\]]*\])|(:nth-[a-z-]+\([^)]*\)|::?[a-z-]+)|([.#])([A-Za-z_][\w-]*)|([A-Za-z][\w-]*)/g
  return text.replace(pattern, (whole, attribute, pseudo, mark, name, tag) => {
    if (pseudo === ':host') return scope ? `[wx-host="${scope}"]` : whole
    if (pseudo) return whole
    if (attribute || mark === '#' || tag) {
      if (isComponent) say(`"${whole}": a component may select by class only (WeChat ignores the rest)`)
      if (attribute) return whole
      if (mark) return `:is(#wx-none,[id$="--${name}"])`
      if (tag === 'page') return 'wx-page'
      const known = BUILTINS[tag]
      if (!known) {
        say(`unknown tag "${tag}" in a selector${hint(tag, Object.keys(BUILTINS))}`)
        return whole
      }
      return known.host.startsWith('wx-') ? known.host : `${known.host}:where([wx=${tag}])`
    }
    return scope ? `.${scope}--${name}` : whole
  })
}
