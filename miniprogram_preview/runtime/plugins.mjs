/** `requirePlugin`: WeChat's own speech plugin 微信同声传译 (WechatSI), as far as Sizhu uses it. */
import { strict } from './api/strict.mjs'
import { report } from './report.mjs'
import { speechFile } from './speech.mjs'
import { state } from './state.mjs'

const LANGUAGES = ['zh_CN', 'en_US']
/** The plugin refuses longer texts; UTF-8, so 333 Chinese characters. */
const LONGEST_BYTES = 1000

/** @param {any} options */
function textToSpeech({ lang, tts, content, success, fail }) {
  state.record('WechatSI.textToSpeech', { lang, tts, content })
  const bytes = new TextEncoder().encode(content ?? '').length
  const wrong = !LANGUAGES.includes(lang) ? `lang must be one of ${LANGUAGES.join(', ')}`
    : tts !== true ? 'tts must be true to get a sound'
      : !bytes ? 'content is empty'
        : bytes > LONGEST_BYTES ? `content has ${bytes} bytes, the plugin takes ${LONGEST_BYTES}; cut it at a full stop` : ''
  if (wrong) report(`WechatSI.textToSpeech: ${wrong}`)
  setTimeout(() => {
    if (wrong || state.network === 'offline') fail?.({ retcode: -1, msg: wrong || 'network is down' })
    else success?.({ retcode: 0, origin: content, filename: speechFile(content, lang), expired_time: Math.floor(Date.now() / 1000) + 600 })
  })
}

/** @type {Record<string, any>} */
const plugins = { WechatSI: strict('WechatSI', { textToSpeech }) }

/** @param {Record<string, any>} declared  "plugins" of app.json */
export const requirer = (declared) => (/** @type {string} */ name) => {
  if (!plugins[name]) throw new Error(`plugin "${name}" is not in the preview; add it to catalogue/apis.mjs and runtime/plugins.mjs`)
  if (!declared?.[name]) throw new Error(`plugin "${name}" is not declared under "plugins" in app.json`)
  return plugins[name]
}
