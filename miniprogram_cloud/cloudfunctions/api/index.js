'use strict'

const cloud = require('wx-server-sdk')

const { createApi } = require('./lib/api')

// The SDK's own constant is a symbol, which its types do not know.
cloud.init({ env: /** @type {any} */ (cloud.DYNAMIC_CURRENT_ENV) })

exports.main = createApi({
  cloud,
  clock: () => new Date(),
  write: (line) => console.log(line),
})
