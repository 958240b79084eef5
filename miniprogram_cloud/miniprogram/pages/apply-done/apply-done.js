const texts = require('../../texts')
const { appear, pageData } = require('../../services/page')
const { fill } = require('../../views/words')

const t = texts.apply.done

Page({
  data: pageData({ t, state: 'ready', id: '', lead: t.leadPlain }),

  /** @param {{id?: string}} query */
  onLoad({ id }) {
    const { submitted } = getApp().globalData
    this.setData({ id: id || '', lead: submitted && submitted.village ? fill(t.lead, submitted) : t.leadPlain })
  },

  onShow() {
    appear(this, t.nav)
  },

  see() {
    wx.navigateTo({ url: `/pages/case/case?id=${this.data.id}` })
  },

  home() {
    wx.switchTab({ url: '/pages/home/home' })
  },
})
