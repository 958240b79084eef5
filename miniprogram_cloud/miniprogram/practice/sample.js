/**
 * The made-up people and devices of practice. Nobody here exists; every page says so.
 * The practice person is under 60, where everything is free: practice shows the way, it computes nothing.
 */
const VILLAGE = '练习村'
const FREE_LINES = ['预计免费。', '这是预计结果，由工作人员决定。']

const PERSON = { id: 'practice-person', nameMasked: '练*习', relation: 'self', villageName: VILLAGE }

/** @param {number} fen */
const freeOf = (fen) => ({
  verdict: 'eligible',
  share: '0',
  personalFen: 0,
  subsidyFen: fen,
  codes: ['AGE_BELOW_60', 'FREE'],
  lines: FREE_LINES,
  candidates: [],
})

/** @param {string} classCode @param {string} name @param {number} priceFen @param {number} lifeYears */
const device = (classCode, name, priceFen, lifeYears) => ({ classCode, name, priceFen, lifeYears, estimate: freeOf(priceFen) })

const ITEMS = [
  device('1222', '轮椅', 120000, 3),
  device('1203', '拐杖', 12000, 1),
  device('0912', '坐便椅', 26000, 4),
]

const WHY = [{ result: 'pass', text: '60周岁以下免费申请', source: '泗门镇的规定' }]

/** @param {string} day */
const decision = (day) => ({
  ...freeOf(0), subsidyFen: null, why: WHY, wouldChange: [], missing: [], decidedOn: day,
})

/**
 * What waits for the practice clerk.
 * @param {string} day
 */
const inbox = (day) => [
  staffCase('practice-1', '练*甲', '申请辅具：轮椅', day),
  staffCase('practice-2', '练*乙', '申请辅具：坐便椅', day),
]

/** @param {string} id @param {string} name @param {string} title @param {string} day */
function staffCase(id, name, title, day) {
  return {
    case: {
      ...head(id, name, title, day),
      v: 1,
      actedBy: 'self',
      log: [{ on: day, text: WORDS.steps.submitted }],
    },
    decision: decision(day),
    messages: [],
    askWhom: { villageName: VILLAGE },
    may: [],
    staffLines: ['预计免费，请核对资料后确认。'],
    person: {
      nameMasked: name, ageBand: '45到59岁', categoryText: '肢体残疾', gradeText: '二级', certificateStatus: '有效',
    },
    moves: [
      { to: 'village_ok', label: '同意，报镇残联', needs: ['papers'] },
      { to: 'returned', label: '退回补正', needs: ['reason'] },
      { to: 'rejected', label: '不通过', needs: ['reason'] },
    ],
  }
}

const WORDS = {
  submitted: '已提交，等待初审',
  withdrawn: '已撤回',
  steps: { submitted: '提交了申请。', withdrawn: '撤回了申请。', review: '请人再看一次。' },
  title: '申请辅具：{device}',
  place: `${VILLAGE}残协`,
  gone: { message: '练习里没有这一件。', fix: '请回首页再来。' },
}

/** What lists and single cases share. @param {string} id @param {string} name @param {string} title @param {string} day */
function head(id, name, title, day) {
  return {
    id,
    kind: 'device',
    title,
    personNameMasked: name,
    status: 'submitted',
    statusText: WORDS.submitted,
    submittedOn: day,
    where: WORDS.place,
  }
}

module.exports = { VILLAGE, PERSON, ITEMS, WORDS, freeOf, decision, head, inbox }
