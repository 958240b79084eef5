const speech = requirePlugin('WechatSI')

Page({
  data: { answer: '' },
  async ask() {
    try {
      const { result } = await wx.cloud.callFunction({ name: 'echo', data: { text: '你好' } })
      this.setData({ answer: JSON.stringify(result) })
    } catch (error) {
      this.setData({ answer: `失败 ${error.errCode} ${error.errMsg}` })
    }
  },
  read() {
    speech.textToSpeech({
      lang: 'zh_CN', tts: true, content: '预计自付 600 元',
      success: ({ filename }) => {
        this.audio = this.audio || wx.createInnerAudioContext()
        this.audio.src = filename
        this.audio.onEnded(() => this.setData({ answer: '读完' }))
        this.audio.play()
      },
      fail: ({ msg }) => this.setData({ answer: msg }),
    })
  },
  phone() {
    wx.makePhoneCall({ phoneNumber: '10000000001', success: () => this.setData({ answer: '已拨' }), fail: ({ errMsg }) => this.setData({ answer: errMsg }) })
  },
  async subscribe() {
    const result = await wx.requestSubscribeMessage({ tmplIds: ['t1'] })
    this.setData({ answer: result.t1 })
  },
})
