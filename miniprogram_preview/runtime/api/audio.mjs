/** Sound: `createInnerAudioContext`, for files and for what the speech plugin made. */
import { report } from '../report.mjs'
import { isSpeech, speak } from '../speech.mjs'
import { state } from '../state.mjs'
import { api } from './call.mjs'
import { strict } from './strict.mjs'

const EVENTS = ['Canplay', 'Play', 'Pause', 'Stop', 'Ended', 'Error']

function createInnerAudioContext() {
  /** @type {Record<string, Set<Function>>} */
  const listeners = Object.fromEntries(EVENTS.map((event) => [event, new Set()]))
  const tell = (/** @type {string} */ event, /** @type {any} */ value = {}) => {
    for (const listener of listeners[event]) {
      try {
        listener(value)
      } catch (error) {
        report(error, `on${event} of the audio context`)
      }
    }
  }
  /** @type {{stop: () => void, pause: () => void} | null} */
  let sound = null
  const done = () => {
    sound = null
    context.paused = true
    tell('Ended')
  }
  const failed = (/** @type {string} */ errMsg) => {
    sound = null
    context.paused = true
    tell('Error', { errCode: 10001, errMsg })
  }
  const context = {
    src: '', startTime: 0, autoplay: false, loop: false, obeyMuteSwitch: true, volume: 1, playbackRate: 1, paused: true,
    play() {
      state.record('audio.play', { src: context.src })
      sound?.stop()
      context.paused = false
      sound = isSpeech(context.src) ? speak(context.src, context.playbackRate, done) : playFile(context, done, failed)
      tell('Play')
    },
    pause() {
      sound?.pause()
      context.paused = true
      tell('Pause')
    },
    stop() {
      sound?.stop()
      sound = null
      context.paused = true
      tell('Stop')
    },
    destroy() {
      sound?.stop()
      sound = null
      for (const event of EVENTS) listeners[event].clear()
    },
    ...Object.fromEntries(EVENTS.flatMap((event) => [
      [`on${event}`, (/** @type {Function} */ listener) => void listeners[event].add(listener)],
      [`off${event}`, (/** @type {Function | undefined} */ listener) => (listener ? void listeners[event].delete(listener) : listeners[event].clear())],
    ])),
  }
  return new Proxy(strict('InnerAudioContext', context), {
    set(target, key, value) {
      if (!(key in target)) throw new Error(`InnerAudioContext.${String(key)} is not in the preview; add it to runtime/api/audio.mjs`)
      Object.assign(context, { [key]: value })
      if (key === 'src' && value) queueMicrotask(() => { tell('Canplay'); if (context.autoplay) context.play() })
      return true
    },
  })
}

/** @param {string} src  of the cloud, just recorded, or in the package */
function addressOf(src) {
  if (src.startsWith('cloud://')) return `/_preview/file?id=${encodeURIComponent(src)}`
  return /^(blob:|\/_preview\/)/.test(src) ? src : `/assets/${src.replace(/^\//, '')}`
}

/** @param {any} context @param {() => void} done @param {(message: string) => void} failed */
function playFile(context, done, failed) {
  const address = addressOf(context.src)
  const audio = new Audio(address)
  Object.assign(audio, { volume: context.volume, playbackRate: context.playbackRate, loop: context.loop })
  audio.addEventListener('ended', done)
  audio.play().catch((error) => failed(error.message))
  return { stop: () => audio.pause(), pause: () => audio.pause() }
}

export const audio = {
  createInnerAudioContext,
  setInnerAudioOption: api('setInnerAudioOption', (args) => void state.record('setInnerAudioOption', args)),
}
