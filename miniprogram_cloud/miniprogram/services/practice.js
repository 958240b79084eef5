/** Beginning and ending practice: another folder of made-up people on this phone, nothing sent. */
const api = require('./api')
const draft = require('./draft')
const look = require('./look')
const office = require('../practice/office')

/** @param {'resident' | 'staff'} role */
function begin(role) {
  office.reset()
  look.change({ practice: role })
  draft.clear()
  api.forget()
  wx.reLaunch({ url: '/pages/home/home' })
}

function end() {
  draft.clear()
  office.reset()
  look.change({ practice: '' })
  api.forget()
  wx.reLaunch({ url: '/pages/home/home' })
}

module.exports = { begin, end }
