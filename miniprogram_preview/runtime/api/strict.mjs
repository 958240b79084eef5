/** An object that answers for what it has and says clearly what it has not. */

/**
 * @template {object} T
 * @param {string} name    as the mini-program calls it: `wx`
 * @param {T} members
 * @returns {T}
 */
export const strict = (name, members) => new Proxy(members, {
  get(target, key) {
    if (key in target || typeof key === 'symbol' || key === 'then' || key === 'toJSON') return Reflect.get(target, key)
    throw new Error(`${name}.${key} is not in the preview; add it to catalogue/apis.mjs and to the file of runtime/api that it belongs to`)
  },
  set(_target, key) {
    throw new Error(`${name}.${String(key)} cannot be replaced`)
  },
})
