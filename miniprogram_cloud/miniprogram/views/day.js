/** Civil dates as people say them. */

/** @param {string | null | undefined} day `2024-11-21` @returns {string} `2024年11月21日`, or '' */
function dayInWords(day) {
  const match = /^(\d{4})-(\d{2})-(\d{2})/.exec(day || '')
  return match ? `${match[1]}年${Number(match[2])}月${Number(match[3])}日` : ''
}

module.exports = { dayInWords }
