/** Where in a row of questions the person is, said in words; the bar only repeats it. */
Component({
  properties: {
    text: { type: String, value: '' },
    now: { type: Number, value: 1 },
    all: { type: Number, value: 1 },
  },
  data: { dots: /** @type {{n: number, past: boolean}[]} */ ([]) },
  observers: {
    /** @param {number} now @param {number} all */
    'now, all'(now, all) {
      const dots = []
      for (let n = 1; n <= all; n += 1) dots.push({ n, past: n <= now })
      this.setData({ dots })
    },
  },
})
