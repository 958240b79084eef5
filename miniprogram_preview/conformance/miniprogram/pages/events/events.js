Page({
  data: { n: 1, locked: false, list: [{ id: 1, kids: ['p', 'q'] }] },
  log: [],
  onLoad() { this.log.push('load') },
  onShow() { this.log.push('show') },
  onReady() { this.log.push('ready') },
  onHide() { this.log.push('hide') },
  onPullDownRefresh() { this.log.push('pull') },
  outer(event) { this.log.push(`outer target=${event.target.id} current=${event.currentTarget.id} mark=${event.mark.place}${event.mark.inner || ''}`) },
  captured() { this.log.push('captured') },
  caught(event) { this.log.push(`caught ${event.currentTarget.dataset.userName}${event.currentTarget.dataset.deep.a}`) },
  bubbled(event) { this.log.push(`bubbled ${event.type} ${event.changedTouches.length}`) },
  grow() { this.setData({ n: this.data.n + 1, 'list[0].kids[2]': 'r' }) },
})
