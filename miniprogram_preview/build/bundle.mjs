/** One script for the browser: the runtime, the compiled templates and the modules of the mini-program. */
import { join, relative, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import esbuild from 'esbuild'

const RUNTIME = fileURLToPath(new URL('../runtime/start.mjs', import.meta.url))
const HERE = fileURLToPath(new URL('..', import.meta.url))

/**
 * @typedef {object} Parts
 * @property {string} root
 * @property {import('./project.mjs').Project} project
 * @property {Record<string, string>} styles  CSS by path without ending
 * @property {string} templates               from `compileTemplates`
 */

/**
 * @param {Parts} parts
 * @param {import('./problems.mjs').Problems} problems  gets what esbuild refuses
 * @returns {Promise<{code: string, map: string}>}
 */
export async function bundle({ root, project, styles, templates }, problems) {
  const units = Object.fromEntries([...project.units].map(([path, { isPage, config, using, scope }]) => {
    const usingComponents = Object.fromEntries(Object.entries(using).map(([tag, target]) => [tag, `/${target}`]))
    return [path, { ...config, usingComponents, isPage, scope }]
  }))
  const modules = ['app', ...project.units.keys()]
    .map((path) => `${JSON.stringify(path)}: () => require(${JSON.stringify(join(root, `${path}.js`))})`)
  const entry = [
    `import { start } from ${JSON.stringify(RUNTIME)}`,
    `start({`,
    `  program: ${JSON.stringify({ app: project.app, pages: project.pages, styles, units })},`,
    `  templates: ${templates},`,
    `  modules: { ${modules.join(', ')} },`,
    `})`,
  ].join('\n')
  const built = await esbuild.build({
    stdin: { contents: entry, resolveDir: HERE, sourcefile: 'preview-entry.js', loader: 'js' },
    bundle: true, format: 'iife', target: 'es2022', charset: 'utf8', legalComments: 'none',
    sourcemap: 'external', sourcesContent: false, outfile: join(root, 'app.js'),
    write: false, logLevel: 'silent', absWorkingDir: HERE, minifyWhitespace: true, define: { 'process.env.NODE_ENV': '"development"' },
    plugins: [fromRoot(root)],
  }).catch((/** @type {import('esbuild').BuildFailure} */ failure) => {
    if (!failure.errors) throw failure
    for (const { location, text } of failure.errors) {
      const path = location ? relative(root, join(HERE, location.file)).split(sep).join('/') : 'app.js'
      problems.add(path, { line: location?.line ?? 1, column: (location?.column ?? 0) + 1 }, text)
    }
    return { outputFiles: [] }
  })
  const file = (/** @type {string} */ ending) => built.outputFiles.find((/** @type {{path: string}} */ { path }) => path.endsWith(ending))?.text ?? ''
  return { code: file('.js'), map: file('.map') }
}

/**
 * `require('/utils/x')` counts from the root of the mini-program, as on the phone.
 * @param {string} root
 * @returns {import('esbuild').Plugin}
 */
const fromRoot = (root) => ({
  name: 'from-root',
  setup(build) {
    build.onResolve({ filter: /^\// }, ({ path, importer, resolveDir, kind }) => {
      if (path.startsWith(root) || kind === 'entry-point' || !importer.startsWith(root)) return undefined
      return build.resolve(`./${path.slice(1)}`, { resolveDir: root, kind, importer, pluginData: resolveDir })
    })
  },
})
