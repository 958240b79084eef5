const api = require('../../services/api')
const texts = require('../../texts')
const { appear, back, load, pageData, toTop } = require('../../services/page')
const { problemOf } = require('../../services/problem')
const { asksOf, brought, entryLines, isComplete, judged } = require('../../views/asks')
const { moveChoices, staffView } = require('../../views/staff')
const { fill } = require('../../views/words')

const t = texts.staff
const STALE = ['CONFLICT', 'STATE']
const EMPTY = { reason: '', reasonError: '' }

Page({
  data: pageData({
    t,
    c: texts.case,
    view: /** @type {*} */ (null),
    moves: /** @type {*[]} */ ([]),
    move: /** @type {*} */ (null),
    form: EMPTY,
    asks: asksOf([]),
    confirmTitle: '',
    confirmLines: /** @type {string[]} */ ([]),
    busy: false,
    showAll: false,
    done: '',
    failed: /** @type {*} */ (null),
  }),

  caseId: '',

  /** @param {{id?: string}} query */
  onLoad({ id }) {
    this.caseId = id || ''
  },

  onShow() {
    appear(this, t.nav)
    return this.data.done || this.data.sheet ? undefined : this.open()
  },

  async onPullDownRefresh() {
    await this.open()
    wx.stopPullDownRefresh()
  },

  open() {
    return load(this, async () => {
      const view = staffView(await api.call('staff.case', { caseId: this.caseId }))
      return { view, moves: moveChoices(view.moves, ''), move: null, form: EMPTY, asks: asksOf([]), failed: null, sheet: false }
    })
  },

  toggleWhy() {
    this.setData({ showAll: !this.data.showAll })
  },

  /** @param {WechatMiniprogram.CustomEvent} event */
  choose(event) {
    const { to } = event.currentTarget.dataset
    if (this.data.move && this.data.move.to === to) return
    const moves = moveChoices(this.data.moves, to)
    const move = moves.find((one) => one.to === to) || null
    // What was written to send back must not go along with a yes.
    this.setData({ moves, move, form: EMPTY, asks: asksOf(move ? move.needs : []), failed: null })
  },

  /** @param {WechatMiniprogram.CustomEvent} event */
  tick(event) {
    const at = `asks.ticks[${event.currentTarget.dataset.index}]`
    this.setData({ [`${at}.on`]: event.detail.value.includes('yes'), [`${at}.error`]: '' })
  },

  /** @param {WechatMiniprogram.CustomEvent} event */
  enter(event) {
    const at = `asks.entries[${event.currentTarget.dataset.index}]`
    this.setData({ [`${at}.value`]: event.detail.value, [`${at}.error`]: '' })
  },

  /** @param {WechatMiniprogram.CustomEvent} event */
  write(event) {
    this.setData({ 'form.reason': event.detail.value, 'form.reasonError': '' })
  },

  /** @param {WechatMiniprogram.CustomEvent} event */
  suggest(event) {
    const said = this.data.form.reason.trim()
    const { text } = event.currentTarget.dataset
    this.setData({ 'form.reason': said ? `${said}\n${text}` : text, 'form.reasonError': '' })
  },

  ask() {
    const { move, form, view } = this.data
    const reason = form.reason.trim()
    const asks = judged(this.data.asks)
    const reasonError = isComplete(asks) && move.reason && !reason ? t.reasonMissing : ''
    this.setData({ asks, 'form.reasonError': reasonError })
    if (!isComplete(asks) || reasonError) return
    const [whose, seen] = t.confirmLines
    const said = reason ? fill(move.reason ? t.confirmReason : t.confirmNote, { reason }) : ''
    const lines = [fill(whose, { name: view.personName, title: view.title }), ...entryLines(asks), said, seen]
    this.setData({
      sheet: true, failed: null, confirmTitle: fill(t.confirmTitle, { move: move.label }), confirmLines: lines.filter(Boolean),
    })
    toTop()
  },

  /** After a failure somebody else may have moved the case: look again. */
  keep() {
    const { failed } = this.data
    this.setData({ sheet: false, failed: null })
    return failed && STALE.includes(failed.code) ? this.open() : undefined
  },

  async decide() {
    const { move, form, view, busy, asks } = this.data
    if (busy) return
    this.setData({ busy: true, failed: null })
    const note = form.reason.trim()
    try {
      await api.call('staff.move', {
        caseId: view.id,
        v: view.v,
        to: move.to,
        ...(note ? { note } : {}),
        ...brought(asks),
      })
      this.setData({ busy: false, sheet: false, done: fill(t.done, { move: move.label }) })
      toTop()
    } catch (error) {
      const failed = problemOf(error)
      this.setData({ busy: false, failed: failed.code === 'CONFLICT' ? { ...failed, ...t.stale } : failed })
    }
  },

  back() {
    back('/pages/staff-queue/staff-queue')
  },
})
