#!/usr/bin/env node
/** Run a mini-program in the browser: `node serve.mjs --source DIR --emulator URL --port P --identities FILE.json` */
import { readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { format } from './build/problems.mjs'
import { readIdentities } from './server/cloud.mjs'
import { startPreview } from './server/server.mjs'

const USAGE = 'usage: node serve.mjs --source DIR --emulator URL --identities FILE.json [--port P]'

/** @param {string} message @param {number} code @returns {never} */
function stop(message, code) {
  console.error(message)
  process.exit(code)
}

function settings() {
  const text = { type: /** @type {const} */ ('string') }
  try {
    const { values } = parseArgs({ options: { source: text, emulator: text, port: { ...text, default: '0' }, identities: text } })
    const { source, emulator, identities, port } = values
    if (!source || !emulator || !identities) throw new Error('--source, --emulator and --identities are needed')
    if (!/^\d+$/.test(port)) throw new Error('--port must be a number')
    return { source, emulator: new URL(emulator).href, port: Number(port), identities: readIdentities(JSON.parse(readFileSync(identities, 'utf8'))) }
  } catch (error) {
    return stop(`${/** @type {Error} */ (error).message}\n${USAGE}`, 2)
  }
}

const preview = await startPreview(settings()).catch((error) => stop(`the preview cannot start: ${error.message}`, 1))
if (preview.problems.length) {
  for (const problem of preview.problems) console.error(format(problem))
  await preview.close()
  stop(`${preview.problems.length} problems; nothing is served`, 1)
}
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => void preview.close().then(() => process.exit(0)))
console.log(`preview on ${preview.url}`)
