const api = require('../../services/api')
const texts = require('../../texts')
const { appear, back, load, pageData, toPlace } = require('../../services/page')
const { problemOf } = require('../../services/problem')
const { caseView } = require('../../views/case')

const t = texts.resubmit

Page({
  data: pageData({
    t, view: /** @type {*} */ (null), need: '', error: '', busy: false, done: false, failed: /** @type {*} */ (null),
  }),

  caseId: '',

  /** @param {{id?: string}} query */
  onLoad({ id }) {
    this.caseId = id || ''
  },

  onShow() {
    appear(this, t.nav)
    return this.open()
  },

  open() {
    return load(this, async () => ({ view: caseView(await api.call('case.get', { caseId: this.caseId })) }))
  },

  /** @param {WechatMiniprogram.CustomEvent} event */
  write(event) {
    this.setData({ need: event.detail.value, error: '' })
  },

  async submit() {
    const { view, busy } = this.data
    const need = this.data.need.trim()
    if (!view || busy) return
    if (view.appeal && !need) {
      this.setData({ error: t.appeal.missing })
      return
    }
    this.setData({ busy: true, failed: null })
    try {
      await api.call('device.resubmit', { caseId: view.id, v: view.v, ...(need ? { need } : {}) })
      api.forget()
      this.setData({ busy: false, done: true })
    } catch (error) {
      this.setData({ busy: false, failed: problemOf(error) })
      toPlace('#failed')
    }
  },

  see() {
    back(`/pages/case/case?id=${this.caseId}`)
  },
})
