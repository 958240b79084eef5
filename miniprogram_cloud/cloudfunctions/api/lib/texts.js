'use strict'

/**
 * Every sentence that this cloud function says to people, in one place. Plain words, at most 30
 * characters a sentence, 残障朋友 always, 预计 on every amount. Sentences with reasons come with the
 * rules (`rules/*.json`) and are not repeated here.
 */

const TEXTS = {
  errors: {
    UNKNOWN_USER: { message: '您还没有登记。', fix: '请联系村（社区）残协登记。' },
    FORBIDDEN: { message: '您不能办理这件事。', fix: '请联系村（社区）残协。' },
    NOT_FOUND: { message: '没有找到。', fix: '请返回后刷新再试。' },
    INVALID: { message: '提交的内容有误。', fix: '请检查后再试。' },
    CONFLICT: { message: '内容刚刚有变化。', fix: '请刷新后再试。' },
    STATE: { message: '现在不能这样办理。', fix: '请刷新查看最新进度。' },
    BUSY: { message: '系统忙，没有办成。', fix: '请稍后再试。' },
  },

  /** What is wrong with one field of the input. */
  fields: {
    personId: { message: '请选择为谁申请。', fix: '请返回重新选择。' },
    classCode: { message: '请选择一种辅具。', fix: '请返回重新选择。' },
    qty: { message: '数量要在1到10之间。', fix: '请改一下数量。' },
    quoteFen: { message: '价格不对。', fix: '请填写正确的价格。' },
    need: { message: '说明最多200个字。', fix: '请写短一些。' },
    note: { message: '内容最多200个字。', fix: '请写短一些。' },
    clientKey: { message: '提交没有成功。', fix: '请返回后重新提交。' },
    supplier: { message: '供应商最多60个字。', fix: '请写短一些。' },
    employer: { message: '单位名称最多60个字。', fix: '请写短一些。' },
    dueOn: { message: '办好的日期不对。', fix: '请重新选日期。' },
    documentNo: { message: '文号最多40个字。', fix: '请写短一些。' },
    documentOn: { message: '文件的日期不对。', fix: '请重新选日期。' },
    firstDayOn: { message: '上班的日期不对。', fix: '请重新选日期。' },
    stars: { message: '请选一到五颗星。', fix: '请重新选。' },
    caseId: { message: '没有找到这件申请。', fix: '请返回后刷新再试。' },
  },

  failures: {
    unlisted: { message: '目录里没有这种辅具。', fix: '请联系村（社区）残协。' },
    noReason: { message: '请写明原因。', fix: '写清楚要补什么、为什么。' },
    noPapers: { message: '请先核对证件。', fix: '核对后再同意。' },
    noQuote: { message: '还没有核定价格和自付金额。', fix: '等系统算出结果后再同意。' },
    sameLogin: { message: '村里初审的人不能再审核。', fix: '请换一位工作人员办理。' },
    ownCase: { message: '不能办理自己或家人的申请。', fix: '请换一位工作人员办理。' },
    appealed: { message: '申诉只能提出一次。', fix: '请联系镇残联。' },
    appealReason: { message: '请写明申诉的理由。', fix: '写清楚哪里不对。' },
    noSupplier: { message: '请写明由谁供货或施工。', fix: '写上供应商或施工队。' },
    noEmployer: { message: '请写明用人单位。', fix: '写上单位名称。' },
    noDueDate: { message: '请选择哪天以前办好。', fix: '日期不能早于今天。' },
    noDocument: { message: '请登记市残联的文件。', fix: '写上文号和日期，不晚于今天。' },
    noReceipt: { message: '还没有签收。', fix: '请本人签字、按手印或拍照。' },
    noParties: { message: '还没有三方验收。', fix: '残联、申请人、施工方都要签字。' },
    noFirstDay: { message: '请填写第一天上班的日期。', fix: '上班以后再登记，不晚于今天。' },
    noFeedback: { message: '请选几颗星，或写一句话。', fix: '填好以后再提交。' },
    ownPost: { message: '不能审核自己写的内容。', fix: '请换一位工作人员办理。' },
    sameReviewer: { message: '申诉要由另一位工作人员办理。', fix: '请换一位工作人员办理。' },
  },

  /** Names of kinds, as titles begin. */
  kinds: {
    device: '申请辅具',
    retrofit: '申请无障碍改造',
    job: '申请就业支持',
    wish: '微心愿',
    help: '求助',
    donation: '捐赠意愿',
    intent: '帮扶意向',
    service: '帮扶记录',
  },
  kindOther: '事项',

  /** Where a case stands, for the person it is about. */
  statuses: {
    draft: '草稿，还没有提交',
    submitted: '已提交，等待初审',
    village_ok: '初审通过，等待镇里审核',
    town_ok: '镇里审核通过，等待批准',
    city_ok: '市里已同意，等待批准',
    approved: '已批准，等待办理',
    doing: '正在办理',
    delivered: '已送达，请您确认',
    feedback: '已收到您的反馈',
    closed: '已办结',
    returned: '已退回，请您补正',
    rejected: '没有通过',
    withdrawn: '已撤回',
  },
  statusOther: '办理中',
  statusDead: '需要工作人员处理',

  /** Who has it now. */
  places: {
    village: '{village}残协',
    town: '镇残联',
    city: '市残联',
    person: '等您办理',
    none: '已结束',
  },

  /** One line of a case's history, by the status it reached. */
  steps: {
    submitted: '提交了申请。',
    resubmitted: '补正后重新提交。',
    appealed: '提出了申诉。',
    notReceived: '说没有收到，重新办理。',
    village_ok: '村（社区）残协初审通过。',
    town_ok: '镇残联审核通过。',
    city_ok: '市残联同意。',
    approved: '申请已批准。',
    doing: '开始办理。',
    delivered: '已经送达。',
    feedback: '收到了反馈。',
    closed: '已办结。',
    returned: '退回补正。',
    rejected: '没有通过。',
    withdrawn: '撤回了申请。',
  },
  stepOther: '有了新的进展。',
  reason: '原因：{note}',
  notePrefix: '备注：{note}',

  /** In-app messages about a step of the staff. */
  messages: {
    village_ok: { title: '申请初审通过', line: '现在由镇残联审核。' },
    town_ok: { title: '申请审核通过', line: '现在等待批准。' },
    approved: { title: '申请已批准', line: '工作人员会联系您。' },
    returned: { title: '申请需要补正', line: '请按原因补正后再提交。' },
    city_ok: { title: '市残联已同意', line: '现在等待批准。' },
    doing: { title: '申请开始办理', line: '办好以后，会请您确认。' },
    delivered: { title: '已经送达', line: '请打开申请，说说收到没有。' },
    closed: { title: '申请已办结', line: '谢谢您。' },
    rejected: { title: '申请没有通过', line: '有疑问请联系村（社区）残协。' },
  },

  /** One line that says what a rule proposes. */
  outcome: {
    free: '预计免费',
    pays: '预计自付 {yuan} 元',
    half: '预计自付一半',
    eligible: '预计符合条件',
    not_eligible: '预计不符合条件',
    needs_facts: '还要补充资料',
    needs_review: '需要工作人员确认',
    ranked: '{line}，优先参考分 {points}',
    waiting: '正在核算',
    unreadable: '资料需要工作人员核对。',
  },

  /** Why, before submitting, by the reason codes of the rule. */
  codes: {
    AGE_BELOW_60: '按年龄免费。',
    NOT_DIBAO_DIBIAN: '家庭不是低保、低边。',
    DIBAO: '低保家庭免费。',
    DIBIAN: '低边家庭免费。',
    EXT_TEKUN: '特困家庭免费。',
    BOUNDARY_60: '正好在年龄线上，由工作人员定。',
    AGE_CONVENTION_UNCONFIRMED: '周岁从哪天算起，要请人定。',
    BIRTH_DATE_IMPLAUSIBLE: '出生日期好像不对，请核对。',
    ZHICHU: '支出型困难怎么算，由镇里定。',
    STATUS_PENDING: '家庭困难身份还在核对。',
    STATUS_EXPIRED: '家庭困难身份过了有效期。',
    HOLD: '复核以前，先不收钱。',
    CATEGORY_MISMATCH: '这种辅具通常用于别的残疾类别。',
    NOT_IN_CATALOGUE: '目录里还没有这种辅具。',
    CERT_EXPIRED: '残疾人证过期了，请先换证。',
    CERT_LOST: '残疾人证已挂失，请先补证。',
    CERT_CANCELLED: '残疾人证显示已注销，请来核对。',
    CERT_MOVED: '残疾人证显示已迁出，请来核对。',
    IN_SERVICE_LIFE: '同类辅具还在使用年限内。',
    OPEN_DUPLICATE: '同类辅具已有一件在办。',
    OVER_CAP: '价格超过限额，超出部分要商量。',
    PRICE_UNKNOWN: '价格还没定，金额以后再算。',
    NO_RULE_IN_FORCE: '现在还没有这条规定。',
  },

  /** What staff may do next. */
  moves: {
    village_ok: '同意，报镇残联',
    town_ok: '审核通过',
    city_ok: '登记市残联意见',
    approved: '批准',
    returned: '退回补正',
    rejected: '不通过',
    doing: '开始办理',
    delivered: '已送达',
    feedback: '登记反馈',
    closed: '办结',
  },

  /** What a person can do for a better answer, by the change that the rule names. */
  changes: {
    renew_status: '身份续期后，可以重新算。',
    renew_certificate: '换证以后，可以重新算。',
    submit_by: '在{to}以前提交更有利。',
    submit_after_life: '{to}起再申请，预计可以领。',
  },
  changeOther: '{fact}有变化时，可以重新算。',

  /** The source of a clause that the town itself wrote. */
  townRule: '镇残联的规定',

  /** Facts in plain words, where a rule has no word of its own. */
  facts: {
    birth_date: '出生日期',
    submitted_on: '提交日期',
    'household.status': '家庭经济情况',
    'household.valid_to': '低保等证明的有效期',
    'certificate.category': '残疾类别',
    'certificate.components': '多重残疾的各项类别',
    'certificate.grade': '残疾等级',
    'certificate.status': '残疾人证的状态',
    'certificate.valid_to': '残疾人证的有效期',
    'device.class_code': '辅具种类',
    'device.life_years': '辅具使用年限',
    'device.allowed_categories': '辅具适用类别',
    'device.cap_fen': '辅具限价',
    'device.qty': '数量',
    price_fen: '价格',
    last_delivered_on: '上次领取的日期',
    open_same_class: '是否有同类申请在办',
    'household.monitored': '家庭是不是防返贫监测对象',
    'household.staff_marked': '工作人员是否标为困难',
    'household.open_or_done': '家里是否在改造或改造过',
    'household.disabled_members': '家里有几位残障朋友',
    'household.elderly_carer': '是不是由老人照顾',
    'house.owned': '房子是不是自家的',
    'house.owner_consent': '房主同不同意改造',
    items: '想改造什么',
    sex: '性别',
    former_post: '以前的岗位',
    'wish.kind': '心愿是物品还是服务',
    'wish.value_fen': '心愿物品的价钱',
    'wish.asks_cash': '心愿是不是要钱',
    'wish.names_brand': '心愿是不是指定牌子',
    'wish.shows_private': '心愿里有没有隐私',
    open_wish: '是否有心愿在办',
  },
  factOther: '其他资料',

  certificate: {
    categories: ['视力', '听力', '言语', '肢体', '智力', '精神', '多重'],
    grades: ['一级', '二级', '三级', '四级'],
    statuses: {
      valid: '有效',
      expired: '已过期',
      lost: '已挂失',
      cancelled: '已注销',
      deceased: '已注销',
      moved: '已迁出',
    },
    unknown: '不详',
    disability: '{category}残疾',
  },
  ages: { below: '{to}岁以下', from: '{from}到{to}岁', above: '{from}岁以上', unknown: '不详' },
}

/**
 * Fill the blanks of a sentence.
 * @param {string} sentence
 * @param {Record<string, string | number>} blanks
 */
const fill = (sentence, blanks) =>
  sentence.replace(/\{(\w+)\}/g, (whole, name) => (name in blanks ? String(blanks[name]) : whole))

/**
 * A word from a table, or another where the table has none.
 * @param {Record<string, string>} table
 * @param {unknown} key
 * @param {string} other
 */
const wordOf = (table, key, other) =>
  typeof key === 'string' && Object.prototype.hasOwnProperty.call(table, key) ? table[key] : other

module.exports = { TEXTS, fill, wordOf }
