const api = require('../../services/api')
const texts = require('../../texts')
const { appear, load, pageData } = require('../../services/page')
const { queueView } = require('../../views/cases')
const { fill } = require('../../views/words')

const t = texts.queue

Page({
  data: pageData({ t, title: t.nav, count: '', cases: /** @type {*[]} */ ([]) }),

  level: '',

  /** @param {{level?: string}} query */
  onLoad({ level }) {
    this.level = level || ''
    this.setData({ title: this.level === 'town' ? t.town : this.level === 'village' ? t.village : t.nav })
  },

  onShow() {
    appear(this, t.nav)
    return this.open()
  },

  async onPullDownRefresh() {
    await this.open()
    wx.stopPullDownRefresh()
  },

  open() {
    return load(this, async () => {
      const { cases } = await api.call('staff.inbox', this.level ? { level: this.level } : {})
      return { cases: queueView(cases), count: fill(t.count, { n: cases.length }) }
    })
  },

  /** @param {WechatMiniprogram.CustomEvent} event */
  see(event) {
    wx.navigateTo({ url: `/pages/staff-case/staff-case?id=${event.currentTarget.dataset.id}` })
  },
})
