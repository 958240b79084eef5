'use strict'

/**
 * What a step may need, and what a person is told where it is not there. Some needs follow from the
 * history of the case: a step that they forbid is not offered. For others the caller brings something
 * (`asks`, the fields of the input), and what is kept of it is written with the step (`keeps`).
 *
 * @typedef {Record<string, any>} Given  what the caller brought, the worker's decision, and `today`
 * @typedef {{ account: import('./identity').Account, item: Doc, given: Given }} Asked
 * @typedef {import('./store').Doc} Doc
 * @typedef {object} Need
 * @property {(asked: Asked) => boolean} met
 * @property {{ message: string, fix?: string }} failure
 * @property {boolean} [fromHistory]
 * @property {string[]} [asks]
 * @property {(given: Given) => Doc} [keeps]  fields of the case's `data`
 */

const { lastStep } = require('./cases')
const { dayStart } = require('./calendar')
const { TEXTS } = require('./texts')

/** @param {Doc} item @param {string} to */
const stepBy = (item, to) => (lastStep(item, to) || {}).by

/** @param {Doc} item */
const appealed = ({ log }) =>
  (Array.isArray(log) ? log : []).some(({ from, to }) => from === 'rejected' && to === 'submitted')

/** Not the login that brought the case to a status the last time. @param {string} to */
const notOfLast = (to) => (/** @type {Asked} */ { account, item }) => stepBy(item, to) !== account.id

const { failures } = TEXTS

/** @type {Record<string, Need>} */
const NEEDS = {
  first_appeal: { fromHistory: true, met: ({ item }) => !appealed(item), failure: failures.appealed },
  other_login: { fromHistory: true, met: notOfLast('village_ok'), failure: failures.sameLogin },
  other_reviewer: { fromHistory: true, met: notOfLast('rejected'), failure: failures.sameReviewer },
  other_verifier: { fromHistory: true, met: notOfLast('verified'), failure: failures.sameReviewer },
  not_author: { fromHistory: true, met: notOfLast('submitted'), failure: failures.ownPost },

  quote: { met: ({ given }) => Boolean(given.decision), failure: failures.noQuote },

  papers: {
    asks: ['papersChecked'],
    met: ({ given }) => given.papersChecked === true,
    failure: failures.noPapers,
  },
  reason: { asks: ['note'], met: ({ given }) => Boolean(given.note), failure: failures.noReason },
  supplier: {
    asks: ['supplier'],
    met: ({ given }) => Boolean(given.supplier),
    failure: failures.noSupplier,
    keeps: ({ supplier }) => ({ supplier }),
  },
  employer: {
    asks: ['employer'],
    met: ({ given }) => Boolean(given.employer),
    failure: failures.noEmployer,
    keeps: ({ employer }) => ({ employer }),
  },
  due_date: {
    asks: ['dueOn'],
    met: ({ given: { dueOn, today } }) => Boolean(dueOn) && dueOn >= today,
    failure: failures.noDueDate,
    keeps: ({ dueOn }) => ({ dueOn }),
  },
  document: {
    asks: ['documentNo', 'documentOn'],
    met: ({ given: { documentNo, documentOn, today } }) =>
      Boolean(documentNo && documentOn) && documentOn <= today,
    failure: failures.noDocument,
    keeps: ({ documentNo, documentOn }) => ({ documentNo, documentOn }),
  },
  receipt: {
    asks: ['receiptSigned'],
    met: ({ given }) => given.receiptSigned === true,
    failure: failures.noReceipt,
    keeps: ({ receiptSigned }) => ({ receiptSigned }),
  },
  three_parties: {
    asks: ['partiesAccepted'],
    met: ({ given }) => given.partiesAccepted === true,
    failure: failures.noParties,
    keeps: ({ partiesAccepted }) => ({ partiesAccepted }),
  },
  first_day: {
    asks: ['firstDayOn'],
    met: ({ given: { firstDayOn, today } }) => Boolean(firstDayOn) && firstDayOn <= today,
    failure: failures.noFirstDay,
    keeps: ({ firstDayOn }) => ({ placedAt: dayStart(firstDayOn) }),
  },
  stars_or_note: {
    asks: ['stars', 'note'],
    met: ({ given }) => Boolean(given.stars || given.note),
    failure: failures.noFeedback,
  },
}

/** Whether a step can still be taken by somebody who brings what it asks. @param {{ needs: string[] }} move @param {Asked} asked */
const isOpen = ({ needs }, asked) =>
  needs.every((name) => NEEDS[name] && (!NEEDS[name].fromHistory || NEEDS[name].met(asked)))

/** Whether whoever takes a step must bring something for a need. @param {string} name */
const isAsked = (name) => Boolean(NEEDS[name] && NEEDS[name].asks)

/**
 * What a step writes into the case's `data` of all that was brought; what it did not ask for is dropped.
 * @param {{ needs: string[] }} move
 * @param {Given} given
 * @returns {Doc}
 */
const keptOf = ({ needs }, given) =>
  needs.reduce((kept, name) => {
    const { keeps } = NEEDS[name] || {}
    return keeps ? { ...kept, ...keeps(given) } : kept
  }, {})

module.exports = { NEEDS, isAsked, isOpen, keptOf }
