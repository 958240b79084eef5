/**
 * What a rule proposes, in words: the same for the estimate before handing in and for the decision after it.
 *
 * @typedef {object} Proposal
 * @property {string | null} verdict
 * @property {string | null} [share]          "0", "1/2", …
 * @property {number | null} [personalFen]
 * @property {number | null} [subsidyFen]
 * @property {Array<Record<string, *>>} [candidates]
 * @property {string[]} [lines]
 */
const texts = require('../texts').case
const { fill, wordOf } = require('./words')
const { yuan } = require('./money')

const FREE = '0'
const HALF = '1/2'

/** @param {Proposal} proposal */
function isOpen({ candidates }) {
  return Boolean(candidates && candidates.length)
}

/**
 * The one sentence that says it.
 * @param {Proposal | null} proposal
 * @returns {string}
 */
function headline(proposal) {
  const words = texts.headline
  if (!proposal || !proposal.verdict) return words.pending
  const { verdict, share } = proposal
  if (verdict !== 'eligible') return wordOf(words, verdict, words.needs_review)
  if (share === FREE && !proposal.personalFen) return words.free
  if (share === HALF) return words.half
  return share && share !== FREE ? fill(words.part, { share }) : words.eligible
}

/**
 * What the person pays and what is paid for them, as sentences.
 * @param {Proposal | null} proposal
 * @param {boolean} final  decided by people, no estimate any more
 * @returns {string[]}
 */
function amounts(proposal, final) {
  if (!proposal || !proposal.verdict) return []
  if (isOpen(proposal)) return final ? [texts.askAmount] : [texts.maybeLine, ...possibilities(proposal)]
  const { share, personalFen, subsidyFen } = proposal
  if (typeof personalFen === 'number' && personalFen > 0) {
    const own = fill(final ? texts.personal : texts.personalEstimate, { yuan: yuan(personalFen) })
    if (typeof subsidyFen !== 'number') return [own]
    return [own, fill(final ? texts.subsidy : texts.subsidyEstimate, { yuan: yuan(subsidyFen) })]
  }
  if (share === FREE || personalFen === 0) return [final ? texts.free : texts.freeEstimate]
  if (share === HALF) return [texts.halfUnpriced]
  return share ? [fill(texts.partUnpriced, { share })] : [texts.noAmount]
}

/** @param {Proposal} proposal @returns {string[]} */
function possibilities({ candidates }) {
  return (candidates || []).map((candidate, index) => {
    const fen = candidate.personalFen === undefined ? candidate.personal_fen : candidate.personalFen
    return fill(texts.maybe, { n: texts.numbers[index] || String(index + 1), text: possibility(candidate.share, fen) })
  })
}

/** @param {string | null | undefined} share @param {number | null | undefined} fen */
function possibility(share, fen) {
  if (typeof fen === 'number' && fen > 0) return fill(texts.maybeYuan, { yuan: yuan(fen) })
  if (share === FREE || fen === 0) return texts.maybeFree
  return share === HALF ? texts.maybeHalf : fill(texts.maybePart, { share: share || '' })
}

/** Short, for a list of devices. @param {Proposal | null} proposal @returns {string} */
function brief(proposal) {
  if (!proposal) return ''
  return isOpen(proposal) || proposal.verdict !== 'eligible' ? headline(proposal) : amounts(proposal, false)[0]
}

module.exports = { headline, amounts, brief }
