const api = require('../../services/api')
const draft = require('../../services/draft')
const texts = require('../../texts')
const { appear, load, pageData } = require('../../services/page')
const { deviceChoices, stepText } = require('../../views/apply')
const { fill } = require('../../views/words')

const t = texts.apply

Page({
  data: pageData({
    t, hasDraft: false, steps: { text: '', now: 1, all: 3 }, lead: '', other: '', none: '', devices: /** @type {*[]} */ ([]),
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
      if (!kept) return { hasDraft: false }
      const { items } = await api.call('device.options', { personId: kept.personId })
      const village = kept.villageName || texts.case.askTown
      return {
        hasDraft: true,
        steps: stepText('device', kept.people),
        lead: fill(t.device.lead, { name: kept.personName }),
        other: fill(t.device.other, { village }),
        none: fill(t.device.none.fix, { village }),
        devices: deviceChoices(items, kept.classCode),
      }
    })
  },

  /** @param {WechatMiniprogram.CustomEvent} event */
  choose(event) {
    const device = this.data.devices.find((one) => one.classCode === event.currentTarget.dataset.code)
    const kept = draft.read()
    if (!device || !kept) return
    const another = device.classCode !== kept.classCode
    draft.answer({
      classCode: device.classCode,
      deviceName: device.name,
      priceFen: device.priceFen,
      ...(another ? { quoteFen: null } : {}),
    })
    wx.navigateTo({ url: '/pages/apply-need/apply-need' })
  },

  home() {
    wx.switchTab({ url: '/pages/home/home' })
  },
})
