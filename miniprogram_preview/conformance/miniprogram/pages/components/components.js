Page({
  data: { n: 1, count: 5, list: [{ id: 1, kids: ['p', 'q'] }] },
  log: [],
  picked(event) { this.log.push(JSON.stringify(event.detail)) },
})
