/**
 * One application as its page shows it: what was decided, what it means, why, what would change it, who to ask.
 *
 * @typedef {object} CaseAnswer   what `case.get` gives
 * @property {{id: string, v: number, kind: string, title: string, personNameMasked: string, actedBy: string,
 *   status: string, statusText: string, submittedOn: string | null, where: string | null,
 *   log: {on: string, text: string}[]}} case
 * @property {(import('./outcome').Proposal & {why?: {result: string, text: string, source: string | null, decisive?: boolean}[],
 *   wouldChange?: (string | {text: string})[], missing?: string[], decidedOn?: string}) | null} decision
 * @property {{title: string, lines: string[], on: string}[]} messages
 * @property {{villageName: string | null, phoneMasked?: string | null} | null} askWhom
 * @property {string[]} may
 */
const texts = require('../texts').case
const { dayInWords } = require('./day')
const { amounts, headline } = require('./outcome')
const { toneOf } = require('./cases')
const { fill, items, wordOf } = require('./words')

/** People have spoken: the rule's proposal is no longer the headline. */
const SETTLED = ['approved', 'doing', 'delivered', 'feedback', 'closed']
/** Somebody of the staff has it; a second look that cannot be asked for has been asked for already. */
const WITH_STAFF = ['submitted', 'village_ok', 'town_ok', 'city_ok', 'approved', 'doing']
const STOPPED = ['returned', 'rejected', 'withdrawn']

/** @param {CaseAnswer} answer */
function caseView(answer) {
  const { case: found, decision } = answer
  const settled = SETTLED.includes(found.status)
  const stopped = STOPPED.includes(found.status)
  return {
    id: found.id,
    v: found.v,
    title: found.title,
    status: found.status,
    statusText: found.statusText,
    appeal: found.status === 'rejected',
    statusTone: toneOf(found.status),
    personName: found.personNameMasked,
    person: fill(texts.person, { name: found.personNameMasked }),
    acted: wordOf(texts.acted, found.actedBy, ''),
    isEstimate: !settled && !stopped && Boolean(decision),
    pending: !decision && !settled && !stopped,
    headline: settled || stopped ? wordOf(texts.headline, found.status, found.statusText) : headline(decision),
    lines: items(headlineLines(answer)),
    amounts: items(stopped ? [] : amounts(decision, settled)),
    facts: items(factLines(answer)),
    whyPeople: found.status === 'returned' || found.status === 'rejected',
    ...whyView((decision && decision.why) || []),
    changes: items(changeLines(answer)),
    missing: items((decision && decision.missing ? decision.missing : []).map((what) => fill(texts.missing, { what }))),
    ask: items(askLines(answer.askWhom)),
    lastStep: lastStep(answer),
    log: (found.log || []).map(({ on, text }, n) => ({ key: `log-${n}`, on: dayInWords(on), text })),
    messages: messageViews(answer),
    may: {
      withdraw: answer.may.includes('withdraw'),
      resubmit: answer.may.includes('resubmit'),
      review: answer.may.includes('review'),
      feedback: answer.may.includes('feedback'),
    },
    reviewText: WITH_STAFF.includes(found.status) ? texts.reviewAsked : texts.reviewNo,
  }
}

/** @param {CaseAnswer} answer */
const lastStep = ({ case: found }) => (found.log || []).map(({ text }) => text).pop() || ''

/**
 * What people decided comes with their words, what the rule proposes with its own.
 * @param {CaseAnswer} answer
 * @returns {string[]}
 */
function headlineLines(answer) {
  const { case: found, decision } = answer
  if (found.status === 'withdrawn') return []
  if (SETTLED.includes(found.status) || STOPPED.includes(found.status)) return [lastStep(answer)].filter(Boolean)
  return decision ? decision.lines || [] : [texts.pendingLine]
}

/** Where it is and since when. @param {CaseAnswer} answer */
function factLines({ case: found, decision }) {
  return [
    found.where ? fill(texts.where, { where: found.where }) : '',
    found.submittedOn ? fill(texts.on, { date: dayInWords(found.submittedOn) }) : '',
    decision && decision.decidedOn ? fill(texts.decidedOn, { date: dayInWords(decision.decidedOn) }) : '',
  ].filter(Boolean)
}

/**
 * The clauses that settled it; the others that were looked at can be opened.
 * @param {{result: string, text: string, source: string | null, decisive?: boolean}[]} reasons
 */
function whyView(reasons) {
  const clauses = reasons.map(({ result, text, source, decisive }, n) => ({
    key: `why-${n}`,
    text,
    result: wordOf(texts.results, result, texts.results.unknown),
    tone: result === 'pass' ? 'good' : '',
    source: source ? fill(texts.source, { source }) : '',
    decisive: decisive !== false,
  }))
  const others = clauses.filter(({ decisive }) => !decisive)
  return {
    why: clauses.filter(({ decisive }) => decisive),
    others,
    othersText: fill(texts.whyAll, { n: others.length }),
  }
}

/** @param {CaseAnswer} answer @returns {string[]} */
function changeLines({ case: found, decision, may }) {
  const again = found.status === 'rejected' ? texts.changeAppeal : texts.changeReturned
  if (may.includes('resubmit')) return [again]
  return ((decision && decision.wouldChange) || []).map((change) => (typeof change === 'string' ? change : change.text))
}

/** What a message says beyond what stands above it. @param {CaseAnswer} answer */
function messageViews({ messages, decision }) {
  const known = (decision && decision.lines) || []
  return (messages || [])
    .map(({ title, lines, on }, n) => ({
      key: `message-${n}`, title, on: dayInWords(on), lines: items(lines.filter((line) => !known.includes(line))),
    }))
    .filter(({ lines }) => lines.length)
}

/** @param {CaseAnswer['askWhom']} whom */
function askLines(whom) {
  const place = whom && whom.villageName ? fill(texts.askVillage, { village: whom.villageName }) : texts.askTown
  const phone = whom && whom.phoneMasked ? [fill(texts.askPhone, { phone: whom.phoneMasked })] : []
  return [place, ...phone, texts.askText]
}

/**
 * The same page as sentences to be read aloud, in the same order.
 * @param {ReturnType<typeof caseView>} view
 * @returns {string[]}
 */
function spoken(view) {
  const said = (/** @type {{text: string}[]} */ lines) => lines.map((line) => line.text)
  const part = (/** @type {string} */ heading, /** @type {string[]} */ lines) => (lines.length ? [heading, ...lines] : [])
  return [
    view.title,
    view.statusText,
    ...part(texts.decided, [view.headline, ...said(view.lines)]),
    ...part(texts.meaning, [...said(view.amounts), ...said(view.facts)]),
    ...part(texts.why, [
      ...(view.whyPeople ? [texts.whyPeople] : []),
      ...view.why.map((reason) => `${reason.text}。${reason.result}`),
    ]),
    ...part(texts.change, [...said(view.missing), ...said(view.changes)]),
    ...part(texts.ask, said(view.ask)),
  ].filter(Boolean)
}

module.exports = { caseView, whyView, spoken }
