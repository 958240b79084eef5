const api = require('../../services/api')
const draft = require('../../services/draft')
const texts = require('../../texts')
const { appear, load, pageData } = require('../../services/page')
const { personChoices, stepText } = require('../../views/apply')

const t = texts.apply

Page({
  data: pageData({ t, steps: { text: '', now: 1, all: 4 }, persons: /** @type {*[]} */ ([]) }),

  onShow() {
    appear(this, t.nav)
    const locked = draft.lockedPage()
    if (locked) return wx.redirectTo({ url: locked })
    return this.open()
  },

  open() {
    return load(this, async () => {
      const { persons } = await api.knownHome()
      const kept = draft.readFor(persons)
      return { steps: stepText('who', persons.length), persons: personChoices(persons, kept && kept.personId) }
    })
  },

  /** @param {WechatMiniprogram.CustomEvent} event */
  async choose(event) {
    const { id } = event.currentTarget.dataset
    const { persons } = await api.knownHome()
    const person = persons.find((one) => one.id === id)
    const kept = draft.readFor(persons)
    if (!person) return
    if (!kept || kept.personId !== id) draft.begin(person, persons.length)
    wx.navigateTo({ url: '/pages/apply-device/apply-device' })
  },

  home() {
    wx.switchTab({ url: '/pages/home/home' })
  },
})
