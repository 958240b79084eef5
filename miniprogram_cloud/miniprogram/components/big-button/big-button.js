/**
 * The button of every page: big, and a real `button`. It stays in the keyboard order while busy, but does nothing then.
 *
 * Tones: primary (the one next step), plain, danger, choice (left-aligned, with details), quiet.
 */
Component({
  properties: {
    text: { type: String, value: '' },
    /** further lines below the text @type {*} */
    detail: { type: Array, value: /** @type {string[]} */ ([]) },
    /** said and shown in front of the text, e.g. 已选 */
    mark: { type: String, value: '' },
    tone: { type: String, value: 'primary' },
    /** what is read out when it must say more than the text; it must contain the text */
    name: { type: String, value: '' },
    busy: { type: Boolean, value: false },
    /** just appeared where another button was: a finger that taps twice must not press this one too */
    fresh: { type: Boolean, value: false },
    /** true or false for a button that stays pressed */
    pressed: { type: String, value: '' },
    /** true or false for a button that opens and closes a part of the page */
    expanded: { type: String, value: '' },
  },
  data: { label: '' },
  observers: {
    /** @param {string} text @param {string[]} detail @param {string} mark @param {string} name */
    'text, detail, mark, name'(text, detail, mark, name) {
      this.setData({ label: [mark, name || text, ...detail].filter(Boolean).join('，') })
    },
  },
  methods: {
    /** @param {{detail: {x?: number, y?: number}}} event  a keyboard or screen reader taps at 0, 0 */
    press({ detail }) {
      const { busy, fresh } = this.data
      const byFinger = Boolean(detail && (detail.x || detail.y))
      if (!busy && !(fresh && byFinger)) this.triggerEvent('press')
    },
  },
})
