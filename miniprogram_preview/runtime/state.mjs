/**
 * What the preview knows beside the mini-program: who uses it, on which network, with which text size.
 *
 * `window.preview` is this object. The frame around the phone and the tests use it; the mini-program
 * cannot, because the build refuses sources that mention `window`.
 *
 * @typedef {'online' | 'offline' | 'answer-lost'} Network
 *   offline: nothing leaves the phone. answer-lost: the function runs, its answer never arrives.
 * @typedef {{name: string, args: any, page: string, ms?: number, error?: any}} Call
 */

/** WeChat's own range of text sizes, in CSS px; 16 is the default, 23.8 is WeChat's 关怀模式 on iOS. */
export const FONT_SIZES = Object.freeze([14, 16, 18, 20, 23.8, 28, 32])

class State extends EventTarget {
  identity = ''
  /** @type {Network} */
  network = 'online'
  fontSize = 16
  /** Calls of the cloud and of the phone, oldest first. @type {Call[]} */
  calls = []
  /**
   * Answers of phone APIs by name: a value, or a function of the arguments. An Error, returned or
   * thrown, makes the call fail.
   * @type {Record<string, any>}
   */
  mocks = {}
  /** Texts read aloud. @type {string[]} */
  said = []
  /** What went wrong at run time; tests expect none. @type {string[]} */
  problems = []
  /** Pages with the milliseconds from the request to the first picture. @type {{route: string, ms: number}[]} */
  shown = []
  clipboard = ''
  /** Set by the router. @type {() => string} */
  route = () => ''
  /** Set by the router: what a downward pull does. @type {() => void} */
  pullDown = () => {}

  /** @param {Network} network */
  setNetwork(network) {
    this.network = network
    this.dispatchEvent(new Event('network'))
  }

  /** @param {number} px */
  setFontSize(px) {
    this.fontSize = px
    this.dispatchEvent(new Event('fontsize'))
  }

  /** @param {string} name @param {any} args @returns {Call} */
  record(name, args) {
    const call = { name, args, page: this.route() }
    this.calls.push(call)
    return call
  }
}

export const state = new State()

/** Take what the address of the phone page says: `?as=IDENTITY&font=PX&network=…`. */
export function readAddress() {
  const query = new URLSearchParams(location.search)
  state.identity = query.get('as') ?? ''
  const font = Number(query.get('font'))
  if (font >= 8 && font <= 64) state.fontSize = font
  const network = query.get('network')
  if (network === 'offline' || network === 'answer-lost') state.network = network
}
