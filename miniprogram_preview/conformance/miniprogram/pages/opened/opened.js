Page({
  data: { text: '', question: '' },
  onLoad(options) {
    this.setData({ text: decodeURIComponent(options.text || options.from || '') })
    const channel = this.getOpenerEventChannel()
    channel.on('question', (question) => {
      this.setData({ question })
      channel.emit('answer', `答${question}`)
    })
    wx.setNavigationBarTitle({ title: '新的标题' })
  },
  back() { wx.navigateBack() },
})
