/** Civil dates as people say them. */

/** @param {string | null | undefined} day `2024-11-21` @returns {string} `2024年11月21日`, or '' */
function dayInWords(day) {
  const match = /^(\d{4})-(\d{2})-(\d{2})/.exec(day || '')
  return match ? `${match[1]}年${Number(match[2])}月${Number(match[3])}日` : ''
}

/**
 * A day as somebody types it: `2026-12-1`, `2026.12.1`, `2026年12月1日`, also with full-width digits.
 * @param {string} typed
 * @returns {string} `2026-12-01`, or '' where no such day exists
 */
function dayTyped(typed) {
  const match = /^(\d{4})\D(\d{1,2})\D(\d{1,2})日?$/.exec(typed.normalize('NFKC').trim())
  if (!match) return ''
  const [year, month, date] = match.slice(1).map(Number)
  const day = new Date(Date.UTC(year, month - 1, date))
  const exists = day.getUTCMonth() === month - 1 && day.getUTCDate() === date
  return exists ? day.toISOString().slice(0, 10) : ''
}

module.exports = { dayInWords, dayTyped }
