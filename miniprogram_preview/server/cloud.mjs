/**
 * The way to the emulator. The browser names one of the identities the server was started with; only the
 * server knows which openid that is, and only the emulator decides what this openid may do.
 *
 * @typedef {{id: string, openid: string, label: string}} Identity
 */
import { HttpError, readBody, sendJson } from './answers.mjs'

const LARGEST_CALL = 1024 * 1024
const FAILED = -1

/**
 * @param {unknown} value  the content of the identities file
 * @returns {Identity[]}
 */
export function readIdentities(value) {
  const good = Array.isArray(value) && value.length > 0 && value.every((one) => ['id', 'openid', 'label'].every((key) => typeof one?.[key] === 'string' && one[key]))
  if (!good) throw new Error('identities must be a JSON list of {"id", "openid", "label"}, at least one')
  if (new Set(value.map(({ id }) => id)).size !== value.length) throw new Error('identities: every "id" must be there once only')
  return value
}

/**
 * @param {string} emulator  its address
 * @param {Identity[]} identities
 */
export const cloudDoor = (emulator, identities) => async (
  /** @type {import('./answers.mjs').Request} */ request,
  /** @type {import('./answers.mjs').Response} */ response,
) => {
  if (!/^application\/json\b/.test(request.headers['content-type'] ?? '')) throw new HttpError(415, 'send JSON')
  const { identity, name, data } = parse(await readBody(request, LARGEST_CALL))
  const person = identities.find(({ id }) => id === identity)
  if (!person) throw new HttpError(400, `no identity "${identity}"; choose one of ${identities.map(({ id }) => id).join(', ')}`)
  try {
    const answer = await fetch(new URL('/_emu/call', emulator), {
      method: 'POST', headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ name, openid: person.openid, event: data ?? {} }),
    })
    const body = await answer.json()
    if ('result' in body || body.error) return sendJson(response, body)
    sendJson(response, { error: { errCode: FAILED, errMsg: `the emulator answered ${answer.status} with neither "result" nor "error"` } })
  } catch (error) {
    const { message, cause } = /** @type {Error & {cause?: Error}} */ (error)
    sendJson(response, { error: { errCode: FAILED, errMsg: `the emulator at ${emulator} cannot be reached: ${cause?.message ?? message}` } })
  }
}

/** @param {Buffer} body */
function parse(body) {
  try {
    return JSON.parse(body.toString('utf8'))
  } catch {
    throw new HttpError(400, 'the body is not JSON')
  }
}
