/** Nothing to show, or something failed: what happened, and what to do now (buttons come in the slot). */
Component({
  properties: {
    heading: { type: String, value: '' },
    text: { type: String, value: '' },
    fix: { type: String, value: '' },
    /** something went wrong: announced at once */
    alert: { type: Boolean, value: false },
  },
})
