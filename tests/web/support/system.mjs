/**
 * The whole system for a file of tests: emulator, cloud function, worker, preview and browser, started by the
 * command a newcomer uses (`sizhu demo-web`) and gone after the last test.
 */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { createInterface } from 'node:readline'
import { after, before, test as nodeTest } from 'node:test'
import { fileURLToPath } from 'node:url'

const ROOT = fileURLToPath(new URL('../../../', import.meta.url))
const PREVIEW = `${ROOT}miniprogram_preview/`
const CHROMIUM = process.env.CHROMIUM || '/usr/bin/chromium'
const SIZHU = process.env.SIZHU ?? `${ROOT}.venv/${process.platform === 'win32' ? 'Scripts/sizhu.exe' : 'bin/sizhu'}`
const FLAGS = [
  '--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
  '--disable-component-update', '--disable-sync',
]
/** Seconds between two polls of the worker. */
export const POLL_S = 0.5
const START_WITHIN_MS = 40_000
/** Far more than any test needs; a test that hangs must not hold up the rest. */
const TEST_WITHIN_MS = 90_000
const OPENID_LENGTH = 28

/** Packages of the preview, which are installed there and nowhere else. */
export const require = createRequire(`${PREVIEW}package.json`)

/**
 * @typedef {{ok: true, data: any} | {ok: false, error: {code: string, message: string, fix?: string}}} Answer
 * @typedef {object} System
 * @property {string} preview     address of the preview
 * @property {string} emulator    address of the cloud
 * @property {import('playwright-core').Browser} browser
 * @property {string[]} worker    what the command said on standard error; expected to stay empty
 */

/** Why the browser tests cannot run here, or ''. Under CI they must. */
export function missing() {
  if (!existsSync(CHROMIUM)) return `no Chromium at ${CHROMIUM}: install it or name it in CHROMIUM`
  for (const name of ['playwright-core', 'axe-core', 'wx-server-sdk']) {
    if (!existsSync(`${PREVIEW}node_modules/${name}`)) return `${name} is not installed: run \`npm ci\` in miniprogram_preview/`
  }
  if (!existsSync(SIZHU)) return `no command at ${SIZHU}: run \`python dev.py test\`, or name it in SIZHU`
  return ''
}

/** The command, or '' where the tests are left out. */
export function sizhu() {
  return mayRun ? SIZHU : ''
}

const reason = missing()
const mayRun = reason === '' || Boolean(process.env.CI)
if (!mayRun) console.log(`skipped: ${reason}`)

/**
 * A test that needs the system.
 * @param {string} name
 * @param {(context: import('node:test').TestContext) => Promise<void>} run
 */
export function test(name, run) {
  return mayRun ? nodeTest(name, { timeout: TEST_WITHIN_MS }, run) : nodeTest(name, { skip: reason })
}

/** @returns {System} filled before the first test of the file */
export function system() {
  /** @type {any} */
  const made = { worker: [] }
  let stop = async () => {}
  if (!mayRun) return made
  before(async () => {
    if (reason) throw new Error(reason)
    const [running, browser] = await Promise.all([start(), openBrowser()])
    Object.assign(made, running, { browser })
    stop = running.stop
  })
  after(async () => {
    await made.browser?.close()
    await stop()
    // What the worker complains about would otherwise pass unseen.
    assert.deepEqual(made.worker, [])
  })
  return made
}

export function openBrowser() {
  const { chromium } = /** @type {typeof import('playwright-core')} */ (require('playwright-core'))
  return chromium.launch({ executablePath: CHROMIUM, args: FLAGS })
}

/** Starts `sizhu demo-web` on free ports. */
export async function start() {
  const child = spawn(SIZHU, ['demo-web', '--port', '0', '--poll', String(POLL_S)], {
    cwd: ROOT,
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: process.platform !== 'win32', // a group of its own, so that no grandchild outlives the tests
    env: { ...process.env, PYTHONUNBUFFERED: '1', PYTHONUTF8: '1' },
  })
  const killAll = () => {
    try {
      if (process.platform === 'win32') child.kill()
      else if (child.pid) process.kill(-child.pid, 'SIGKILL')
    } catch {
      // It has ended by itself.
    }
  }
  process.on('exit', killAll)
  for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM'])) process.once(signal, () => process.exit(1))
  const ended = new Promise((done) => child.once('close', done))
  /** @type {string[]} */
  const worker = []
  createInterface({ input: child.stderr }).on('line', (line) => worker.push(line))
  const { preview, emulator } = await addresses(child).catch((error) => {
    killAll()
    throw new Error(`${error.message}\n${worker.join('\n')}`)
  })
  const stop = async () => {
    child.kill('SIGTERM')
    const timer = setTimeout(killAll, 8000)
    await ended
    clearTimeout(timer)
    process.off('exit', killAll)
  }
  return { preview, emulator, worker, stop }
}

