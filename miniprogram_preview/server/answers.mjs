/** Small pieces of HTTP: headers of every answer, reading a body, sending text and JSON. */

/** Nothing from elsewhere, no code but ours, no page of others around ours. */
const POLICY = [
  "default-src 'none'", "script-src 'self'", "style-src 'self'", "img-src 'self' data: blob:", "media-src 'self' blob:",
  "connect-src 'self' blob:", "frame-src 'self'", "frame-ancestors 'self'", "base-uri 'none'", "form-action 'none'",
].join('; ')

/** @type {Record<string, string>} */
const TYPES = {
  html: 'text/html; charset=utf-8', css: 'text/css; charset=utf-8', js: 'text/javascript; charset=utf-8', mjs: 'text/javascript; charset=utf-8',
  json: 'application/json; charset=utf-8', map: 'application/json; charset=utf-8', txt: 'text/plain; charset=utf-8',
  svg: 'image/svg+xml', png: 'image/png', jpg: 'image/jpeg', jpeg: 'image/jpeg', gif: 'image/gif', webp: 'image/webp', mp3: 'audio/mpeg',
}

/** @typedef {import('node:http').IncomingMessage} Request */
/** @typedef {import('node:http').ServerResponse} Response */

/** An answer that is not 200. */
export class HttpError extends Error {
  /** @param {number} status @param {string} message */
  constructor(status, message) {
    super(message)
    this.status = status
  }
}

/** @param {string} name  a file name or its ending */
export const typeOf = (name) => TYPES[name.slice(name.lastIndexOf('.') + 1).toLowerCase()] ?? 'application/octet-stream'

/** @param {Response} response @param {number} status @param {string} type @param {string | Buffer} body */
export function send(response, status, type, body) {
  response.writeHead(status, {
    'content-type': type, 'cache-control': 'no-store', 'content-security-policy': POLICY, 'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer', 'cross-origin-opener-policy': 'same-origin',
  })
  response.end(body)
}

/** @param {Response} response @param {any} value @param {number} [status] */
export const sendJson = (response, value, status = 200) => send(response, status, TYPES.json, JSON.stringify(value))

/** @param {Request} request @param {number} limit bytes @returns {Promise<Buffer>} */
export async function readBody(request, limit) {
  const chunks = []
  let size = 0
  for await (const chunk of request) {
    size += chunk.length
    if (size > limit) throw new HttpError(413, `the body is larger than ${limit} bytes`)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

/** @param {string} text */
export const escapeHtml = (text) => text.replace(/[&<>"']/g, (mark) => `&#${mark.charCodeAt(0)};`)
