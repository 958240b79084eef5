App({
  log: [],
  onLaunch(options) {
    wx.cloud.init({ traceUser: false })
    this.log.push(`launch ${options.path}`)
  },
  onShow() { this.log.push('show') },
  onError(message) { this.log.push(`error ${message}`) },
})
