Page({
  data: { big: false, count: 0, into: '', slide: 0, tall: false, nodes: [{ name: 'div', attrs: { style: 'color: #1f1f1f' }, children: [{ type: 'text', text: '节点' }] }] },
  log: [],
  tapped() { this.setData({ count: this.data.count + 1 }) },
  enlarge(event) { this.setData({ big: event.detail.value }) },
  loaded(event) { this.log.push(`loaded ${event.detail.width}x${event.detail.height}`) },
  lower() { this.log.push('lower') },
  slid(event) { this.log.push(`slid ${event.detail.current}`) },
  onReachBottom() { this.log.push('bottom') },
  onPageScroll() {},
  measure() {
    return new Promise((done) => {
      this.createSelectorQuery().select('#rem').boundingClientRect().selectAll('.toggle').fields({ size: true, properties: ['checked'] }).exec(done)
    })
  },
})
