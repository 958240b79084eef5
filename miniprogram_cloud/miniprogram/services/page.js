/** What every page does: take on the look, load once, and say what went wrong. */
const look = require('./look')
const { problemOf } = require('./problem')
const texts = require('../texts')

/**
 * The data every page starts with.
 * @template {Record<string, *>} T
 * @param {T} own
 */
function pageData(own) {
  return {
    look: look.current(),
    state: 'loading',
    /** @type {import('./problem').Problem | null} */
    problem: null,
    sheet: false,
    ...own,
  }
}

/**
 * To be called first in `onShow`: the look may have changed on another page.
 * @param {*} page
 * @param {string} title  of the navigation bar; marked while practising
 */
function appear(page, title) {
  const now = look.current()
  page.setData({ look: now })
  wx.setNavigationBarTitle({ title: now.practice ? texts.practice.mark + title : title })
}

/**
 * Runs `work`, showing 正在打开 or the problem. Only the newest load of a page may speak.
 * @param {*} page
 * @param {() => Promise<Record<string, *>>} work  gives what to show
 */
async function load(page, work) {
  const turn = (page.turn || 0) + 1
  page.turn = turn
  if (page.data.state !== 'ready') page.setData({ state: 'loading', problem: null })
  try {
    const shown = await work()
    if (page.turn === turn) page.setData({ ...shown, state: 'ready', problem: null })
  } catch (error) {
    if (page.turn !== turn) return
    const problem = problemOf(error)
    // Without an answer the page keeps what it showed: old news are better than none, and they say so.
    const keeps = problem.unknown && page.data.state === 'ready'
    page.setData(keeps ? { problem } : { state: 'error', problem })
    if (keeps) toTop()
  }
}

/** To the top, so that an alert there is seen. */
function toTop() {
  wx.pageScrollTo({ scrollTop: 0, duration: 0 })
}

/** To where something has just been said, so that it is also seen. @param {string} selector */
function toPlace(selector) {
  wx.nextTick(() => wx.pageScrollTo({ selector, duration: 0 }))
}

/** Back to the page before; opened from a message there is none. @param {string} otherwise */
function back(otherwise) {
  if (getCurrentPages().length > 1) wx.navigateBack()
  else wx.redirectTo({ url: otherwise })
}

module.exports = { pageData, appear, load, toTop, toPlace, back }
