/**
 * One application as the staff sees it: the person in broad strokes, the proposal with its grounds, the moves left.
 *
 * @typedef {import('./case').CaseAnswer & {
 *   case: {villageName?: string | null, need?: string | null, review?: boolean, dead?: boolean,
 *     reviewNote?: string | null, reviewOn?: string | null},
 *   staffLines?: string[],
 *   clauses?: {result: string, quote: string, source: string, decisive?: boolean}[],
 *   person?: {nameMasked: string, ageBand: string, categoryText: string, gradeText: string, certificateStatus: string},
 *   moves?: {to: string, label: string, needs: string[]}[]}} StaffAnswer
 */
const texts = require('../texts')
const { canAsk } = require('./asks')
const { caseView, whyView } = require('./case')
const { dayInWords } = require('./day')
const { fill, items, wordOf } = require('./words')

const t = texts.staff

/** @param {StaffAnswer} answer */
function staffView(answer) {
  const { decision, staffLines, clauses, moves = [] } = answer
  return {
    ...caseView(answer),
    ...(clauses ? whyView(clauses.map(({ quote, ...clause }) => ({ ...clause, text: quote }))) : {}),
    ...notices(answer),
    verdict: wordOf(texts.verdicts, decision && decision.verdict, texts.verdicts.none),
    about: items(personLines(answer)),
    staffLines: items(staffLines),
    moves: moves.filter(({ needs }) => canAsk(needs)).map(({ to, label, needs }) => ({
      to,
      label,
      needs,
      reason: needs.includes('reason'),
      suggestions: to === 'returned' ? t.suggestions.returned : to === 'rejected' ? t.suggestions.rejected : [],
    })),
  }
}

/** What asks for attention first. @param {StaffAnswer} answer */
function notices({ case: found }) {
  const asked = found.review ? [fill(t.reviewLine, { date: dayInWords(found.reviewOn) })] : []
  return {
    dead: Boolean(found.dead),
    review: items([...asked, ...(found.reviewNote ? [fill(t.reviewNote, { note: found.reviewNote })] : [])]),
  }
}

/** @param {StaffAnswer} answer */
function personLines(answer) {
  const { villageName, need } = answer.case
  return [
    ...whoLines(answer),
    ...(villageName ? [fill(t.village, { village: villageName })] : []),
    ...(need ? [fill(t.need, { text: need })] : []),
  ]
}

/** @param {StaffAnswer} answer */
function whoLines({ person, case: found }) {
  if (!person) return [fill(t.name, { name: found.personNameMasked })]
  const { nameMasked, ageBand, categoryText, gradeText, certificateStatus } = person
  return [
    fill(t.name, { name: nameMasked }),
    fill(t.age, { text: ageBand || t.unknown }),
    fill(t.category, { text: categoryText || t.unknown }),
    fill(t.grade, { text: gradeText || t.unknown }),
    fill(t.certificate, { text: certificateStatus || t.unknown }),
  ]
}

/**
 * The chosen move with what the page needs to show for it.
 * @param {ReturnType<typeof staffView>['moves']} moves
 * @param {string} to
 */
function moveChoices(moves, to) {
  return moves.map((move) => {
    const chosen = move.to === to
    return { ...move, pressed: chosen ? 'true' : 'false', mark: chosen ? texts.apply.chosen : '' }
  })
}

module.exports = { staffView, moveChoices }
