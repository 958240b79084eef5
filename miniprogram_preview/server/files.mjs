/** Files that pages upload: kept in memory, enough to look at them; cloud functions do not see them. */
import { HttpError, readBody, send, sendJson } from './answers.mjs'

const LARGEST = 10 * 1024 * 1024
const MOST = 100
const PREFIX = 'cloud://preview/'

export class Files {
  /** @type {Map<string, {type: string, body: Buffer}>} */
  #kept = new Map()

  /** @param {import('./answers.mjs').Request} request @param {import('./answers.mjs').Response} response @param {URL} url */
  async store(request, response, url) {
    const path = url.searchParams.get('path')
    if (!path) throw new HttpError(400, 'cloudPath is missing')
    const body = await readBody(request, LARGEST)
    const fileID = PREFIX + path
    this.#kept.delete(fileID)
    this.#kept.set(fileID, { type: request.headers['content-type'] ?? '', body })
    for (const oldest of [...this.#kept.keys()].slice(0, Math.max(0, this.#kept.size - MOST))) this.#kept.delete(oldest)
    sendJson(response, { fileID })
  }

  /** @param {import('./answers.mjs').Response} response @param {URL} url */
  answer(response, url) {
    const file = this.#kept.get(url.searchParams.get('id') ?? '')
    if (!file) throw new HttpError(404, 'this file was not uploaded to this preview')
    const safe = /^(image\/(png|jpeg|gif|webp)|audio\/|video\/)/.test(file.type)
    send(response, 200, safe ? file.type : 'application/octet-stream', file.body)
  }
}
