const api = require('../../services/api')
const draft = require('../../services/draft')
const texts = require('../../texts')
const { appear, load, pageData, toPlace } = require('../../services/page')
const { problemOf } = require('../../services/problem')
const { answers, stepText } = require('../../views/apply')
const { amounts, headline } = require('../../views/outcome')
const { items } = require('../../views/words')

const t = texts.apply

Page({
  data: pageData({
    t, hasDraft: false, locked: false, steps: { text: '', now: 3, all: 3 }, rows: /** @type {*[]} */ ([]),
    cost: /** @type {*} */ (null),
    busy: false, failed: /** @type {*} */ (null),
  }),

  onShow() {
    appear(this, t.nav)
    return this.open()
  },

  open() {
    return load(this, async () => {
      const kept = draft.read()
      if (!kept || !kept.classCode) return { hasDraft: false }
      const shown = { hasDraft: true, locked: kept.sent, steps: stepText('check', kept.people), rows: answers(kept) }
      return { ...shown, cost: await cost(kept) }
    })
  },

  /** @param {WechatMiniprogram.CustomEvent} event */
  change(event) {
    const { page } = event.currentTarget.dataset
    const { length } = getCurrentPages()
    const back = getCurrentPages().findIndex(({ route }) => `/${route}` === page)
    if (back >= 0 && back < length - 1) wx.navigateBack({ delta: length - 1 - back })
    else wx.navigateTo({ url: page })
  },

  /** Tapping twice, or again after a lost answer, hands in the same key: one case. */
  async submit() {
    const kept = draft.read()
    if (!kept || this.data.busy) return
    this.setData({ busy: true, failed: null })
    draft.answer({ sent: true })
    try {
      const need = kept.need.trim()
      const { caseId } = await api.call('device.submit', {
        ...draft.application(kept), ...(need ? { need } : {}), clientKey: kept.clientKey,
      })
      draft.clear()
      api.forget()
      getApp().globalData.submitted = { device: kept.deviceName, village: kept.villageName }
      wx.reLaunch({ url: `/pages/apply-done/apply-done?id=${caseId}` })
    } catch (error) {
      const failed = problemOf(error)
      // The cloud has spoken: nothing was made, the answers are free again.
      if (!failed.unknown) draft.answer({ sent: false })
      this.setData({ busy: false, failed, locked: failed.unknown })
      toPlace('#failed')
    }
  },

  home() {
    wx.switchTab({ url: '/pages/home/home' })
  },
})

/**
 * Without an estimate one can still apply; the person is told so.
 * @param {import('../../services/draft').Draft} kept
 */
async function cost(kept) {
  try {
    const { estimate } = await api.call('device.estimate', draft.application(kept))
    const paid = amounts(estimate, false)
    // The cloud's first line repeats what stands above it.
    const said = (/** @type {string} */ line) => paid.some((one) => one.startsWith(line.replace(/。$/, '')))
    const lines = estimate.lines.filter((/** @type {string} */ line) => !said(line))
    return { headline: headline(estimate), amounts: items(paid), lines: items(lines) }
  } catch (error) {
    return null
  }
}
