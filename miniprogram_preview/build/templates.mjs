/** All WXML of a project: our rules on every file, then the official compiler. */
import { createRequire } from 'node:module'
import { lintNames, lintReferences } from './wxml_names.mjs'
import { lintWxml } from './wxml_lint.mjs'
import { scanWxs } from './scripts.mjs'
import { START, placeOf } from './problems.mjs'
import { resolvePath } from './sources.mjs'
import { attributeOf, parseWxml, tagsOf } from './wxml.mjs'

/** The compiler is a CommonJS module around WebAssembly. @type {{TmplGroup: new () => any}} */
const { TmplGroup } = createRequire(import.meta.url)('glass-easel-template-compiler')

/**
 * @typedef {import('./scripts.mjs').Context & {interfaceOf: (path: string) => import('./wxml_lint.mjs').Interface}} Context
 * @typedef {import('./wxml.mjs').Tag} Tag
 */

/**
 * @param {Context} context
 * @returns {string}  a JavaScript expression: the compiled templates by path
 */
export function compileTemplates(context) {
  const { sources, problems, project } = context
  const group = new TmplGroup()
  /** @type {Map<string, Tag>} */
  const trees = new Map()
  const tree = (/** @type {string} */ path) => {
    let found = trees.get(path)
    if (!found) trees.set(path, (found = parseWxml(sources.text(path))))
    return found
  }
  const scripts = new Set()

  /** @param {string} path  the file that refers  @param {Tag} tag @param {string} ending */
  const referred = (path, tag, ending) => {
    const src = attributeOf(tag, 'src')
    if (!src?.value) return null
    const written = resolvePath(path, src.value)
    const target = written.endsWith(ending) ? written : written + ending
    if (sources.has(target)) return target
    problems.add(path, src.place, `${target} does not exist`)
    return null
  }
  const parts = (/** @type {string} */ path) => [...tagsOf(tree(path))].filter((tag) => tag.name === 'import' || tag.name === 'include')
    .flatMap((tag) => referred(path, tag, '.wxml') ?? [])
  const named = (/** @type {string} */ path, deep = true) => {
    /** @type {Set<string>} */
    const names = new Set()
    for (const tag of tagsOf(tree(path))) {
      const name = tag.name === 'template' && attributeOf(tag, 'name')?.value
      if (name) names.add(name)
    }
    if (deep) for (const part of parts(path)) for (const name of named(part, false)) names.add(name)
    return names
  }

  const done = new Set()
  /** @param {string} path @param {'page' | 'component' | 'part'} kind @param {import('./project.mjs').Unit} unit */
  const add = (path, kind, unit) => {
    if (done.has(path)) return
    done.add(path)
    const own = kind === 'part' ? { properties: null, methods: null } : context.interfaceOf(unit.path)
    const file = { path, root: tree(path), kind, using: unit.using, own, interfaceOf: context.interfaceOf, templates: named(path) }
    lintWxml(file, problems)
    lintNames(file, problems)
    lintReferences(file, problems)
    const name = path.replace(/\.wxml$/, '')
    for (const warning of group.addTmpl(name, sources.text(path)) ?? []) {
      problems.add(path, { line: warning.startLine + 1, column: warning.startColumn + 1 }, `template compiler: ${warning.message}`)
    }
    for (const tag of tagsOf(file.root)) {
      const wxs = tag.name === 'wxs' && referred(path, tag, '.wxs')
      if (!wxs || scripts.has(wxs)) continue
      scripts.add(wxs)
      addScript(wxs)
    }
    for (const part of parts(path)) add(part, 'part', unit)
  }
  /** @param {string} path */
  const addScript = (path) => {
    scanWxs(path, context)
    const text = sources.text(path)
    group.addScript(path.replace(/\.wxs$/, ''), text)
    for (const match of text.matchAll(/\brequire\(\s*(['"])(.+?)\1\s*\)/g)) {
      const target = resolvePath(path, match[2])
      if (!sources.has(target)) problems.add(path, placeOf(text, match.index), `${target} does not exist`)
      else if (!scripts.has(target)) {
        scripts.add(target)
        addScript(target)
      }
    }
  }

  for (const unit of project.units.values()) add(`${unit.path}.wxml`, unit.isPage ? 'page' : 'component', unit)
  for (const path of sources.find(/\.wxml$/)) {
    if (!done.has(path)) problems.add(path, START, 'nobody uses this file; remove it, or name it in app.json or a usingComponents')
  }
  return group.getTmplGenObjectGroups()
}
