'use strict'

/** The parts without a database: days and ages, input, masks, households, texts. */

const assert = require('node:assert/strict')
const { describe, it } = require('node:test')

const API = '../../miniprogram_cloud/cloudfunctions/api'
const { addYears, ageOn, civilDay, daysBetween, isDay, ordinal } = require(`${API}/lib/calendar`)
const { Unreadable, deviceFacts, householdOn } = require(`${API}/lib/facts`)
const { id, optional, readInput, text, whole } = require(`${API}/lib/input`)
const { ageBand, personForStaff } = require(`${API}/lib/mask`)
const { lineOf, staffLineOf, yuan } = require(`${API}/lib/proposal`)
const { TEXTS, fill } = require(`${API}/lib/texts`)

describe('days and ages', () => {
  it('takes the day from Shanghai, not from UTC', () => {
    assert.equal(civilDay(new Date('2024-11-20T22:00:00Z')), '2024-11-21')
    assert.equal(civilDay(new Date('2024-11-20T15:59:59.999Z')), '2024-11-20')
  })

  it('knows days that exist from days that do not', () => {
    for (const day of ['2024-02-29', '1850-01-01']) assert.ok(isDay(day))
    for (const day of ['2023-02-29', '2023-13-01', '2023-1-1', '2023-01-01T00:00', '', null, 20230101])
      assert.ok(!isDay(day))
  })

  it('counts days as the rules library does', () => {
    assert.equal(ordinal('1970-01-01'), 719163)
    assert.equal(ordinal('2026-11-23'), 739943)
    assert.equal(daysBetween('2024-02-28', '2024-03-01'), 2)
  })

  it('agrees with the vectors of both conventions of 周岁', () => {
    const vectors = /** @type {[string, string, number, number][]} */ ([
      ['1963-11-20', '2023-11-19', 59, 59],
      ['1963-11-20', '2023-11-20', 59, 60],
      ['1963-11-20', '2023-11-21', 60, 60],
      ['1964-02-29', '2024-02-29', 59, 60],
      ['1964-02-29', '2024-03-01', 60, 60],
      ['1964-02-29', '2023-02-28', 58, 59],
      ['1964-02-29', '2023-03-01', 59, 59],
      ['2020-05-05', '2020-05-05', 0, 0],
    ])
    for (const [birth, day, dayAfter, birthday] of vectors) {
      assert.deepEqual(
        [ageOn(birth, day, 'day_after'), ageOn(birth, day, 'birthday')],
        [dayAfter, birthday],
        `${birth} ${day}`,
      )
    }
    assert.equal(ageOn('2020-05-05', '2020-05-04', 'day_after'), null)
  })

  it('ends a span of years with the month where there is no such day', () => {
    assert.equal(addYears('2024-02-29', 1), '2025-02-28')
    assert.equal(addYears('2024-02-29', 4), '2028-02-29')
    assert.equal(addYears('2022-09-05', 4), '2026-09-05')
  })
})

describe('input', () => {
  const schema = { note: optional(text(5)), caseId: id, v: whole(0, 9) }
  const good = { action: 'x', caseId: 'c_1', v: 1 }
  /** @param {any} note */
  const noteOf = (note) => readInput(schema, { ...good, note }).note

  it('cleans text: trims, drops controls and direction marks, counts characters and not code units', () => {
    assert.equal(noteOf('  好\u0000\u202e的\u200b  '), '好的')
    assert.equal(noteOf('一\r\n\n\n\n二'), '一\n\n二')
    assert.equal(noteOf('𠮷𠮷𠮷𠮷𠮷'), '𠮷𠮷𠮷𠮷𠮷')
    assert.throws(() => noteOf('𠮷𠮷𠮷𠮷𠮷𠮷'), { code: 'INVALID' })
    assert.throws(() => noteOf('x'.repeat(1e6)), { code: 'INVALID' })
  })

  it('reads empty text, null and absence alike', () => {
    for (const note of ['', '  ', '\u0000', null, undefined]) assert.equal(noteOf(note), undefined)
  })

  it('keeps what WeChat adds out of the action', () => {
    assert.deepEqual(readInput(schema, { ...good, userInfo: { openId: 'o' }, tcbContext: {} }), {
      caseId: 'c_1',
      v: 1,
    })
  })

  it('refuses keys from elsewhere, also inherited ones', () => {
    for (const extra of [{ other: 1 }, JSON.parse('{"__proto__": {"v": 1}}'), { constructor: 1 }]) {
      assert.throws(
        () => readInput(schema, { ...good, ...extra, ...Object.fromEntries(Object.entries(extra)) }),
        { code: 'INVALID' },
      )
    }
    assert.throws(() => readInput(schema, Object.create(good)), { code: 'INVALID' })
  })
})

