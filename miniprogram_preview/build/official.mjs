/**
 * A second opinion: WeChat's older compilers wcc and wcsc, as `miniprogram-compiler` ships them for x86.
 *
 * Phones whose base library knows no glass-easel use what these compilers accept.
 */
import { createRequire } from 'node:module'
import { Problems, START } from './problems.mjs'
import { Sources } from './sources.mjs'

const MAX_OUTPUT = 64 * 1024 * 1024

/** @typedef {(root: string, options: Record<string, any>) => string} Compile */

/**
 * @param {string} folder
 * @returns {import('./problems.mjs').Problem[]}
 */
export function compileOfficially(folder) {
  /** A development dependency, loaded only where it is asked for. @type {{wxmlToJs: Compile, wxssToJs: Compile}} */
  const { wxmlToJs, wxssToJs } = createRequire(import.meta.url)('miniprogram-compiler')
  const sources = new Sources(folder)
  const problems = new Problems()
  const attempt = (/** @type {string} */ file, /** @type {() => string} */ run) => {
    try {
      run()
    } catch (error) {
      const { message, code } = /** @type {Error & {code?: string}} */ (error)
      if (code) throw new Error(`WeChat's compiler does not run on this machine (${code}); it needs x86-64`)
      const found = /([^\s：]+\.wxml):(\d+):(\d+): (.*)/.exec(message)
      if (found) problems.add(found[1], { line: Number(found[2]), column: Number(found[3]) }, `wcc: ${found[4]}`)
      else problems.add(file, START, `WeChat's compiler refuses this file${file.endsWith('.wxss') ? '' : `: ${message.trim()}`}`)
    }
  }
  attempt('app.json', () => wxmlToJs(folder, { maxBuffer: MAX_OUTPUT }))

  // wcsc reads all sheets at once and does not say which one it refuses
  const sheets = sources.find(/\.wxss$/)
  try {
    wxssToJs(folder, { wxssList: sheets, maxBuffer: MAX_OUTPUT })
  } catch {
    const alone = sheets.filter((file) => !sources.text(file).includes('@import'))
    for (const file of alone) attempt(file, () => wxssToJs(folder, { wxssList: [file] }))
    if (!problems.list().some(({ file }) => file.endsWith('.wxss'))) {
      problems.add('app.wxss', START, "WeChat's compiler refuses one of the style sheets that import others")
    }
  }
  return problems.list()
}
