/**
 * wx functions that need a phone. The preview asks the person in front of it instead; tests put the
 * answer into `preview.mocks`. Every call is recorded in `preview.calls`.
 */
import { ask, element, toast } from '../dialog.mjs'
import { state } from '../state.mjs'
import { api, Refused } from './call.mjs'

const NOTE = '预览不会真的这样做。'

/** @param {string} name @param {(args: any) => any} run */
const phone = (name, run) => api(name, async (args) => {
  state.record(name, args)
  if (!(name in state.mocks)) return run(args)
  const mock = state.mocks[name]
  const answer = await (typeof mock === 'function' ? mock(args) : mock)
  if (answer instanceof Error) throw new Refused(answer.message, /** @type {any} */ (answer))
  return answer
})

/** @param {string} title @param {(Node | string)[]} body @param {string} yes @param {string} [no] */
async function agreed(title, body, yes, no = '取消') {
  const answer = await ask({ title, body, buttons: [{ label: no, value: () => false }, { label: yes, primary: true, value: () => true }] })
  return answer === true
}

/** @param {string} accept @param {boolean} multiple @returns {Promise<File[]>} */
const pickFiles = (accept, multiple) => new Promise((resolve) => {
  const input = element('input', { type: 'file', accept, multiple })
  input.addEventListener('change', () => resolve([...input.files]))
  input.addEventListener('cancel', () => resolve([]))
  input.click()
})

export const phoneApis = {
  makePhoneCall: phone('makePhoneCall', async ({ phoneNumber }) => {
    if (!await agreed(`呼叫 ${phoneNumber}`, [element('p', { textContent: NOTE })], '呼叫')) throw new Refused('cancel')
  }),
  scanCode: phone('scanCode', async () => {
    const field = element('input', { type: 'text' })
    field.setAttribute('aria-label', '码的内容')
    if (!await agreed('扫码', [element('p', { textContent: '请填写码里的内容：' }), field], '确定')) throw new Refused('cancel')
    return { result: field.value, scanType: 'QR_CODE', charSet: 'UTF-8' }
  }),
  chooseMedia: phone('chooseMedia', async ({ count = 9, mediaType = ['image', 'video'] }) => {
    const files = await pickFiles(mediaType.filter((/** @type {string} */ one) => one !== 'mix').map((/** @type {string} */ one) => `${one}/*`).join(), count > 1)
    if (!files.length) throw new Refused('cancel')
    const tempFiles = files.slice(0, count).map((file) => ({
      tempFilePath: URL.createObjectURL(file), size: file.size, fileType: file.type.startsWith('video/') ? 'video' : 'image',
    }))
    return { tempFiles, type: new Set(tempFiles.map(({ fileType }) => fileType)).size > 1 ? 'mix' : tempFiles[0].fileType }
  }),
  previewImage: phone('previewImage', async ({ urls, current = urls[0] }) => {
    const src = current.startsWith('cloud://') ? `/_preview/file?id=${encodeURIComponent(current)}` : current
    await ask({ title: '查看图片', quiet: true, body: [element('img', { src, alt: '图片' })], buttons: [{ label: '关闭', value: () => true }] })
  }),
  requestSubscribeMessage: phone('requestSubscribeMessage', async ({ tmplIds }) => {
    if (!navigator.userActivation.isActive) throw new Refused('can only be invoked by user TAP gesture.', { errCode: 20013 })
    const yes = await agreed('允许发送通知？', [element('p', { textContent: `模板：${tmplIds.join('、')}` })], '允许', '拒绝')
    return Object.fromEntries(tmplIds.map((/** @type {string} */ id) => [id, yes ? 'accept' : 'reject']))
  }),
  setClipboardData: phone('setClipboardData', ({ data }) => {
    state.clipboard = String(data)
    toast('内容已复制', 1500)
    void navigator.clipboard?.writeText(state.clipboard).catch(() => {}) // the browser may not allow it; the preview keeps its own
  }),
  getClipboardData: phone('getClipboardData', () => ({ data: state.clipboard })),
  vibrateShort: phone('vibrateShort', () => {}),
  vibrateLong: phone('vibrateLong', () => {}),
}
