/** What the staff's page asks for a step, without a browser. */
import assert from 'node:assert/strict'
import { createRequire } from 'node:module'
import { test } from 'node:test'

const require = createRequire(import.meta.url)
const { asksOf, brought, canAsk, entryLines, isComplete, judged } = require('../../miniprogram_cloud/miniprogram/views/asks')
const { dayTyped } = require('../../miniprogram_cloud/miniprogram/views/day')
const { staffView } = require('../../miniprogram_cloud/miniprogram/views/staff')
const { NEEDS } = require('../../miniprogram_cloud/cloudfunctions/api/lib/needs')

test('a step that needs what the page cannot ask for is not shown', () => {
  const moves = [['papers'], [], ['stars_or_note'], ['reason', 'visitor']].map((needs, n) => ({ to: `to-${n}`, label: '办', needs }))
  const answer = { case: { id: 'c', v: 1, log: [] }, decision: null, messages: [], askWhom: null, may: [], moves }
  assert.deepEqual(staffView(/** @type {any} */ (answer)).moves.map((/** @type {any} */ move) => move.to), ['to-0', 'to-1'])
})

test('what the page asks for has the names that the cloud reads', () => {
  for (const [name, need] of Object.entries(NEEDS).filter(([, { asks }]) => asks)) {
    if (!canAsk([name])) assert.equal(name, 'stars_or_note')
    else if (name !== 'reason') assert.deepEqual(Object.keys(brought(asksOf([name]))), need.asks)
  }
})

test('one thing that is missing is said at a time, in the order of the page', () => {
  let asks = asksOf(['receipt', 'due_date', 'supplier'])
  /** @returns {string[]} */
  const errors = () => [...judged(asks).ticks, ...judged(asks).entries].map(({ error }) => error).filter(Boolean)
  assert.deepEqual(errors(), ['请本人签收以后，再打勾。'])
  asks = { ...asks, ticks: [{ ...asks.ticks[0], on: true }] }
  assert.deepEqual(errors(), ['请填写日期，比如 2026-12-31。'])
  const [due, supplier] = asks.entries
  asks = { ...asks, entries: [{ ...due, value: '2026年12月1日' }, { ...supplier, value: ' 甲辅具店 ' }] }
  assert.deepEqual([errors(), isComplete(asks)], [[], true])
  assert.deepEqual(brought(asks), { receiptSigned: true, dueOn: '2026-12-01', supplier: '甲辅具店' })
  assert.deepEqual(entryLines(asks), ['哪天以前办好：2026-12-01', '供应商或施工队：甲辅具店'])
})

test('a day is read as people type it, and only if it exists', () => {
  for (const typed of ['2026-12-01', '2026-12-1', '2026.12.1', '2026/12/01', '2026年12月1日', ' ２０２６-１２-０１ ']) {
    assert.equal(dayTyped(typed), '2026-12-01', typed)
  }
  for (const typed of ['', '明天', '2026-02-30', '2026-13-01', '26-12-01', '2026-12', '20261201', '2026-0-10']) {
    assert.equal(dayTyped(typed), '', typed)
  }
})