/**
 * Both addresses, as the command prints them.
 * @param {import('node:child_process').ChildProcessByStdio<null, import('node:stream').Readable, import('node:stream').Readable>} child
 * @returns {Promise<{preview: string, emulator: string}>}
 */
function addresses(child) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`sizhu demo-web did not start within ${START_WITHIN_MS} ms`)), START_WITHIN_MS)
    let preview = ''
    createInterface({ input: child.stdout }).on('line', (line) => {
      preview ||= line.match(/^preview on (\S+)/)?.[1] ?? ''
      const emulator = line.match(/^cloud emulator on (http:\/\/[\w.]+:\d+)/)?.[1]
      if (!preview || !emulator) return
      clearTimeout(timer)
      resolve({ preview, emulator })
    })
    child.once('error', reject)
    child.once('exit', (code) => reject(new Error(`sizhu demo-web ended with ${code}`)))
  })
}

/** @param {string} url @param {unknown} body */
async function post(url, body) {
  const answer = await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) })
  return /** @type {any} */ (await answer.json())
}

/**
 * Calls the cloud function as somebody's phone would, past the pages.
 * @param {{emulator: string}} here
 * @param {string} identity
 * @param {string} action
 * @param {Record<string, unknown>} [input]
 * @returns {Promise<Answer>}
 */
export async function call(here, identity, action, input = {}) {
  const openid = `o_${identity}`.padEnd(OPENID_LENGTH, '_')
  const { result, error } = await post(`${here.emulator}/_emu/call`, { name: 'api', openid, event: { action, ...input } })
  if (error) throw new Error(`${action}: ${error.errCode} ${error.errMsg}`)
  return result
}

/**
 * The data of an action that has to succeed.
 * @param {{emulator: string}} here
 * @param {string} identity
 * @param {string} action
 * @param {Record<string, unknown>} [input]
 */
export async function data(here, identity, action, input = {}) {
  const answer = await call(here, identity, action, input)
  assert.ok(answer.ok, `${action} as ${identity}: ${JSON.stringify(answer)}`)
  return answer.data
}

/**
 * Documents straight from the database, through the HTTP API that the worker uses.
 * @param {{emulator: string}} here
 * @param {string} collection
 * @param {Record<string, string>} where
 * @returns {Promise<any[]>}
 */
export async function documents(here, collection, where) {
  const grant = 'grant_type=client_credential&appid=wx0000000000000000&secret=emulator'
  const { access_token: token } = /** @type {any} */ (await (await fetch(`${here.emulator}/cgi-bin/token?${grant}`)).json())
  const query = `db.collection(${JSON.stringify(collection)}).where(${JSON.stringify(where)}).limit(100).get()`
  const answer = await post(`${here.emulator}/tcb/databasequery?access_token=${token}`, { env: 'local', query })
  assert.equal(answer.errcode, 0, JSON.stringify(answer))
  return answer.data.map((/** @type {string} */ row) => JSON.parse(row))
}

/**
 * Asks until the answer is there.
 * @template T
 * @param {() => Promise<T | null | undefined | false>} ask
 * @param {string} what
 * @param {number} [withinMs]
 * @returns {Promise<T>}
 */
export async function until(ask, what, withinMs = 8000) {
  const end = Date.now() + withinMs
  for (;;) {
    const found = await ask()
    if (found) return found
    if (Date.now() > end) throw new Error(`${what}: not within ${withinMs} ms`)
    await new Promise((done) => setTimeout(done, 50))
  }
}

let keys = 0

/**
 * An application handed in past the pages, with its decision written by the worker.
 * @param {{emulator: string}} here
 * @param {string} identity
 * @param {Record<string, unknown>} [input]
 * @returns {Promise<string>} its id
 */
export async function decidedCase(here, identity, input = {}) {
  keys += 1
  const personId = identity === 'guardian' ? 'p_ward' : `p_${identity}`
  const application = { personId, classCode: '1222', qty: 1, clientKey: `tests-${process.pid}-${keys}-${'x'.repeat(12)}`, ...input }
  const { caseId } = await data(here, identity, 'device.submit', application)
  await until(async () => (await data(here, identity, 'case.get', { caseId })).decision, 'decision')
  return caseId
}

/**
 * Moves a case past the pages.
 * @param {{emulator: string}} here
 * @param {string} identity
 * @param {string} caseId
 * @param {Record<string, unknown>} step
 */
export async function move(here, identity, caseId, step) {
  const { case: found } = await data(here, identity, 'staff.case', { caseId })
  return data(here, identity, 'staff.move', { caseId, v: found.v, ...step })
}
