Page({
  data: { heard: '' },
  log: [],
  open() {
    wx.navigateTo({
      url: '../opened/opened?text=' + encodeURIComponent('许 1&2'),
      events: { answer: (value) => this.setData({ heard: value }) },
      success: (result) => result.eventChannel.emit('question', '问'),
    })
  },
  onHide() { this.log.push('hide') },
  onShow() { this.log.push('show') },
  onUnload() { getApp().log.push('routing unloaded') },
})
