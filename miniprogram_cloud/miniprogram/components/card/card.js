/** A sheet of paper with an optional heading. */
Component({
  properties: {
    heading: { type: String, value: '' },
    level: { type: Number, value: 2 },
    /** '' | 'primary' | 'warm' */
    tone: { type: String, value: '' },
  },
})
