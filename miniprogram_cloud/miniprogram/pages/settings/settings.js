const look = require('../../services/look')
const practice = require('../../services/practice')
const texts = require('../../texts')
const { appear, pageData } = require('../../services/page')
const { settingsView } = require('../../views/settings')

const t = texts.settings

Page({
  data: pageData({ t, state: 'ready', view: settingsView(look.current()) }),

  onShow() {
    this.show()
  },

  show() {
    appear(this, t.nav)
    this.setData({ view: settingsView(look.current()) })
  },

  /** @param {WechatMiniprogram.CustomEvent} event */
  version(event) {
    look.change({ care: event.currentTarget.dataset.id === 'care' })
    this.show()
  },

  /** @param {WechatMiniprogram.CustomEvent} event */
  size(event) {
    look.change({ size: event.currentTarget.dataset.id })
    this.show()
  },

  practiseResident() {
    practice.begin('resident')
  },

  practiseStaff() {
    practice.begin('staff')
  },

  end() {
    practice.end()
  },
})
