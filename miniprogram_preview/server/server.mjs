/** The preview's web server: on this machine only, for one mini-program and one emulator. */
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { posix, resolve, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import { format } from '../build/problems.mjs'
import { HttpError, escapeHtml, send, sendJson, typeOf } from './answers.mjs'
import { cloudDoor } from './cloud.mjs'
import { Files } from './files.mjs'
import { Workshop } from './workshop.mjs'

const HOST = '127.0.0.1'
const SHELL = fileURLToPath(new URL('../shell/', import.meta.url))
const SHELL_FILES = ['phone.css', 'frame.css', 'frame.mjs']
const CODE = /\.(js|mjs|ts|json|wxml|wxss|wxs)$/

/**
 * @typedef {object} Settings
 * @property {string} source      folder with app.json
 * @property {string} emulator    address of the emulator
 * @property {number} port        0: any free one
 * @property {import('./cloud.mjs').Identity[]} identities
 */

/**
 * Build and serve. Rejects when the port is taken.
 * @param {Settings} settings
 * @returns {Promise<{url: string, problems: import('../build/problems.mjs').Problem[], close: () => Promise<void>}>}
 */
export async function startPreview({ source, emulator, port, identities }) {
  const folder = resolve(source)
  const workshop = new Workshop(folder)
  const files = new Files()
  const call = cloudDoor(emulator, identities)
  const { problems } = await workshop.current()

  /** @type {Record<string, (request: import('./answers.mjs').Request, response: import('./answers.mjs').Response, url: URL) => unknown>} */
  const routes = {
    'GET /': async (_, response) => send(response, 200, typeOf('html'), await readFile(`${SHELL}frame.html`)),
    'GET /phone': (_, response, url) => phone(response, url),
    'GET /app.js': async (_, response) => send(response, 200, typeOf('js'), (await workshop.current()).code + '\n//# sourceMappingURL=/app.js.map\n'),
    'GET /app.js.map': async (_, response) => send(response, 200, typeOf('map'), (await workshop.current()).map),
    'GET /_preview/identities': (_, response) => sendJson(response, identities.map(({ id, label }) => ({ id, label }))),
    'GET /_preview/place': async (_, response, url) => {
      const frames = (url.searchParams.get('frames') ?? '').split(',').map((one) => one.split(':').map(Number))
      send(response, 200, typeOf('txt'), await workshop.place(frames.map(([line, column]) => ({ line, column }))))
    },
    'GET /_preview/file': (_, response, url) => files.answer(response, url),
    'POST /_preview/file': (request, response, url) => files.store(request, response, url),
    'POST /_preview/call': call,
  }

  /** @param {import('./answers.mjs').Response} response @param {URL} url */
  async function phone(response, url) {
    if (!url.searchParams.get('as')) {
      url.searchParams.set('as', identities[0].id)
      response.writeHead(302, { location: url.pathname + url.search, 'cache-control': 'no-store' })
      return response.end()
    }
    const built = await workshop.current()
    if (!built.problems.length) {
      const page = await readFile(`${SHELL}phone.html`, 'utf8')
      return send(response, 200, typeOf('html'), page.replace('<html ', `<html wx-style="${built.style}" `))
    }
    const list = built.problems.map((problem) => `<li><code>${escapeHtml(format(problem))}</code></li>`).join('')
    const heading = `程序有 ${built.problems.length} 个问题`
    const head = `<!DOCTYPE html><html lang="zh-CN"><meta charset="utf-8"><title>${heading}</title>`
    return send(response, 500, typeOf('html'), `${head}<h1>${heading}</h1><ol>${list}</ol></html>`)
  }

  /** A picture or sound of the package. @param {import('./answers.mjs').Response} response @param {string} path */
  async function asset(response, path) {
    const full = resolve(folder, posix.join('.', path))
    if (!full.startsWith(folder + sep) || CODE.test(full)) throw new HttpError(404, 'not found')
    send(response, 200, typeOf(full), await readFile(full))
  }

  const server = createServer(async (request, response) => {
    try {
      const { port: own } = /** @type {import('node:net').AddressInfo} */ (server.address())
      if (![`${HOST}:${own}`, `localhost:${own}`].includes(request.headers.host ?? '')) throw new HttpError(421, 'this server answers on its own address only')
      if (request.method === 'POST' && request.headers.origin && request.headers.origin !== `http://${request.headers.host}`) throw new HttpError(403, 'requests of other pages are refused')
      const url = new URL(request.url ?? '/', `http://${HOST}`)
      const path = decodeURIComponent(url.pathname)
      const route = routes[`${request.method} ${path}`]
      if (route) await route(request, response, url)
      else if (request.method === 'GET' && SHELL_FILES.includes(path.slice(1))) send(response, 200, typeOf(path), await readFile(SHELL + path.slice(1)))
      else if (request.method === 'GET' && path.startsWith('/assets/')) await asset(response, path.slice('/assets/'.length))
      else throw new HttpError(404, 'not found')
    } catch (error) {
      const { status, code, message } = /** @type {any} */ (error)
      const answer = status ?? (['ENOENT', 'EISDIR'].includes(code) || error instanceof URIError ? 404 : 500)
      if (answer === 500) console.error(error)
      const said = answer === 500 ? 'the preview failed; its terminal says why' : message
      if (response.headersSent) response.destroy()
      else if (request.method === 'POST') sendJson(response, { error: { errCode: -1, errMsg: said } }, answer)
      else send(response, answer, typeOf('txt'), said)
    }
  })
  await new Promise((done, failed) => server.once('error', failed).listen(port, HOST, () => done(undefined)))
  const { port: own } = /** @type {import('node:net').AddressInfo} */ (server.address())
  return {
    url: `http://${HOST}:${own}`,
    problems,
    close: () => new Promise((done) => {
      server.close(() => done())
      server.closeAllConnections()
    }),
  }
}
