const draft = require('../../services/draft')
const texts = require('../../texts')
const { appear, load, pageData } = require('../../services/page')
const { stepText } = require('../../views/apply')
const { fenOf, yuan } = require('../../views/money')
const { fill } = require('../../views/words')

const t = texts.apply
const MOST = 10

Page({
  data: pageData({
    t, hasDraft: false, steps: { text: '', now: 2, all: 3 }, device: '', qty: 1, count: '', need: '',
    asksQuote: false, quote: '', quoteError: '',
  }),

  onShow() {
    appear(this, t.nav)
    const locked = draft.lockedPage()
    if (locked) return wx.redirectTo({ url: locked })
    return this.open()
  },

  open() {
    return load(this, async () => {
      const kept = draft.read()
      if (!kept || !kept.classCode) return { hasDraft: false }
      return {
        hasDraft: true,
        steps: stepText('need', kept.people),
        device: kept.deviceName,
        qty: kept.qty,
        count: fill(t.need.count, { n: kept.qty }),
        need: kept.need,
        asksQuote: kept.priceFen === null,
        quote: kept.quoteFen === null ? '' : yuan(kept.quoteFen),
        quoteError: '',
      }
    })
  },

  less() {
    this.count(this.data.qty - 1)
  },

  more() {
    this.count(this.data.qty + 1)
  },

  /** @param {number} wanted */
  count(wanted) {
    const qty = Math.min(MOST, Math.max(1, wanted))
    draft.answer({ qty })
    this.setData({ qty, count: fill(t.need.count, { n: qty }) })
  },

  /** @param {WechatMiniprogram.CustomEvent} event */
  write(event) {
    draft.answer({ need: event.detail.value })
    this.setData({ need: event.detail.value })
  },

  /** @param {WechatMiniprogram.CustomEvent} event */
  price(event) {
    this.setData({ quote: event.detail.value, quoteError: '' })
  },

  next() {
    const quoteFen = this.data.asksQuote ? fenOf(this.data.quote) : null
    if (quoteFen === undefined) {
      this.setData({ quoteError: t.need.quoteBad })
      return
    }
    draft.answer({ quoteFen, needAsked: true })
    wx.navigateTo({ url: '/pages/apply-check/apply-check' })
  },

  home() {
    wx.switchTab({ url: '/pages/home/home' })
  },
})
