'use strict'

/** Cases as people read them. */

const { APPLICANT_STATUSES, reviewIsOpen, villageOf } = require('./cases')
const { civilDay, daysBetween } = require('./calendar')
const { TEXTS, fill, wordOf } = require('./texts')

/** @typedef {import('./store').Doc} Doc */

/** @param {unknown} instant */
const dayOf = (instant) => (instant instanceof Date ? civilDay(instant) : null)

/** What a case is about: `申请辅具：手动轮椅`. @param {Doc} item @param {Map<string, Doc>} catalogue */
function titleOf({ kind, data }, catalogue) {
  const name = wordOf(TEXTS.kinds, kind, TEXTS.kindOther)
  const { classCode, qty } = data || {}
  if (kind !== 'device' || !classCode) return name
  const row = catalogue.get(classCode)
  return `${name}：${(row && row.name) || classCode}${qty > 1 ? ` ×${qty}` : ''}`
}

/** @param {Doc} item */
const statusText = ({ status, sync }) =>
  sync === 'dead' && status === 'submitted'
    ? TEXTS.statusDead
    : wordOf(TEXTS.statuses, status, TEXTS.statusOther)

/** Who has it now. @param {Doc} item @param {Map<string, string>} villageNames */
function whereOf(item, villageNames) {
  const level = (item.queue && item.queue.level) || 'none'
  if (level === 'none' && APPLICANT_STATUSES.includes(item.status)) return TEXTS.places.person
  const village = villageNames.get(villageOf(item)) || ''
  return fill(wordOf(TEXTS.places, level, TEXTS.places.none), { village })
}

/**
 * The history of a case; of free text only the reasons that are meant for the applicant.
 * @param {Doc} item
 * @param {{ allNotes: boolean }} reader
 */
function logOf({ log }, { allNotes }) {
  return (Array.isArray(log) ? log : []).map(({ at, from, to, note }) => {
    const forApplicant = to === 'returned' || to === 'rejected'
    const words =
      note && (forApplicant || allNotes) ? [stepOf(from, to), noteOf(note, forApplicant)] : [stepOf(from, to)]
    return { on: dayOf(at), text: words.join('') }
  })
}

/** @param {string} from @param {string} to */
function stepOf(from, to) {
  if (to === 'submitted' && from === 'returned') return TEXTS.steps.resubmitted
  if (to === 'submitted' && from === 'rejected') return TEXTS.steps.appealed
  if (to === 'doing' && from === 'delivered') return TEXTS.steps.notReceived
  return wordOf(TEXTS.steps, to, TEXTS.stepOther)
}

/** @param {string} note @param {boolean} isReason */
const noteOf = (note, isReason) => fill(isReason ? TEXTS.reason : TEXTS.notePrefix, { note })

/**
 * What lists and single cases share.
 * @param {Doc} item
 * @param {{ person: Doc | null | undefined, catalogue: Map<string, Doc>, villageNames: Map<string, string> }} beside
 */
function headOf(item, { person, catalogue, villageNames }) {
  return {
    id: item._id,
    kind: item.kind,
    title: titleOf(item, catalogue),
    personNameMasked: (person && person.nameMasked) || '',
    status: item.status,
    statusText: statusText(item),
    submittedOn: dayOf(item.submittedAt),
    where: whereOf(item, villageNames),
  }
}

/** What was asked for, so that a correction begins with it. @param {Doc} item */
function appliedOf({ kind, data }) {
  const { classCode = null, qty = null, quoteFen = null, need = null } = data || {}
  return kind === 'device' ? { classCode, qty, quoteFen, need } : null
}

/** Since when a case has stood where it stands, in days. @param {Doc} item @param {Date} now */
function waitingDays({ log, submittedAt }, now) {
  const rows = Array.isArray(log) ? log : []
  const last = rows.length ? rows[rows.length - 1].at : submittedAt
  return last instanceof Date ? Math.max(0, daysBetween(civilDay(last), civilDay(now))) : 0
}

/** @param {Doc} item */
const flags = (item) => ({ review: reviewIsOpen(item), dead: item.sync === 'dead' })

/** @param {Doc[]} rows */
const messagesOf = (rows) =>
  rows.map(({ title, lines, at }) => ({ title, lines: lines || [], on: dayOf(at) }))

module.exports = {
  appliedOf,
  dayOf,
  flags,
  headOf,
  logOf,
  messagesOf,
  statusText,
  titleOf,
  waitingDays,
  whereOf,
}
