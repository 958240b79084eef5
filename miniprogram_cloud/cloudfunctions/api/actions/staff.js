'use strict'

const { newAccess } = require('../lib/access')
const { CASE_FIELDS, changeCase, reviewIsOpen, stepData } = require('../lib/cases')
const { civilDay } = require('../lib/calendar')
const { Failure } = require('../lib/failure')
const { inboxCondition } = require('../lib/inbox')
const { day, flag, id, optional, text, whole, word } = require('../lib/input')
const { personForStaff } = require('../lib/mask')
const { keptOf } = require('../lib/needs')
const { staffMove, staffMoves, targets } = require('../lib/moves')
const {
  LINE_FIELDS,
  STAFF_DECISION_FIELDS,
  clausesForStaff,
  decisionForOwner,
  decisionIdOf,
  staffLineOf,
  staffLines,
} = require('../lib/proposal')
const { recordOf } = require('../lib/people')
const { caseForStaff } = require('../lib/scope')
const { TEXTS, fill } = require('../lib/texts')
const { flags, headOf, logOf, waitingDays } = require('../lib/views')

const STAFF = /** @type {const} */ (['village_staff', 'town_staff'])
const MOST_CASES = 100
const version = whole(0, 1e9)

/** @typedef {import('../lib/store').Doc} Doc */

/** @type {import('../lib/api').Action} */
const inbox = {
  roles: STAFF,
  input: { level: optional(word(['village', 'town'])) },
  run: async ({ store, account, input, now, villages }) => {
    const condition = inboxCondition(store, account, input.level)
    const [items, byKind, villageNames] = await Promise.all([
      store.find('cases', condition, CASE_FIELDS, { limit: MOST_CASES, order: ['submittedAt', 'asc'] }),
      store.countBy('cases', condition, 'kind'),
      villages.names(),
    ])
    const [decisions, catalogue, people] = await Promise.all([
      store.byIds('decisions', items.map(decisionIdOf), LINE_FIELDS),
      store.byIds(
        'device_catalogue',
        textsOf(items, ({ data }) => data && data.classCode),
        ['name'],
      ),
      store.byIds(
        'persons',
        textsOf(items, ({ personId }) => personId),
        ['nameMasked'],
      ),
    ])
    const cases = items.map((/** @type {Doc} */ item) => {
      const proposed = decisions.get(decisionIdOf(item))
      const { title, personNameMasked, submittedOn } = headOf(item, {
        person: people.get(item.personId),
        catalogue,
        villageNames,
      })
      return {
        id: item._id,
        kind: item.kind,
        title,
        personNameMasked,
        villageName: villageNames.get(item.villageId) || null,
        submittedOn,
        waitingDays: waitingDays(item, now),
        verdict: proposed ? proposed.decision.verdict : null,
        line: proposed
          ? staffLineOf(proposed.decision.verdict, proposed.decision.outcome)
          : TEXTS.outcome.waiting,
        ...flags(item),
      }
    })
    const sum = (/** @type {number[]} */ numbers) => numbers.reduce((total, n) => total + n, 0)
    return {
      cases,
      counts: {
        total: sum(Object.values(byKind)),
        byKind,
        review: cases.filter((/** @type {any} */ { review }) => review).length,
        dead: cases.filter((/** @type {any} */ { dead }) => dead).length,
      },
    }
  },
}

/** @param {Doc[]} items @param {(item: Doc) => unknown} pick @returns {string[]} */
const textsOf = (items, pick) =>
  /** @type {string[]} */ (items.map(pick).filter((value) => typeof value === 'string'))

