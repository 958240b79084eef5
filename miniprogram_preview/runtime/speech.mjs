/**
 * Reading aloud. On the phone WeChat's plugin turns a text into a sound file; here the "file" is a mark
 * that stands for the text, and playing it lets the browser's own voice speak.
 */
import { state } from './state.mjs'

const SCHEME = 'preview-speech:'
/** How long a text counts as being read where the machine has no voice, per character. */
const SILENT_MS = 20

/** @type {Map<string, {text: string, lang: string}>} */
const texts = new Map()

/** @param {string} text @param {string} lang  `zh_CN` */
export function speechFile(text, lang) {
  const name = `${SCHEME}${texts.size + 1}`
  texts.set(name, { text, lang: lang.replace('_', '-') })
  return name
}

/** @param {string} src */
export const isSpeech = (src) => src.startsWith(SCHEME)

/**
 * @param {string} src
 * @param {number} rate
 * @param {() => void} done
 * @returns {{stop: () => void, pause: () => void}}
 */
export function speak(src, rate, done) {
  const { text, lang } = /** @type {{text: string, lang: string}} */ (texts.get(src))
  state.said.push(text)
  const voice = speechSynthesis.getVoices().find((one) => one.lang.replace('_', '-').startsWith(lang.slice(0, 2)))
  if (!voice) {
    const timer = setTimeout(done, text.length * SILENT_MS)
    const stop = () => clearTimeout(timer)
    return { stop, pause: stop }
  }
  const utterance = Object.assign(new SpeechSynthesisUtterance(text), { voice, lang, rate })
  let stopped = false
  utterance.addEventListener('end', () => { if (!stopped) done() })
  utterance.addEventListener('error', () => { if (!stopped) done() })
  speechSynthesis.cancel()
  speechSynthesis.speak(utterance)
  const stop = () => {
    stopped = true
    speechSynthesis.cancel()
  }
  return { stop, pause: stop }
}
