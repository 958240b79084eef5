const api = require('../../services/api')
const texts = require('../../texts')
const { appear, load, pageData, toPlace, toTop } = require('../../services/page')
const { problemOf } = require('../../services/problem')
const { reader } = require('../../services/speech')
const { caseView, spoken } = require('../../views/case')
const { fill } = require('../../views/words')

const t = texts.case
const speech = texts.speech

/** The worker answers within one poll; the page looks once more by itself, then leaves it to the person. */
const LOOK_AGAIN_MS = 12000

/** Somebody else has moved the case: what the page shows is old. */
const STALE = ['CONFLICT', 'STATE']

Page({
  data: pageData({
    t, speech, view: /** @type {*} */ (null), busy: '', showAll: false, note: '', asked: false,
    stars: 0, words: '', wordsError: '', thanked: false, chosen: texts.apply.chosen,
    failed: /** @type {*} */ (null), reading: false, readingWait: false, caption: '', unread: false,
  }),

  caseId: '',
  timer: 0,
  shown: false,
  voice: /** @type {ReturnType<typeof reader> | null} */ (null),

  /** @param {{id?: string}} query */
  onLoad({ id }) {
    this.caseId = id || ''
  },

  async onShow() {
    appear(this, t.nav)
    this.shown = true
    await this.open()
    clearTimeout(this.timer)
    if (this.shown && this.data.view && this.data.view.pending) this.timer = setTimeout(() => this.open(), LOOK_AGAIN_MS)
  },

  onHide() {
    this.leave()
  },

  onUnload() {
    this.leave()
  },

  leave() {
    this.shown = false
    clearTimeout(this.timer)
    this.quiet()
  },

  async onPullDownRefresh() {
    await this.open()
    wx.stopPullDownRefresh()
  },

  open() {
    return load(this, async () => ({ view: caseView(await api.call('case.get', { caseId: this.caseId })), failed: null }))
  },

  read() {
    if (this.data.reading) {
      this.quiet()
      return
    }
    this.setData({ reading: true, readingWait: true, caption: '', unread: false })
    this.voice = reader({
      saying: (text) => this.setData({ readingWait: false, caption: fill(speech.caption, { text }) }),
      ended: () => this.setData({ reading: false, readingWait: false, caption: '' }),
      failed: () => this.setData({ reading: false, readingWait: false, caption: '', unread: true }),
    })
    this.voice.start(spoken(this.data.view))
  },

  toggleWhy() {
    this.setData({ showAll: !this.data.showAll })
  },

  quiet() {
    if (this.voice) this.voice.stop()
    if (this.data.reading) this.setData({ reading: false, readingWait: false, caption: '' })
  },

  /** @param {WechatMiniprogram.CustomEvent} event */
  write(event) {
    this.setData({ note: event.detail.value })
  },

  review() {
    const note = this.data.note.trim()
    return this.act('review', async ({ id, v }) => {
      const answer = await api.call('case.review', { caseId: id, v, ...(note ? { note } : {}) })
      this.setData({ asked: true, 'view.v': answer.v, 'view.may.review': false })
    })
  },

  /** @param {WechatMiniprogram.CustomEvent} event */
  rate(event) {
    this.setData({ stars: event.currentTarget.dataset.stars, wordsError: '' })
  },

  /** @param {WechatMiniprogram.CustomEvent} event */
  say(event) {
    this.setData({ words: event.detail.value, wordsError: '' })
  },

  received() {
    return this.answer(true, this.data.stars || this.data.words.trim() ? '' : t.feedbackMissing)
  },

  /** What has not come is not rated: the stars stay here. */
  notReceived() {
    return this.answer(false, this.data.words.trim() ? '' : t.missingReason)
  },

  /** @param {boolean} received @param {string} wordsError */
  answer(received, wordsError) {
    this.setData({ wordsError })
    if (wordsError) return undefined
    const { stars, words } = this.data
    const note = words.trim()
    return this.act(received ? 'received' : 'notReceived', async ({ id, v }) => {
      await api.call('case.feedback', {
        caseId: id, v, received, ...(received && stars ? { stars } : {}), ...(note ? { note } : {}),
      })
      api.forget()
      this.setData({ thanked: true })
      await this.open()
      toTop()
    })
  },

  resubmit() {
    wx.navigateTo({ url: `/pages/resubmit/resubmit?id=${this.caseId}` })
  },

  askWithdraw() {
    this.setData({ sheet: true, failed: null })
    toTop()
  },

  keep() {
    this.setData({ sheet: false, failed: null })
  },

  withdraw() {
    return this.act('withdraw', async ({ id, v }) => {
      const answer = await api.call('case.withdraw', { caseId: id, v })
      api.forget()
      this.setData({
        sheet: false,
        'view.v': answer.v,
        'view.status': answer.status,
        'view.statusText': t.headline.withdrawn,
        'view.statusTone': '',
        'view.headline': t.headline.withdrawn,
        'view.pending': false,
        'view.isEstimate': false,
        'view.lines': [],
        'view.amounts': [],
        'view.reviewText': t.reviewNo,
        'view.changes': [],
        'view.may': { withdraw: false, resubmit: false, review: false },
      })
      toTop()
    })
  },

  /**
   * @param {string} name
   * @param {(view: {id: string, v: number}) => Promise<void>} work
   */
  async act(name, work) {
    const { view } = this.data
    if (!view || this.data.busy) return
    this.setData({ busy: name, failed: null })
    try {
      await work(view)
      this.setData({ busy: '' })
    } catch (error) {
      let failed = problemOf(error)
      if (STALE.includes(failed.code)) {
        await this.open()
        failed = { ...failed, ...t.stale }
      }
      this.setData({ busy: '', failed })
      if (!this.data.sheet) toPlace('#failed')
    }
  },
})
