/**
 * How the pages look on this phone: text size, 长辈版, practice mode.
 *
 * Sizes are the size of one rem in px. `system` follows the text size set in WeChat.
 * 长辈版 never goes below 24 px (WeChat's own care mode is 23.8 px) and makes targets at least 60 px.
 */
const storage = require('./storage')

const KEY = 'look'
const CARE_ROOT = 24
/** @type {ReadonlyArray<'system' | '20' | '24' | '30'>} */
const SIZES = ['system', '20', '24', '30']

/**
 * @typedef {object} Look
 * @property {boolean} care      长辈版
 * @property {string} size       one of SIZES
 * @property {string} rootFont   for page-meta
 * @property {'' | 'resident' | 'staff'} practice
 */

/** @returns {{care: boolean, size: string, practice: '' | 'resident' | 'staff'}} */
function wishes() {
  const kept = storage.read(KEY, /** @type {*} */ ({}))
  return {
    care: kept.care === true,
    size: SIZES.includes(kept.size) ? kept.size : 'system',
    practice: kept.practice === 'resident' || kept.practice === 'staff' ? kept.practice : '',
  }
}

/** @param {number} least */
function systemSize(least) {
  const size = Number(wx.getAppBaseInfo().fontSizeSetting)
  return Math.max(least, Number.isFinite(size) ? size : least)
}

/** @returns {Look} */
function current() {
  const { care, size, practice } = wishes()
  let rootFont = size === 'system' ? 'system' : `${size}px`
  if (care) rootFont = `${size === 'system' ? systemSize(CARE_ROOT) : Math.max(CARE_ROOT, Number(size))}px`
  return { care, size, rootFont, practice }
}

/** @param {Partial<{care: boolean, size: string, practice: '' | 'resident' | 'staff'}>} change */
function change(change) {
  storage.write(KEY, { ...wishes(), ...change })
}

module.exports = { SIZES, current, change }
