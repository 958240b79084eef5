/** From a mini-program's folder to what the browser loads, or to the list of what is wrong with it. */
import { resolve } from 'node:path'
import { bundle } from './bundle.mjs'
import { Problems } from './problems.mjs'
import { readProject } from './project.mjs'
import { scanScript } from './scripts.mjs'
import { Sources } from './sources.mjs'
import { compileTemplates } from './templates.mjs'
import { compileWxss } from './wxss.mjs'

/**
 * @typedef {object} Built
 * @property {import('./problems.mjs').Problem[]} problems
 * @property {string} code      empty when there are problems
 * @property {string} map       source map of `code`
 * @property {string} style     "v2" for WeChat's newer look of components, else ""
 * @property {number} pages
 * @property {number} components
 */

/**
 * Build a mini-program; with a single problem nothing is built.
 * @param {string} folder  where `app.json` stands
 * @returns {Promise<Built>}
 */
export async function build(folder) {
  const root = resolve(folder)
  const sources = new Sources(root)
  const problems = new Problems()
  const project = readProject(sources, problems)
  const context = { sources, problems, project }

  /** @type {Map<string, import('./wxml_lint.mjs').Interface>} */
  const interfaces = new Map(sources.find(/\.js$/).map((path) => [path, scanScript(path, context)]))
  const interfaceOf = (/** @type {string} */ path) => interfaces.get(`${path}.js`) ?? { properties: null, methods: null }
  const templates = compileTemplates({ ...context, interfaceOf })

  /** @type {Record<string, string>} */
  const styles = {}
  for (const path of ['app', ...project.units.keys()]) {
    const unit = project.units.get(path)
    const file = `${path}.wxss`
    if (sources.has(file)) styles[path] = compileWxss(file, { sources, problems, scope: unit?.scope ?? '', isComponent: unit?.isPage === false })
  }

  const sound = problems.list().length === 0
  const made = sound ? await bundle({ root, project, styles, templates }, problems) : { code: '', map: '' }
  return { problems: problems.list(), ...made, style: project.app.style === 'v2' ? 'v2' : '', pages: project.pages.length, components: project.units.size - project.pages.length }
}
