/** wx functions that change the page or move within it. */
import { RouteRefused, router } from '../router.mjs'
import { state } from '../state.mjs'
import { api, Refused } from './call.mjs'
import { channel } from './channel.mjs'

/** @param {string} kind @param {string} url @param {any} [end] */
function go(kind, url, end) {
  expected(() => router.go(kind, url, end))
}

/** @param {() => void} run */
function expected(run) {
  try {
    run()
  } catch (error) {
    throw error instanceof RouteRefused ? new Refused(error.message) : error
  }
}

const later = (/** @type {string} */ kind) => api(kind, ({ url }) => go(kind, url))

export const routing = {
  navigateTo: api('navigateTo', ({ url, events }) => {
    const { opener, opened } = channel(events)
    go('navigateTo', url, opened)
    return { eventChannel: opener }
  }),
  redirectTo: later('redirectTo'),
  reLaunch: later('reLaunch'),
  switchTab: later('switchTab'),
  navigateBack: api('navigateBack', ({ delta }) => expected(() => router.navigateBack(delta))),
  setNavigationBarTitle: api('setNavigationBarTitle', ({ title }) => router.setTitle(title)),
  pageScrollTo: api('pageScrollTo', ({ scrollTop, selector, offsetTop = 0 }) => {
    const { element, root } = router.top
    if (selector === undefined) return void element.scrollTo({ top: scrollTop })
    const found = root.getComponent().getShadowRoot().querySelector(selector)
    if (!found) throw new Refused(`no node matches "${selector}"`)
    const distance = found.$$.getBoundingClientRect().top - element.getBoundingClientRect().top
    element.scrollTo({ top: element.scrollTop + distance + offsetTop })
    return undefined
  }),
  startPullDownRefresh: api('startPullDownRefresh', () => state.pullDown()),
  stopPullDownRefresh: api('stopPullDownRefresh', () => {}),
  hideHomeButton: api('hideHomeButton', () => {}),
}
