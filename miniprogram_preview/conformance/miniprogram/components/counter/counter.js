Component({
  relations: { '../parent/parent': { type: 'parent' } },
  properties: { value: { type: Number, value: 1 } },
  methods: { add() { this.setData({ value: this.data.value + 1 }) } },
})