/** @type {import('../lib/api').Action} */
const open = {
  roles: STAFF,
  input: { caseId: id },
  scope: caseForStaff,
  run: async (call) => {
    const {
      store,
      account,
      now,
      villages,
      scope: { item, isOwn },
    } = call
    const [, villageNames, catalogue, decisions, person] = await Promise.all([
      newAccess(call, { action: 'staff.case', item }),
      villages.names(),
      store.byIds(
        'device_catalogue',
        textsOf([item], ({ data }) => data && data.classCode),
        ['name'],
      ),
      store.byIds('decisions', [decisionIdOf(item)], STAFF_DECISION_FIELDS),
      recordOf(store, item.personId),
    ])
    const row = decisions.get(decisionIdOf(item))
    const { note, at } = item.reviewRequested || {}
    return {
      case: {
        ...headOf(item, { person, catalogue, villageNames }),
        v: item._v,
        actedBy: item.actedBy,
        villageName: villageNames.get(item.villageId) || null,
        waitingDays: waitingDays(item, now),
        need: (item.data && item.data.need) || null,
        log: logOf(item, { allNotes: true }),
        ...flags(item),
        reviewNote: (reviewIsOpen(item) && note) || null,
        reviewOn: reviewIsOpen(item) ? civilDay(at) : null,
      },
      decision: decisionForOwner(row),
      staffLines: staffLines(row),
      clauses: clausesForStaff(row),
      messages: [],
      askWhom: { villageName: villageNames.get(item.villageId) || null },
      may: [],
      person: personForStaff(person, civilDay(item.submittedAt || now)),
      moves: isOwn ? [] : staffMoves(account, item),
    }
  },
}

/** @type {import('../lib/api').Action} */
const move = {
  roles: STAFF,
  input: {
    caseId: id,
    v: version,
    to: word(targets()),
    note: optional(text(200)),
    papersChecked: optional(flag),
    supplier: optional(text(60)),
    employer: optional(text(60)),
    dueOn: optional(day),
    documentNo: optional(text(40)),
    documentOn: optional(day),
    receiptSigned: optional(flag),
    partiesAccepted: optional(flag),
    firstDayOn: optional(day),
  },
  scope: caseForStaff,
  run: async ({ store, account, input, now, scope: { item, isOwn } }) => {
    if (isOwn) throw new Failure('FORBIDDEN', TEXTS.failures.ownCase)
    const { to, note, papersChecked } = input
    const row = (await store.byIds('decisions', [decisionIdOf(item)], LINE_FIELDS)).get(decisionIdOf(item))
    const given = { ...input, decision: row && row.decision, today: civilDay(now) }
    const step = staffMove(account, item, to, given)
    const data = stepData(store, { item, to, level: step.queue, by: account.id, at: now, note })
    const v = await changeCase(store, item, input.v, {
      ...data,
      ...inData(keptOf(step, given)),
      ...(papersChecked && { papersCheckedAt: now }),
      ...(reviewIsOpen(item) && { 'reviewRequested.closedAt': now }),
    })
    await tell(store, item, { to, v, note, now })
    return { v, status: to, queue: { level: step.queue } }
  },
}

/** Fields of the case's `data` as a change that leaves its others alone. @param {Doc} kept @returns {Doc} */
const inData = (kept) =>
  Object.fromEntries(Object.entries(kept).map(([name, value]) => [`data.${name}`, value]))

/**
 * Tell who filed the case, in the app. The id follows from the step: telling twice is telling once.
 * The step stands whether or not the message could be written; the case itself shows it too.
 * @param {import('../lib/store').Store} store
 * @param {Doc} item
 * @param {{ to: string, v: number, note?: string, now: Date }} step
 */
async function tell(store, item, { to, v, note, now }) {
  const words = /** @type {Record<string, {title: string, line: string}>} */ (TEXTS.messages)[to]
  if (!words || item.actedBy === 'staff') return
  const isReason = note && (to === 'returned' || to === 'rejected')
  const message = {
    _id: `msg:${item._id}:v${v}:${item.createdBy}`,
    userId: item.createdBy,
    villageId: item.villageId,
    kind: 'step',
    caseId: item._id,
    title: words.title,
    lines: [...(isReason ? [fill(TEXTS.reason, { note })] : []), words.line],
    at: now,
  }
  await store.add('messages', message).catch(() => undefined)
}

module.exports = { 'staff.inbox': inbox, 'staff.case': open, 'staff.move': move }
