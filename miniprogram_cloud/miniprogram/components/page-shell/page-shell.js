const texts = require('../../texts')
const practice = require('../../services/practice')

/**
 * What surrounds every page: margins, 长辈版, the practice notice, "opening" and "it failed", and the confirm sheet.
 *
 * Slots: `top` (from edge to edge), the page itself, `sheet`.
 */
Component({
  options: { multipleSlots: true },
  properties: {
    /** services/look.js @type {*} */
    look: { type: Object, value: { care: false, practice: '' } },
    /** loading | ready | error */
    state: { type: String, value: 'ready' },
    /** services/problem.js @type {*} */
    problem: { type: Object, value: null },
    /** a confirm sheet is open: the page itself is out of sight and out of reach */
    sheet: { type: Boolean, value: false },
  },
  data: { t: texts.shell, p: texts.practice },
  methods: {
    retry() {
      this.triggerEvent('retry')
    },
    home() {
      wx.switchTab({ url: '/pages/home/home' })
    },
    endPractice() {
      practice.end()
    },
  },
})
