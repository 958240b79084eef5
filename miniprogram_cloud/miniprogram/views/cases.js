/** Lists of applications: the person's own, and the queue of the staff. */
const texts = require('../texts')
const { dayInWords } = require('./day')
const { fill, items, wordOf } = require('./words')

const TONES = {
  approved: 'good', doing: 'good', delivered: 'good', feedback: 'good', closed: 'good', rejected: 'bad', withdrawn: '',
}

/** @param {string} status */
const toneOf = (status) => wordOf(TONES, status, 'warm')

/**
 * @param {{id: string, title: string, personNameMasked: string, relation: string, status: string, statusText: string,
 *   submittedOn: string | null, where: string | null, line?: string | null}[]} cases
 */
function casesView(cases) {
  const t = texts.cases
  return cases.map(({ id, title, personNameMasked, relation, status, statusText, submittedOn, where, line }) => ({
    id,
    title,
    statusText,
    tone: toneOf(status),
    lines: items([
      relation === 'ward' ? fill(t.forWard, { name: personNameMasked }) : '',
      line || '',
      where ? fill(texts.case.where, { where }) : '',
      submittedOn ? fill(t.submitted, { date: dayInWords(submittedOn) }) : '',
    ].filter(Boolean)),
    seeName: fill(t.seeName, { title, status: statusText }),
  }))
}

/**
 * @param {{id: string, title: string, personNameMasked: string, villageName: string | null, submittedOn: string | null,
 *   waitingDays: number | null, verdict: string | null, line: string | null, review: boolean, dead: boolean}[]} cases
 */
function queueView(cases) {
  const t = texts.queue
  return cases.map(({ id, title, personNameMasked, villageName, submittedOn, waitingDays, verdict, line, review, dead }) => {
    const waiting = waitingDays ? fill(t.waiting, { n: waitingDays }) : t.today
    return {
      id,
      title: [personNameMasked, title].filter(Boolean).join(' · '),
      tags: [
        { key: 'verdict', text: wordOf(texts.verdicts, verdict, texts.verdicts.none), tone: '' },
        ...(review ? [{ key: 'review', text: t.review, tone: 'warm' }] : []),
        ...(dead ? [{ key: 'dead', text: t.dead, tone: 'bad' }] : []),
      ],
      lines: items([
        [villageName, waiting, submittedOn && waitingDays ? fill(texts.cases.submitted, { date: dayInWords(submittedOn) }) : '']
          .filter(Boolean).join('，'),
        line || '',
      ].filter(Boolean)),
      openName: fill(t.openName, { name: personNameMasked, title, waiting }),
    }
  })
}

module.exports = { casesView, queueView, toneOf }
