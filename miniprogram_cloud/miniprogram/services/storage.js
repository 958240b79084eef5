/**
 * Small notes on this phone: wishes of display, the unfinished application, the practice folder.
 * A full or broken store must never stop a person from applying: what cannot be stored is kept until WeChat closes.
 */

/** @type {Map<string, *>} */
const unstored = new Map()

/**
 * @template T
 * @param {string} key
 * @param {T} missing  given back when nothing readable is stored
 * @returns {T}
 */
function read(key, missing) {
  if (unstored.has(key)) return unstored.get(key)
  try {
    const value = wx.getStorageSync(key)
    return value === '' || value === undefined || value === null ? missing : value
  } catch (error) {
    return missing
  }
}

/**
 * @param {string} key
 * @param {*} value  JSON-safe
 */
function write(key, value) {
  try {
    wx.setStorageSync(key, value)
    unstored.delete(key)
  } catch (error) {
    unstored.set(key, value)
  }
}

/** @param {string} key */
function remove(key) {
  unstored.delete(key)
  try {
    wx.removeStorageSync(key)
  } catch (error) {
    // Overwriting is the last way left to make an old note unreadable.
    unstored.set(key, null)
  }
}

module.exports = { read, write, remove }
