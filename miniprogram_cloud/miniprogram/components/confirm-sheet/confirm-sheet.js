/** The second tap of an unsteady finger comes within this time. */
const FRESH_MS = 400

/** "Are you sure": says what will happen, with the way back as large as the way on. The page hides the rest meanwhile. */
Component({
  properties: {
    heading: { type: String, value: '' },
    /** @type {*} */
    lines: { type: Array, value: /** @type {string[]} */ ([]) },
    yes: { type: String, value: '' },
    no: { type: String, value: '' },
    busyText: { type: String, value: '' },
    busy: { type: Boolean, value: false },
    danger: { type: Boolean, value: false },
    /** @type {*} */
    problem: { type: Object, value: null },
    problemTitle: { type: String, value: '' },
  },
  data: { fresh: true },
  lifetimes: {
    attached() {
      setTimeout(() => this.setData({ fresh: false }), FRESH_MS)
    },
  },
  methods: {
    confirm() {
      this.triggerEvent('confirm')
    },
    cancel() {
      if (!this.data.busy) this.triggerEvent('cancel')
    },
  },
})
