/** The server: only this machine, only its own pages, always the sources as they are now. */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { request as httpRequest } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { after, before, test } from 'node:test'
import { readIdentities } from '../server/cloud.mjs'
import { startPreview } from '../server/server.mjs'
import { FIXTURE, IDENTITIES, standInEmulator } from './helpers.mjs'

const folder = mkdtempSync(join(tmpdir(), 'preview-'))
/** @type {Awaited<ReturnType<typeof startPreview>>} */
let preview
/** @type {Awaited<ReturnType<typeof standInEmulator>>} */
let emulator
before(async () => {
  cpSync(FIXTURE, folder, { recursive: true })
  emulator = await standInEmulator(({ openid }) => ({ result: openid }))
  preview = await startPreview({ source: folder, emulator: emulator.url, port: 0, identities: IDENTITIES })
})
after(async () => {
  await preview.close()
  emulator.close()
  rmSync(folder, { recursive: true })
})

/** A request as written, without the tidying that `fetch` does. @param {string} path @param {Record<string, string>} headers @param {string} [method] @returns {Promise<number>} */
const raw = (path, headers = {}, method = 'GET') => new Promise((done, failed) => {
  const { hostname, port } = new URL(preview.url)
  httpRequest({ hostname, port, path, method, headers }, (response) => {
    response.resume()
    done(response.statusCode ?? 0)
  }).on('error', failed).end()
})

/** @param {any} body @param {Record<string, string>} [headers] */
const call = (body, headers = { 'content-type': 'application/json' }) => fetch(`${preview.url}/_preview/call`, { method: 'POST', headers, body: JSON.stringify(body) })

test('every answer forbids code, pictures and connections from elsewhere', async () => {
  for (const path of ['/', '/phone?as=staff', '/app.js', '/frame.mjs', '/none']) {
    const policy = (await fetch(preview.url + path)).headers.get('content-security-policy') ?? ''
    assert.match(policy, /^default-src 'none'; script-src 'self'; style-src 'self';/)
    assert.doesNotMatch(policy, /unsafe|\*|https?:/)
  }
})

test('other host names and other pages\' requests are refused', async () => {
  assert.equal(await raw('/', { host: 'evil.example' }), 421)
  assert.equal((await call({ identity: 'staff', name: 'x' }, { 'content-type': 'application/json', origin: 'http://evil.example' })).status, 403)
  assert.equal((await call({ identity: 'staff', name: 'x' }, { 'content-type': 'text/plain' })).status, 415)
})

test('only pictures and sounds of the package are handed out, nothing above it', async () => {
  assert.equal((await fetch(`${preview.url}/assets/images/mark.svg`)).status, 200)
  for (const path of ['/assets/app.js', '/assets/app.json', '/assets/pages/events/events.wxml', '/assets/..%2f..%2fpackage.json', '/assets/../package.json', '/assets//etc/passwd', '/assets/%', '/assets/images']) {
    assert.equal(await raw(path), 404, path)
  }
})

test('an openid belongs to an identity; the browser sees neither it nor another one', async () => {
  const listed = await (await fetch(`${preview.url}/_preview/identities`)).json()
  assert.deepEqual(listed, IDENTITIES.map(({ id, label }) => ({ id, label })))
  assert.deepEqual(await (await call({ identity: 'staff', name: 'who' })).json(), { result: 'openid-staff' })
  assert.equal((await call({ identity: 'openid-staff', name: 'who' })).status, 400)
  assert.deepEqual(emulator.calls, [{ name: 'who', openid: 'openid-staff', event: {} }])
})

test('an emulator that is not there is an error of the network, with its address', async () => {
  const lonely = await startPreview({ source: folder, emulator: 'http://127.0.0.1:9', port: 0, identities: IDENTITIES })
  const answer = await fetch(`${lonely.url}/_preview/call`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"identity":"staff","name":"x"}' })
  const { error } = await answer.json()
  assert.equal(error.errCode, -1)
  assert.match(error.errMsg, /^the emulator at http:\/\/127\.0\.0\.1:9 cannot be reached: /)
  await lonely.close()
})

test('a changed source is built again; a mistake is shown in place of the phone, and goes when mended', async () => {
  const file = join(folder, 'pages/tab/tab.wxml')
  writeFileSync(file, '<view>新的字</view>\n')
  assert.match(await (await fetch(`${preview.url}/app.js`)).text(), /新的字/)
  writeFileSync(file, '<div>新的字</div><!-- -->\n')
  const shown = await fetch(`${preview.url}/phone?as=staff`)
  assert.equal(shown.status, 500)
  assert.match(await shown.text(), /pages\/tab\/tab\.wxml:1:1: unknown component &#60;div&#62;/)
  writeFileSync(file, '<view>又好了</view>\n')
  assert.equal((await fetch(`${preview.url}/phone?as=staff`)).status, 200)
})

test('identities are checked before anything starts', () => {
  assert.throws(() => readIdentities([]), /at least one/)
  assert.throws(() => readIdentities([{ id: 'a', openid: 'b' }]), /"label"/)
  assert.throws(() => readIdentities([IDENTITIES[0], IDENTITIES[0]]), /once only/)
})

/** @param {string[]} args @returns {Promise<{code: number | null, out: string, err: string}>} */
const serve = (args) => new Promise((done) => {
  const child = spawn(process.execPath, [fileURLToPath(new URL('../serve.mjs', import.meta.url)), ...args])
  let [out, err] = ['', '']
  child.stdout.on('data', (text) => {
    out += text
    if (out.includes('preview on')) child.kill('SIGTERM')
  })
  child.stderr.on('data', (text) => { err += text })
  child.on('exit', (code) => done({ code, out, err }))
})

test('the command prints its address, stops on request, and refuses a program with problems', async () => {
  const identities = join(folder, 'identities.txt')
  writeFileSync(identities, JSON.stringify(IDENTITIES))
  const args = ['--emulator', emulator.url, '--identities', identities]
  const good = await serve(['--source', FIXTURE, ...args])
  assert.match(good.out, /^preview on http:\/\/127\.0\.0\.1:\d+\n$/)
  assert.equal(good.code, 0)
  writeFileSync(join(folder, 'pages/tab/tab.wxml'), '<div>x</div>')
  const bad = await serve(['--source', folder, ...args])
  assert.equal(bad.code, 1)
  assert.match(bad.err, /^pages\/tab\/tab\.wxml:1:1: unknown component <div>.*\n1 problems; nothing is served\n$/)
  const wrong = await serve(['--source', folder])
  assert.deepEqual([wrong.code, /--source, --emulator and --identities are needed/.test(wrong.err)], [2, true])
})
