/** The questions of an application as their pages show them. */
const texts = require('../texts')
const { yuan } = require('./money')
const { brief } = require('./outcome')
const { fill } = require('./words')

const t = texts.apply

/** The questions in their order; the first falls away for who acts for one person only. */
const QUESTIONS = ['who', 'device', 'need', 'check']

/** @param {string} question @param {number} people  this user can apply for */
function stepText(question, people) {
  const asked = people > 1 ? QUESTIONS : QUESTIONS.slice(1)
  const now = asked.indexOf(question) + 1
  return { text: fill(t.step, { now, all: asked.length }), now, all: asked.length }
}

/**
 * @param {import('../services/api').Person[]} persons
 * @param {string | null} chosen
 */
function personChoices(persons, chosen) {
  return persons.map(({ id, nameMasked, relation, villageName }) => ({
    id,
    name: fill(texts.people.both, { name: nameMasked, relation: texts.people[relation] }),
    detail: villageName ? [villageName] : [],
    mark: id === chosen ? t.chosen : '',
  }))
}

/**
 * @param {{classCode: string, name: string, lifeYears: number | string | null, priceFen: number | null, estimate: *}[]} items
 * @param {string} chosen
 */
function deviceChoices(items, chosen) {
  return items.map(({ classCode, name, lifeYears, priceFen, estimate }) => ({
    classCode,
    name,
    priceFen,
    detail: [
      typeof priceFen === 'number' ? fill(t.device.price, { price: yuan(priceFen) }) : t.device.noPrice,
      typeof lifeYears === 'number' ? fill(t.device.life, { years: lifeYears }) : '',
      brief(estimate),
    ].filter(Boolean),
    mark: classCode === chosen ? t.chosen : '',
  }))
}

/**
 * What was answered, each with the page to change it on.
 * @param {import('../services/draft').Draft} draft
 */
function answers(draft) {
  const { people, personName, deviceName, qty, quoteFen, need } = draft
  const quote = quoteFen === null ? '' : `${yuan(quoteFen)} 元`
  return [
    { key: 'who', label: t.check.who, value: personName, page: people > 1 ? '/pages/apply-who/apply-who' : '' },
    { key: 'device', label: t.check.device, value: deviceName, page: '/pages/apply-device/apply-device' },
    { key: 'qty', label: t.check.qty, value: fill(t.need.count, { n: qty }), page: '/pages/apply-need/apply-need' },
    ...(quote ? [{ key: 'quote', label: t.check.quote, value: quote, page: '/pages/apply-need/apply-need' }] : []),
    { key: 'need', label: t.check.need, value: need || t.check.noNeed, page: '/pages/apply-need/apply-need' },
  ].map((row) => ({ ...row, name: fill(t.check.changeName, { what: row.label }) }))
}

module.exports = { stepText, personChoices, deviceChoices, answers }
