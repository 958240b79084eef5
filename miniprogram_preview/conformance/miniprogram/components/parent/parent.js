Component({
  relations: { '../counter/counter': { type: 'child', linked() { this.setData({ children: this.data.children + 1 }) } } },
  data: { children: 0 },
})
