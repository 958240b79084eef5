/** The choices of the settings page, with the one in use marked in words. */
const { SIZES } = require('../services/look')
const t = require('../texts').settings

/** @param {import('../services/look').Look} look */
function settingsView(look) {
  const mark = (/** @type {boolean} */ chosen) => ({ mark: chosen ? t.chosen : '', pressed: chosen ? 'true' : 'false' })
  return {
    versions: [
      { id: 'normal', name: t.normal, detail: t.normalDetail, ...mark(!look.care) },
      { id: 'care', name: t.care, detail: t.careDetail, ...mark(look.care) },
    ],
    sizes: SIZES.map((size) => ({
      id: size,
      name: t.sizes[size].name,
      detail: [t.sizes[size].detail].filter(Boolean),
      ...mark(look.size === size),
    })),
  }
}

module.exports = { settingsView }
