const config = require('./config')

App({
  /** Answers that the next page needs at once; never a place for decisions. */
  globalData: {
    /** @type {import('./services/api').Home | null} */
    home: null,
    /** @type {{device: string, village: string} | null} */
    submitted: null,
  },
  onLaunch() {
    wx.cloud.init(config.cloudEnv ? { env: config.cloudEnv } : {})
  },
})
