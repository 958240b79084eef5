const api = require('../../services/api')
const texts = require('../../texts')
const { appear, load, pageData } = require('../../services/page')
const { casesView } = require('../../views/cases')

const t = texts.cases

Page({
  data: pageData({ t, cases: /** @type {*[]} */ ([]) }),

  onShow() {
    appear(this, t.nav)
    return this.open()
  },

  async onPullDownRefresh() {
    await this.open()
    wx.stopPullDownRefresh()
  },

  open() {
    return load(this, async () => ({ cases: casesView((await api.call('cases.mine')).cases) }))
  },

  /** @param {WechatMiniprogram.CustomEvent} event */
  see(event) {
    wx.navigateTo({ url: `/pages/case/case?id=${event.currentTarget.dataset.id}` })
  },

  home() {
    wx.switchTab({ url: '/pages/home/home' })
  },
})