describe('household', () => {
  const day = '2026-11-23'
  const verifiedAt = new Date(0)
  /** @param {string} status @param {string} validFrom @param {string | null} validTo @param {any} [rest] */
  const row = (status, validFrom, validTo, rest = { verifiedAt }) => ({ status, validFrom, validTo, ...rest })

  it('chooses the most favourable row in force, else the one that lapsed last', () => {
    const none = row('none', '2020-01-01', 'open_ended')
    const dibao = row('dibao', '2024-01-01', '2026-11-23')
    const lapsed = row('tekun', '2024-01-01', '2026-11-22')
    const later = row('dibao', '2027-01-01', 'open_ended')
    /** @param {any[]} rows */
    const chosen = (...rows) => householdOn(rows, day)?.status
    assert.equal(chosen(none, dibao, lapsed, later), 'dibao')
    assert.equal(chosen(none, lapsed, later), 'none')
    assert.equal(chosen(lapsed, row('dibian', '2020-01-01', '2026-01-01')), 'tekun')
    assert.equal(chosen(later), undefined)
    assert.equal(householdOn(undefined, day), null)
  })

  it('reads a row that nobody verified as pending, and an unknown end as unknown', () => {
    assert.deepEqual(householdOn([row('dibao', '2020-01-01', null, {})], day), {
      status: 'pending',
      validFrom: '2020-01-01',
      validTo: null,
    })
  })

  it('does not guess at a row that cannot be read', () => {
    for (const bad of [
      null,
      {},
      row('rich', '2020-01-01', null),
      row('dibao', '2020-02-30', null),
      row('dibao', '2020-01-01', 'never'),
    ]) {
      assert.throws(() => householdOn([bad], day), Unreadable)
    }
  })
})

describe('facts', () => {
  const submittedAt = new Date('2026-11-23T04:00:00Z')
  const application = { id: null, classCode: '1222', qty: 2, submittedAt }
  /** @param {any} [given] */
  const factsOf = (given) =>
    deviceFacts({ person: {}, household: null, listed: null, priors: [], application, ...given })

  it('leaves what is absent unknown, and says unlisted where the catalogue has no row', () => {
    const facts = factsOf()
    assert.deepEqual(
      [facts.birth_date, facts['household.status'], facts['certificate.status'], facts.price_fen],
      [null, null, null, null],
    )
    assert.deepEqual(
      [facts['device.allowed_categories'], facts.last_delivered_on, facts.open_same_class],
      ['unlisted', 'never', false],
    )
  })

  it('takes the price of all pieces: the quoted one, else that of the catalogue', () => {
    assert.equal(factsOf({ listed: { priceFen: 100 } }).price_fen, 200)
    assert.equal(
      factsOf({ listed: { priceFen: 100 }, application: { ...application, quoteFen: 0 } }).price_fen,
      0,
    )
  })

  it('counts an open application only where it came first, and leaves history unknown where a case cannot be read', () => {
    const prior = (/** @type {any} */ more) => ({
      _id: 'c_b',
      status: 'submitted',
      submittedAt: new Date(0),
      data: { classCode: '1222' },
      log: [],
      ...more,
    })
    const open = (/** @type {any} */ more, id = 'c_m') =>
      factsOf({ priors: [prior(more)], application: { ...application, id } }).open_same_class
    assert.equal(open({}), true)
    assert.equal(open({ submittedAt: new Date('2026-11-23T05:00:00Z') }), false)
    assert.equal(open({ submittedAt }), true)
    assert.equal(open({ submittedAt }, 'c_a'), false)
    assert.equal(open({}, 'c_b'), false)
    assert.equal(open({ data: { classCode: '1206' } }), false)
    assert.equal(open({ data: {} }), null)
    assert.equal(open({ status: 'closed' }), null)
  })

  it('does not guess at values that cannot be', () => {
    for (const given of [
      { person: { birthDate: '1999-13-01' } },
      { person: { certificate: { category: 8 } } },
      { person: { certificate: { status: 'fine' } } },
      { listed: { capFen: -1 } },
      { listed: { lifeYears: 'some' } },
      { listed: { allowedCategories: [] } },
      { listed: { priceFen: 1.5 } },
    ]) {
      assert.throws(() => factsOf(given), Unreadable, JSON.stringify(given))
    }
  })
})

