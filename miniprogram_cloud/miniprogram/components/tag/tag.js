/** A word or two about a state. The word says it; the colour only repeats it. */
Component({
  properties: {
    text: { type: String, value: '' },
    /** good | warm | bad | '' */
    tone: { type: String, value: '' },
  },
})
