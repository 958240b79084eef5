/** Values that survive WeChat's way from one thread to another: what JSON can hold, and nothing else. */

/**
 * The first value that would be lost or changed, as a sentence; '' when all is well.
 * @param {any} value
 * @param {string} [path]
 * @param {any[]} [within]
 * @returns {string}
 */
export function firstUnsafe(value, path = '', within = []) {
  const where = path || 'the value'
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return ''
  if (typeof value === 'number') return Number.isFinite(value) ? '' : `${where} is ${value}; use null or a number`
  if (typeof value === 'undefined') return `${where} is undefined; use null, '' or leave it out`
  if (typeof value !== 'object') return `${where} is a ${typeof value}, which cannot be sent`
  if (within.includes(value)) return `${where} contains itself`
  const kind = Object.getPrototypeOf(value)
  if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) {
      const found = firstUnsafe(item, `${path}[${index}]`, [...within, value])
      if (found) return found
    }
    return ''
  }
  if (kind !== Object.prototype && kind !== null) return `${where} is a ${value.constructor?.name ?? 'special object'}; send plain objects, dates as text`
  for (const [key, item] of Object.entries(value)) {
    const found = firstUnsafe(item, path ? `${path}.${key}` : key, [...within, value])
    if (found) return found
  }
  return ''
}
