const { greet } = require('/utils/names')

Page({
  data: { name: '', village: 0, both: [0, 0], sent: '', villages: [{ name: '镇南社区' }, { name: '山下村' }], columns: [['甲', '乙'], ['一', '二']] },
  log: [],
  typed(event) { this.log.push(`typed ${event.detail.value}`) },
  confirmed(event) { this.log.push(`confirmed ${greet(event.detail.value)}`) },
  changed(event) { this.log.push(`changed ${JSON.stringify(event.detail.value)}`) },
  picked(event) { this.setData({ village: Number(event.detail.value) }) },
  pickedBoth(event) { this.setData({ both: event.detail.value }) },
  column(event) { this.log.push(`column ${event.detail.column} ${event.detail.value}`) },
  cancelled() { this.log.push('cancelled') },
  submit(event) { this.setData({ sent: JSON.stringify(event.detail.value) }) },
  reset() { this.log.push('reset') },
})
