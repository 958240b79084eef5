/** One question to be written: label, hint, input and error belong together. */
Component({
  properties: {
    label: { type: String, value: '' },
    hint: { type: String, value: '' },
    error: { type: String, value: '' },
    value: { type: String, value: '' },
    multiline: { type: Boolean, value: false },
    /** keyboard: text | digit */
    type: { type: String, value: 'text' },
    maxlength: { type: Number, value: 200 },
    required: { type: Boolean, value: false },
  },
  data: { focus: false },
  observers: {
    /** After an error the person is led to the input. @param {string} error */
    error(error) {
      this.setData({ focus: Boolean(error) })
    },
  },
  methods: {
    /** @param {{detail: {value: string}}} event */
    input(event) {
      this.triggerEvent('change', { value: event.detail.value })
    },
  },
})
