/**
 * Reading aloud with WeChat's own speech plugin (微信同声传译): sentence by sentence, each shown while it is read.
 *
 * Without the plugin, the network or sound the page says so; every word that is read stands on the page anyway.
 */

/** The plugin reads short texts; a long sentence is cut at its commas. */
const LONGEST = 80

/**
 * @param {string[]} sentences
 * @returns {string[]} pieces of at most LONGEST characters
 */
function pieces(sentences) {
  return sentences.flatMap((sentence) => {
    /** @type {string[]} */
    const cut = []
    for (const part of sentence.match(/[^。！？；，、]+[。！？；，、]?/g) || []) {
      const last = cut.length - 1
      if (last >= 0 && (cut[last] + part).length <= LONGEST) cut[last] += part
      else for (let at = 0; at < part.length; at += LONGEST) cut.push(part.slice(at, at + LONGEST))
    }
    return cut
  })
}

/** @param {string} content @returns {Promise<string>} address of the sound */
function synthesize(content) {
  return new Promise((resolve, reject) => {
    const plugin = requirePlugin('WechatSI')
    plugin.textToSpeech({
      lang: 'zh_CN',
      tts: true,
      content,
      success: (/** @type {{filename?: string}} */ { filename }) => {
        if (filename) resolve(filename)
        else reject(new Error('the plugin gave no sound'))
      },
      fail: reject,
    })
  })
}

/**
 * One reading at a time.
 * @param {{saying: (text: string) => void, ended: () => void, failed: () => void}} listener
 */
function reader(listener) {
  /** @type {WechatMiniprogram.InnerAudioContext | null} */
  let audio = null
  let turn = 0

  /** @param {string} src */
  function play(src) {
    return new Promise((resolve, reject) => {
      drop()
      const player = wx.createInnerAudioContext()
      audio = player
      player.onEnded(() => resolve(undefined))
      player.onError(reject)
      player.src = src
      player.play()
    })
  }

  function drop() {
    if (!audio) return
    audio.stop()
    audio.destroy()
    audio = null
  }

  return {
    /** @param {string[]} sentences */
    async start(sentences) {
      const mine = (turn += 1)
      // A phone switched to silent is still asked to read: the person has just tapped for it.
      wx.setInnerAudioOption({ obeyMuteSwitch: false })
      try {
        for (const piece of pieces(sentences)) {
          const src = await synthesize(piece)
          if (turn !== mine) return
          listener.saying(piece)
          await play(src)
          if (turn !== mine) return
        }
        drop()
        listener.ended()
      } catch (error) {
        if (turn !== mine) return
        drop()
        listener.failed()
      }
    },
    stop() {
      turn += 1
      drop()
    },
  }
}

module.exports = { reader, pieces }
