Component({
  properties: { count: Number },
  data: { seen: '' },
  methods: { onLoad(options) { this.setData({ seen: options.count }) } },
})
