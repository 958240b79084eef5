/** Fen to words. Integers only: no amount ever passes through a fraction. */

/** @param {number} fen @returns {string} `1200.00` */
function yuan(fen) {
  const whole = Math.trunc(fen / 100)
  return `${whole}.${String(fen % 100).padStart(2, '0')}`
}

/** What is written with a Chinese keyboard, as digits. @param {string} text */
function plain(text) {
  return text
    .replace(/[０-９．，]/g, (char) => String.fromCharCode(char.charCodeAt(0) - 0xfee0))
    .replace(/[。]/g, '.')
    .replace(/[,\s元¥￥]/g, '')
}

/**
 * @param {string} text  as a person writes an amount of yuan
 * @returns {number | null | undefined} fen; null = left empty; undefined = not an amount
 */
function fenOf(text) {
  const digits = plain(text)
  if (!digits) return null
  const match = /^(\d{1,6})(?:\.(\d{1,2}))?$/.exec(digits)
  if (!match) return undefined
  const fen = Number(match[1]) * 100 + Number((match[2] || '').padEnd(2, '0'))
  return fen > 0 ? fen : undefined
}

module.exports = { yuan, fenOf }
