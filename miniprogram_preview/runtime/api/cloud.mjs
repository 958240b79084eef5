/** wx.cloud: functions through the preview's server to the emulator; files kept by the server. */
import { firstUnsafe } from '../json_safe.mjs'
import { state } from '../state.mjs'
import { api, Refused } from './call.mjs'
import { strict } from './strict.mjs'

const NETWORK_LOST = -1
let ready = false

const lost = (/** @type {string} */ why) => new Refused(`errCode: ${NETWORK_LOST} | errMsg: ${why}`, { errCode: NETWORK_LOST })

/** @param {string} path @param {RequestInit} request */
async function send(path, request) {
  if (!ready) throw new Error('Cloud API isn\'t enabled, please call wx.cloud.init first')
  if (state.network === 'offline') throw lost('request:fail network is down')
  let answer
  try {
    answer = await fetch(path, { method: 'POST', ...request })
  } catch (error) {
    throw lost(`request:fail ${/** @type {Error} */ (error).message}`)
  }
  const body = await answer.json()
  if (state.network === 'answer-lost') throw lost('request:fail timeout')
  return body
}

/** @param {string} path @param {any} body */
const post = (path, body) => send(path, { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) })

export const cloud = strict('wx.cloud', {
  init() {
    ready = true
  },
  callFunction: api('cloud.callFunction', async ({ name, data = {} }) => {
    const unsafe = firstUnsafe(data, 'data')
    if (unsafe) throw new TypeError(`callFunction ${name}: ${unsafe}`)
    const call = state.record('cloud.callFunction', { name, data: structuredClone(data) })
    const began = performance.now()
    try {
      const { result = null, error } = await post('/_preview/call', { identity: state.identity, name, data })
      if (error) throw new Refused(`errCode: ${error.errCode} | errMsg: ${error.errMsg}`, { errCode: error.errCode })
      return { result }
    } catch (error) {
      call.error = error
      throw error
    } finally {
      call.ms = performance.now() - began
    }
  }),
  uploadFile: api('cloud.uploadFile', async ({ cloudPath, filePath }) => {
    state.record('cloud.uploadFile', { cloudPath, filePath })
    const file = await (await fetch(filePath)).blob()
    return send(`/_preview/file?path=${encodeURIComponent(cloudPath)}`, {
      headers: { 'content-type': file.type || 'application/octet-stream' }, body: file,
    }).then(({ fileID, error }) => {
      if (error) throw new Refused(`errCode: ${error.errCode} | errMsg: ${error.errMsg}`, { errCode: error.errCode })
      return { fileID, statusCode: 200 }
    })
  }),
  getTempFileURL: api('cloud.getTempFileURL', ({ fileList }) => ({
    fileList: fileList.map((/** @type {any} */ one) => {
      const fileID = typeof one === 'string' ? one : one.fileID
      return { fileID, tempFileURL: `/_preview/file?id=${encodeURIComponent(fileID)}`, status: 0, errMsg: 'ok' }
    }),
  })),
})
