/** wx functions that tell where the program runs. */
import { APIS, NAMESPACES } from '../../catalogue/apis.mjs'
import { BUILTINS } from '../../catalogue/builtins.mjs'
import { report } from '../report.mjs'
import { router } from '../router.mjs'
import { state } from '../state.mjs'
import { api } from './call.mjs'

const SDK = '3.8.12'

/** What the program was opened with; set once at the start. */
export const launch = { path: '', query: {}, scene: 1001 }

const place = () => /** @type {HTMLElement} */ (document.querySelector('main')).getBoundingClientRect()

/** @param {string} name  a mocked answer wins over the preview's own @param {any} own */
const mocked = (name, own) => (name in state.mocks ? state.mocks[name] : own)

/** @param {string} type */
function registry(type) {
  /** @type {Set<Function>} */
  const listeners = new Set()
  return {
    add: (/** @type {Function} */ listener) => void listeners.add(listener),
    remove: (/** @type {Function | undefined} */ listener) => (listener ? void listeners.delete(listener) : listeners.clear()),
    tell(/** @type {any} */ value) {
      for (const listener of listeners) {
        try {
          listener(value)
        } catch (error) {
          report(error, type)
        }
      }
    },
  }
}

const network = registry('onNetworkStatusChange')
export const appShow = registry('onAppShow')
export const appHide = registry('onAppHide')
const networkType = () => (state.network === 'offline' ? 'none' : 'wifi')
state.addEventListener('network', () => network.tell({ isConnected: networkType() !== 'none', networkType: networkType() }))

export const environment = {
  getWindowInfo() {
    const { width, height } = place()
    return {
      windowWidth: width, windowHeight: height, screenWidth: innerWidth, screenHeight: innerHeight, pixelRatio: devicePixelRatio,
      statusBarHeight: 0, screenTop: 0, safeArea: { left: 0, top: 0, right: width, bottom: height, width, height },
    }
  },
  getAppBaseInfo: () => ({ SDKVersion: SDK, language: 'zh_CN', version: '8.0.50', theme: 'light', fontSizeSetting: state.fontSize, host: { env: 'WeChat' } }),
  getDeviceInfo: () => ({ platform: 'devtools', brand: 'preview', model: 'preview', system: 'preview' }),
  getSystemSetting: () => mocked('getSystemSetting', { bluetoothEnabled: false, locationEnabled: false, wifiEnabled: state.network !== 'offline', deviceOrientation: 'portrait' }),
  getAccountInfoSync: () => ({ miniProgram: { appId: 'touristappid', envVersion: 'develop', version: '' } }),
  getLaunchOptionsSync: () => ({ ...launch }),
  getEnterOptionsSync: () => ({ ...launch }),
  /** @param {string} schema */
  canIUse(schema) {
    const [name, member] = schema.split('.')
    if (name in BUILTINS) return !member || [...BUILTINS[name].properties, ...BUILTINS[name].ignored].includes(member)
    return APIS.includes(name) && (!NAMESPACES[name] || !member || NAMESPACES[name].includes(member))
  },
  checkIsOpenAccessibility: api('checkIsOpenAccessibility', () => mocked('checkIsOpenAccessibility', { open: false })),
  /** @param {Function} run */
  nextTick: (run) => void setTimeout(run),
  login: api('login', () => mocked('login', { code: 'preview-code' })),
  createSelectorQuery: () => router.top.caller.createSelectorQuery(),
  getNetworkType: api('getNetworkType', () => ({ networkType: networkType() })),
  onNetworkStatusChange: network.add,
  offNetworkStatusChange: network.remove,
  onAppShow: appShow.add,
  offAppShow: appShow.remove,
  onAppHide: appHide.add,
  offAppHide: appHide.remove,
}
