/**
 * Everything of `wx.*` the preview answers, by the file that answers it.
 *
 * One table for both sides: the build refuses a source that uses anything else, the runtime refuses to
 * start when a file implements more or less than is listed for it.
 */

/** @type {Readonly<Record<string, readonly string[]>>} */
export const APIS_BY_FILE = Object.freeze({
  'runtime/api/storage.mjs': [
    'getStorage', 'setStorage', 'removeStorage', 'clearStorage', 'getStorageInfo',
    'getStorageSync', 'setStorageSync', 'removeStorageSync', 'clearStorageSync', 'getStorageInfoSync',
  ],
  'runtime/api/routing.mjs': [
    'navigateTo', 'redirectTo', 'reLaunch', 'switchTab', 'navigateBack', 'setNavigationBarTitle',
    'pageScrollTo', 'startPullDownRefresh', 'stopPullDownRefresh', 'hideHomeButton',
  ],
  'runtime/api/dialogs.mjs': ['showToast', 'hideToast', 'showLoading', 'hideLoading', 'showModal', 'showActionSheet'],
  'runtime/api/cloud.mjs': ['cloud'],
  'runtime/api/environment.mjs': [
    'getWindowInfo', 'getAppBaseInfo', 'getSystemSetting', 'getDeviceInfo', 'getAccountInfoSync',
    'getLaunchOptionsSync', 'getEnterOptionsSync', 'canIUse', 'checkIsOpenAccessibility', 'nextTick', 'login',
    'createSelectorQuery', 'getNetworkType', 'onNetworkStatusChange', 'offNetworkStatusChange',
    'onAppShow', 'offAppShow', 'onAppHide', 'offAppHide',
  ],
  'runtime/api/phone.mjs': [
    'makePhoneCall', 'scanCode', 'chooseMedia', 'previewImage', 'requestSubscribeMessage',
    'setClipboardData', 'getClipboardData', 'vibrateShort', 'vibrateLong',
  ],
  'runtime/api/audio.mjs': ['createInnerAudioContext', 'setInnerAudioOption'],
})

/** @type {readonly string[]} */
export const APIS = Object.freeze(Object.values(APIS_BY_FILE).flat())

/** Members of namespaces. The database is missing on purpose: phones reach it through functions only. */
/** @type {Readonly<Record<string, readonly string[]>>} */
export const NAMESPACES = Object.freeze({
  cloud: ['init', 'callFunction', 'uploadFile', 'getTempFileURL'],
})

/** Plugins and their exports. */
/** @type {Readonly<Record<string, readonly string[]>>} */
export const PLUGINS = Object.freeze({ WechatSI: ['textToSpeech'] })

/** Names of browsers and Node that a mini-program does not have, whatever the preview runs on. */
export const ABSENT_GLOBALS = Object.freeze(new Set([
  'window', 'document', 'self', 'globalThis', 'global', 'navigator', 'location', 'history', 'screen',
  'localStorage', 'sessionStorage', 'indexedDB', 'fetch', 'XMLHttpRequest', 'WebSocket', 'EventSource',
  'FormData', 'Blob', 'File', 'FileReader', 'Image', 'Audio', 'URL', 'URLSearchParams', 'TextEncoder',
  'TextDecoder', 'atob', 'btoa', 'crypto', 'structuredClone', 'queueMicrotask', 'requestAnimationFrame',
  'alert', 'confirm', 'prompt', 'CustomEvent', 'Intl', 'process', 'Buffer', '__dirname', '__filename',
  'setImmediate', 'eval',
]))
