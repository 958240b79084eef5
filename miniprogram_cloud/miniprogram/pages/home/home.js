const api = require('../../services/api')
const draft = require('../../services/draft')
const practice = require('../../services/practice')
const texts = require('../../texts')
const { appear, load, pageData, toTop } = require('../../services/page')
const { homeView } = require('../../views/home')

const t = texts.home

Page({
  data: pageData({ t, view: homeView(null, null) }),

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
      const home = await api.home()
      return { view: homeView(home, draft.readFor(home.persons)), sheet: false }
    })
  },

  /** One person: straight to the devices. Several: first for whom. */
  async apply() {
    const { persons } = await api.knownHome()
    if (persons.length === 1) draft.begin(persons[0], 1)
    wx.navigateTo({ url: persons.length === 1 ? '/pages/apply-device/apply-device' : '/pages/apply-who/apply-who' })
  },

  goOn() {
    const kept = draft.read()
    if (kept) wx.navigateTo({ url: draft.nextPage(kept) })
  },

  askDrop() {
    this.setData({ sheet: true })
    toTop()
  },

  keep() {
    this.setData({ sheet: false })
  },

  drop() {
    draft.clear()
    this.setData({ sheet: false, 'view.draft': null })
  },

  cases() {
    wx.navigateTo({ url: '/pages/cases/cases' })
  },

  village() {
    wx.navigateTo({ url: '/pages/staff-queue/staff-queue?level=village' })
  },

  town() {
    wx.navigateTo({ url: '/pages/staff-queue/staff-queue?level=town' })
  },

  settings() {
    wx.switchTab({ url: '/pages/settings/settings' })
  },

  practise() {
    practice.begin('resident')
  },
})