describe('what staff see of a person', () => {
  it('shows a band for the age and never the birthday', () => {
    assert.equal(ageBand('2020-01-01', '2026-11-23'), '18岁以下')
    assert.equal(ageBand('1966-11-22', '2026-11-23'), '60到69岁')
    assert.equal(ageBand('1930-01-01', '2026-11-23'), '80岁以上')
    assert.equal(ageBand('someday', '2026-11-23'), '不详')
  })

  it('says 不详 where the register says nothing', () => {
    assert.deepEqual(personForStaff(null, '2026-11-23'), {
      nameMasked: '',
      ageBand: '不详',
      categoryText: '不详',
      gradeText: '不详',
      certificateStatus: '不详',
    })
  })
})

describe('texts', () => {
  /** @param {any} value @returns {string[]} */
  const strings = (value) => (typeof value === 'string' ? [value] : Object.values(value).flatMap(strings))
  const all = strings(TEXTS)

  it('keeps every sentence within 30 characters', () => {
    for (const line of all)
      for (const sentence of line.split(/(?<=[。！？])/))
        assert.ok(Array.from(sentence).length <= 30, sentence)
  })

  it('says 预计 on every line about what is paid', () => {
    for (const line of all.filter((one) => /自付|补贴|\{yuan\}/.test(one) && !/^还没有/.test(one)))
      assert.match(line, /预计/)
  })

  it('never uses the words that must not appear', () => {
    for (const word of ['残废', '弱智', '正常人', '残疾人士', '健全人'])
      assert.ok(!all.join('').includes(word), word)
  })

  it('writes fen as yuan with two decimals', () => {
    assert.deepEqual([0, 5, 49999, 60000, 123456789].map(yuan), [
      '0.00',
      '0.05',
      '499.99',
      '600.00',
      '1234567.89',
    ])
  })

  it('says one line for each proposal', () => {
    assert.equal(lineOf('eligible', { share: '0', personal_fen: 0 }), '预计免费')
    assert.equal(lineOf('eligible', { share: '0', personal_fen: 30000 }), '预计自付 300.00 元')
    assert.equal(lineOf('eligible', { share: '1/2' }), '预计自付一半')
    assert.equal(lineOf('needs_review', {}), '需要工作人员确认')
    assert.equal(lineOf('no such verdict', {}), '需要工作人员确认')
  })

  it('tells the staff how urgent works in a home are, as a span while something is unknown', () => {
    const ranked = (/** @type {number} */ least, /** @type {number} */ most) =>
      staffLineOf('needs_facts', { priority_least: least, priority_most: most })
    assert.equal(ranked(30, 60), '还要补充资料，优先参考分 30～60')
    assert.equal(ranked(0, 0), '还要补充资料，优先参考分 0')
    assert.equal(staffLineOf('eligible', { band: 'adult' }), '预计符合条件')
  })

  it('leaves a blank that nobody fills visible, and takes nothing from inside a value', () => {
    assert.equal(fill('{a}{b}', { a: '{b}' }), '{b}{b}')
  })
})
