'use strict'

const { CASE_FIELDS, PERSON_KINDS, changeCase, reviewIsOpen, stepData } = require('../lib/cases')
const { Failure } = require('../lib/failure')
const { flag, id, optional, text, whole } = require('../lib/input')
const { ownerMoves, ownerMove } = require('../lib/moves')
const { peopleInCharge } = require('../lib/people')
const { DECISION_FIELDS, LINE_FIELDS, decisionForOwner, decisionIdOf, lineOf } = require('../lib/proposal')
const { caseInCharge } = require('../lib/scope')
const { appliedOf, headOf, logOf, messagesOf } = require('../lib/views')

const OWNERS = /** @type {const} */ (['resident', 'guardian'])
const MOST_CASES = 50
const MOST_MESSAGES = 20
const version = whole(0, 1e9)

/** @type {import('../lib/api').Action} */
const mine = {
  roles: OWNERS,
  input: {},
  run: async ({ store, account, now, villages }) => {
    const charges = await peopleInCharge(store, account, now)
    if (!charges.size) return { cases: [] }
    const [items, villageNames] = await Promise.all([casesAbout(store, charges), villages.names()])
    const [decisions, catalogue] = await Promise.all([
      store.byIds('decisions', items.map(decisionIdOf), LINE_FIELDS),
      cataloguesOf(store, items),
    ])
    return {
      cases: items.map((item) => {
        const { person, relation } = /** @type {import('../lib/people').Charge} */ (
          charges.get(item.personId)
        )
        const proposed = decisions.get(decisionIdOf(item))
        return {
          ...headOf(item, { person, catalogue, villageNames }),
          relation,
          ...(proposed && {
            verdict: proposed.decision.verdict,
            line: lineOf(proposed.decision.verdict, proposed.decision.outcome),
          }),
        }
      }),
    }
  },
}

/**
 * @param {import('../lib/store').Store} store
 * @param {Map<string, import('../lib/people').Charge>} charges
 */
function casesAbout(store, charges) {
  const { command } = store
  const condition = {
    personId: command.in(Array.from(charges.keys())),
    kind: command.in(PERSON_KINDS),
    status: command.neq('draft'),
  }
  return store.find('cases', condition, CASE_FIELDS, { limit: MOST_CASES, order: ['submittedAt', 'desc'] })
}

/** @param {import('../lib/store').Store} store @param {import('../lib/store').Doc[]} items */
function cataloguesOf(store, items) {
  const codes = items.map(({ data }) => data && data.classCode).filter((code) => typeof code === 'string')
  return store.byIds('device_catalogue', codes, ['name'])
}

/** @type {import('../lib/api').Action} */
const get = {
  roles: OWNERS,
  input: { caseId: id },
  scope: caseInCharge,
  run: async ({ store, account, now, villages, scope: { item, charge } }) => {
    const [villageNames, catalogue, decisions, messages] = await Promise.all([
      villages.names(),
      cataloguesOf(store, [item]),
      store.byIds('decisions', [decisionIdOf(item)], DECISION_FIELDS),
      messagesFor(store, account, item),
    ])
    await markRead(store, account, item, messages, now)
    const { person } = charge
    return {
      case: {
        ...headOf(item, { person, catalogue, villageNames }),
        v: item._v,
        actedBy: item.actedBy,
        log: logOf(item, { allNotes: false }),
        applied: appliedOf(item),
      },
      decision: decisionForOwner(decisions.get(decisionIdOf(item))),
      messages: messagesOf(messages),
      askWhom: { villageName: villageNames.get(item.villageId) || null },
      may: mayOf(item),
    }
  },
}

/**
 * @param {import('../lib/store').Store} store
 * @param {import('../lib/identity').Account} account
 * @param {import('../lib/store').Doc} item
 */
function messagesFor(store, account, item) {
  const { command } = store
  const condition = { caseId: command.eq(item._id), userId: command.eq(account.id) }
  const fields = ['title', 'lines', 'at', 'readAt']
  return store.find('messages', condition, fields, { limit: MOST_MESSAGES, order: ['at', 'desc'] })
}

/**
 * @param {import('../lib/store').Store} store
 * @param {import('../lib/identity').Account} account
 * @param {import('../lib/store').Doc} item
 * @param {import('../lib/store').Doc[]} messages
 * @param {Date} now
 */
async function markRead(store, account, item, messages, now) {
  const { command } = store
  const unread = messages.filter(({ readAt }) => !readAt).map(({ _id }) => _id)
  if (!unread.length) return
  const condition = { _id: command.in(unread), userId: command.eq(account.id), readAt: command.eq(null) }
  await store.change('messages', condition, { readAt: now })
}

/** @param {import('../lib/store').Doc} item */
function mayOf(item) {
  const moves = ownerMoves(item)
  return [
    ...(moves.includes('withdrawn') ? ['withdraw'] : []),
    ...(moves.includes('submitted') ? ['resubmit'] : []),
    ...(moves.includes('feedback') ? ['feedback'] : []),
    ...(waitsForStaff(item) && !reviewIsOpen(item) ? ['review'] : []),
  ]
}

/** @param {import('../lib/store').Doc} item */
const waitsForStaff = ({ queue }) => Boolean(queue && (queue.level === 'village' || queue.level === 'town'))

/** @type {import('../lib/api').Action} */
const withdraw = {
  roles: OWNERS,
  input: { caseId: id, v: version },
  scope: caseInCharge,
  run: async ({ store, account, input, now, scope: { item } }) => {
    const move = ownerMove(item, 'withdrawn', {})
    const step = stepData(store, { item, to: 'withdrawn', level: move.queue, by: account.id, at: now })
    const v = await changeCase(store, item, input.v, { ...step, rev: store.command.inc(1), sync: 'none' })
    return { v, status: 'withdrawn' }
  },
}

/**
 * Whether what was delivered has arrived, and how it was; what has not arrived is done again.
 * @type {import('../lib/api').Action}
 */
const feedback = {
  roles: OWNERS,
  input: {
    caseId: id,
    v: version,
    received: flag,
    stars: optional(whole(1, 5)),
    note: optional(text(200)),
  },
  scope: caseInCharge,
  run: async ({ store, account, input, now, scope: { item } }) => {
    const { received, stars, note } = input
    const to = received ? 'feedback' : 'doing'
    const move = ownerMove(item, to, { stars, note })
    const step = stepData(store, { item, to, level: move.queue, by: account.id, at: now, note })
    const said = { at: now, ...(stars && { stars }), ...(note && { note }) }
    const v = await changeCase(store, item, input.v, {
      ...step,
      ...(received && { 'data.feedback': store.command.set(said) }),
    })
    return { v, status: to }
  },
}

/** @type {import('../lib/api').Action} */
const review = {
  roles: OWNERS,
  input: { caseId: id, v: version, note: optional(text(200)) },
  scope: caseInCharge,
  run: async ({ store, account, input, now, scope: { item } }) => {
    if (!waitsForStaff(item)) throw new Failure('STATE')
    if (reviewIsOpen(item)) return { v: item._v }
    const { command } = store
    const requested = { at: now, by: account.id, ...(input.note && { note: input.note }) }
    const v = await changeCase(store, item, input.v, {
      reviewRequested: command.set(requested),
      updatedAt: now,
      _v: command.inc(1),
    })
    return { v }
  },
}

module.exports = {
  'cases.mine': mine,
  'case.get': get,
  'case.withdraw': withdraw,
  'case.feedback': feedback,
  'case.review': review,
}
