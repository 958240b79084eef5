/** Small tools for sentences. */

/** @param {string} template  with `{name}` places @param {Record<string, *>} values @returns {string} */
function fill(template, values) {
  return template.replace(/\{(\w+)\}/g, (_, name) => String(values[name]))
}

/**
 * Sentences as list items: WXML wants a key of its own for each.
 * @param {string[] | null | undefined} lines
 */
function items(lines) {
  return (lines || []).map((text, n) => ({ key: `line-${n}`, text }))
}

/**
 * What a table has for a word that comes from elsewhere.
 * @template T
 * @param {Record<string, T>} table
 * @param {string | null | undefined} word
 * @param {T} other
 * @returns {T}
 */
function wordOf(table, word, other) {
  return word && Object.prototype.hasOwnProperty.call(table, word) ? table[word] : other
}

module.exports = { fill, items, wordOf }
