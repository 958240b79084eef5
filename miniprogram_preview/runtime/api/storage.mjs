/** wx storage on the browser's own, apart for every identity. */
import { api, Refused } from './call.mjs'
import { firstUnsafe } from '../json_safe.mjs'
import { state } from '../state.mjs'

const LIMIT_KB = 10240
const prefix = () => `mini:${state.identity}:`
const keys = () => Object.keys(localStorage).filter((key) => key.startsWith(prefix()))

const sync = {
  /** @param {string} key */
  getStorageSync(key) {
    const found = localStorage.getItem(prefix() + key)
    return found === null ? '' : JSON.parse(found)
  },
  /** @param {string} key @param {any} value */
  setStorageSync(key, value) {
    if (typeof key !== 'string' || !key) throw new Error('setStorage: key must be a text')
    const unsafe = firstUnsafe(value)
    if (unsafe) throw new TypeError(`setStorage of "${key}": ${unsafe}`)
    localStorage.setItem(prefix() + key, JSON.stringify(value))
  },
  /** @param {string} key */
  removeStorageSync(key) {
    localStorage.removeItem(prefix() + key)
  },
  clearStorageSync() {
    for (const key of keys()) localStorage.removeItem(key)
  },
  getStorageInfoSync() {
    const characters = keys().reduce((sum, key) => sum + (localStorage.getItem(key)?.length ?? 0), 0)
    return { keys: keys().map((key) => key.slice(prefix().length)), currentSize: Math.ceil(characters / 1024), limitSize: LIMIT_KB }
  },
}

export const storage = {
  ...sync,
  getStorage: api('getStorage', ({ key }) => {
    if (localStorage.getItem(prefix() + key) === null) throw new Refused('data not found')
    return { data: sync.getStorageSync(key) }
  }),
  setStorage: api('setStorage', ({ key, data }) => sync.setStorageSync(key, data)),
  removeStorage: api('removeStorage', ({ key }) => sync.removeStorageSync(key)),
  clearStorage: api('clearStorage', () => sync.clearStorageSync()),
  getStorageInfo: api('getStorageInfo', () => sync.getStorageInfoSync()),
}
