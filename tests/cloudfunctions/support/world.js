'use strict'

/**
 * A little town in which scenarios happen, on the twin in memory or, where SIZHU_EMULATOR_URL is set,
 * on the official SDK against the emulator. Every world has villages, people and classes of its own,
 * so that worlds do not meet in one database.
 */

const { randomBytes, randomInt } = require('node:crypto')

const { createApi } = require('../../../miniprogram_cloud/cloudfunctions/api/lib/api')
const { createTwin } = require('./twin')

/** @typedef {Record<string, any>} Doc */

const EMULATOR = process.env.SIZHU_EMULATOR_URL

/** Noon of a day in Shanghai. @param {string} day */
const noon = (day) => new Date(`${day}T04:00:00Z`)

const TODAY = '2026-11-23'

/** The official SDK, pointed at the emulator as the cloud points it at itself. */
function officialSdk() {
  Object.assign(process.env, {
    TCB_CONTEXT_CNFG: JSON.stringify({ URL: `${EMULATOR}/admin` }),
    TCB_ENV: process.env.TCB_ENV ?? 'local',
    SCF_NAMESPACE: process.env.SCF_NAMESPACE ?? 'local',
    TENCENTCLOUD_RUNENV: 'SCF',
    TENCENTCLOUD_REGION: 'local',
    TENCENTCLOUD_SECRETID: 'emulator',
    TENCENTCLOUD_SECRETKEY: 'emulator',
    TENCENTCLOUD_SESSIONTOKEN: 'emulator',
    WX_CONTEXT_KEYS: 'WX_OPENID',
  })
  const sdk = require('wx-server-sdk')
  sdk.init({ env: /** @type {any} */ (sdk.DYNAMIC_CURRENT_ENV) })
  return sdk
}

const BACKENDS = [
  { name: 'twin', skip: false, create: createTwin },
  {
    name: 'official SDK on the emulator',
    skip: EMULATOR ? false : 'SIZHU_EMULATOR_URL is not set: start an emulator and set it',
    create: officialSdk,
  },
]

/** @param {{ create: () => any }} backend */
async function openWorld(backend) {
  const cloud = backend.create()
  const tag = randomBytes(5).toString('hex')
  const lines = /** @type {string[]} */ ([])
  let now = noon(TODAY)
  let openid = ''
  let serial = 0
  const identified = {
    database: () => cloud.database(),
    getWXContext: () => ({ ...(openid && { OPENID: openid }) }),
  }
  const main = createApi({ cloud: identified, clock: () => now, write: (line) => lines.push(line) })
  const db = cloud.database()
  const id = (/** @type {string} */ kind) => `${kind}_${tag}_${(serial += 1)}`
  const digits = () => String(randomInt(1e5)).padStart(5, '0')
  // Worlds of several processes share one database: a code that another one took is drawn anew.
  const claim = async (/** @type {string} */ collection, /** @type {string} */ head, /** @type {Doc} */ doc) => {
    for (let left = 20; ; left -= 1) {
      try {
        return await world.add(collection, { _id: `${head}${digits()}`, ...doc })
      } catch (error) {
        if (!left || !/E11000/.test(String(error))) throw error
      }
    }
  }

  /** @type {any} */
  const world = {
    tag,
    lines,
    id,
    /** The classes of this world's catalogue. */
    classes: {},
    villages: {},

    /** @param {string} collection @param {Doc} doc */
    async add(collection, doc) {
      const { _id } = await db.collection(collection).add({ data: doc })
      return _id
    },

    /** @param {string} collection @param {Doc} condition @returns {Promise<Doc[]>} */
    async read(collection, condition) {
      return (await db.collection(collection).where(condition).limit(1000).get()).data
    },

    /** @param {string} collection @param {string} docId @param {Doc} data */
    async change(collection, docId, data) {
      await db.collection(collection).where({ _id: docId }).update({ data })
    },

    /** The SDK's commands. */
    command: db.command,

    /** Move the clock to noon of a day. @param {string} day */
    goTo(day) {
      now = noon(day)
    },

    /**
     * One call by somebody; '' is a call that does not come from a phone.
     * @param {{ openid: string } | string} who @param {string} action @param {Doc} [input] @returns {Promise<any>}
     */
    call(who, action, input = {}) {
      openid = typeof who === 'string' ? who : who.openid
      const answer = main({ action, userInfo: { appId: 'wx0', openId: 'x' }, ...input })
      openid = ''
      return answer
    },

    /**
     * A call that must succeed; gives its data.
     * @param {{ openid: string }} who
     * @param {string} action
     * @param {Doc} [input]
     */
    async must(who, action, input) {
      const answer = await world.call(who, action, input)
      if (!answer.ok) throw new Error(`${action}: ${JSON.stringify(answer.error)}`)
      return answer.data
    },

    /** An account with roles. @param {Doc[]} roles */
    async user(...roles) {
      const openidOfUser = `o${tag}${(serial += 1)}`
      const userId = await world.add('users', {
        _id: id('u'),
        openid: openidOfUser,
        roles: roles.map((role) => ({ ...role, grantedBy: 'setup', at: now })),
        _v: 1,
      })
      return { openid: openidOfUser, userId }
    },

    /** A resident with a household. @param {Doc} [given] */
    async person({
      birthDate = '1965-05-05',
      category = 4,
      statuses = [],
      villageId = world.villages.home,
      ...rest
    } = {}) {
      const householdId = await world.add('households', { _id: id('h'), villageId, statuses, _v: 1 })
      return world.add('persons', {
        _id: id('p'),
        birthDate,
        villageId,
        householdId,
        state: 'active',
        nameMasked: '王*英',
        _v: 1,
        certificate: {
          category,
          components: [{ category, grade: 3 }],
          grade: 3,
          status: 'valid',
          validTo: '2030-12-31',
        },
        ...rest,
      })
    },

    /** A resident with an account of one's own. @param {Doc} [given] */
    async resident(given) {
      const personId = await world.person(given)
      return { personId, ...(await world.user({ role: 'resident', personId })) }
    },

    /** A guardian of a person. @param {string} personId @param {Doc} [term] */
    async guardian(personId, term = {}) {
      const user = await world.user({ role: 'guardian', personId })
      await world.add('guardianships', {
        _id: id('g'),
        personId,
        guardianUserId: user.userId,
        relation: '父',
        validFrom: '2020-01-01',
        validTo: 'open_ended',
        ...term,
      })
      return user
    },

    /** Staff of a village. @param {string} [villageId] */
    villageStaff: (villageId = world.villages.home) =>
      world.user({ role: 'village_staff', villageId, post: 'chair' }),
    townStaff: () => world.user({ role: 'town_staff', post: 'clerk' }),

    /** Submit an application for a wheelchair. @param {any} who @param {Doc} [input] */
    submit: (who, input) =>
      world.must(who, 'device.submit', {
        personId: who.personId,
        classCode: world.classes.chair,
        qty: 1,
        clientKey: `key_${id('k')}`,
        ...input,
      }),

    /**
     * Bring a decided application to `approved`; gives its version.
     * @param {string} caseId
     */
    async approve(caseId) {
      await world.decide(caseId, 1)
      const town = await world.townStaff()
      const first = { caseId, v: 2, to: 'village_ok', papersChecked: true }
      await world.must(await world.villageStaff(), 'staff.move', first)
      await world.must(town, 'staff.move', { caseId, v: 3, to: 'town_ok' })
      return (await world.must(town, 'staff.move', { caseId, v: 4, to: 'approved' })).v
    },

    /**
     * What the worker would write about a case.
     * @param {string} caseId
     * @param {number} rev
     * @param {Doc} [decision]
     */
    async decide(caseId, rev, decision) {
      const [{ createdBy }] = await world.read('cases', { _id: caseId })
      await world.add('decisions', {
        _id: `dec:${caseId}:${rev}`,
        caseId,
        rev,
        kind: 'device',
        decidedAt: now,
        proj: 'done',
        decision: { ...DECISION, ...decision },
      })
      await world.add('messages', {
        _id: `msg:dec:${caseId}:${rev}:${createdBy}`,
        userId: createdBy,
        kind: 'decision',
        caseId,
        title: '辅具申请有了初步结果',
        lines: ['预计自付600元。'],
        at: now,
      })
      await world.change('cases', caseId, { sync: 'done', _v: db.command.inc(1) })
    },
  }

  world.villages = {
    home: await claim('villages', '3302819', { name: '甲村', kind: 'village' }),
    other: await claim('villages', '3302819', { name: '乙村', kind: 'village' }),
  }
  const row = { capFen: 120000, priceFen: 120000, lifeYears: 4 }
  world.classes = {
    chair: await claim('device_catalogue', '9', { name: '手动轮椅', ...row, allowedCategories: [4] }),
    aid: await claim('device_catalogue', '8', { name: '助听器', ...row, allowedCategories: [2, 3] }),
  }
  return world
}

/** A decision of schema 1, with the secrets that only some may read. */
const DECISION = {
  schema: 1,
  rule: 'device',
  verdict: 'eligible',
  adverse: true,
  outcome: { share: '1/2', personal_fen: 60000, subsidy_fen: 60000 },
  candidates: [],
  codes: ['AGE_60_PLUS', 'HALF'],
  clauses: [
    {
      id: 'device.share.over_60_half',
      result: 'pass',
      facts: { age: 61 },
      quote: '60周岁以上付一半',
      source: 'seed',
    },
    {
      id: 'device.share.under_60_free',
      result: 'fail',
      facts: { age: 61 },
      quote: '60周岁以下免费',
      source: 'seed',
    },
    {
      id: 'device.entitlement.in_order',
      result: 'pass',
      facts: {},
      quote: '需求相应辅具',
      source: '浙江的做法',
    },
    {
      id: 'device.entitlement.holder_living',
      result: 'pass',
      facts: {},
      quote: '已故的，由工作人员核对',
      source: 'seed',
    },
    { id: 'device.entitlement.one_open', result: 'unknown', facts: {}, quote: '没看的一条', source: 'seed' },
  ],
  missing: [],
  reads: { birth_date: '1965-05-05', 'household.status': 'none' },
  would_change: [
    { fact: 'submitted_on', by: 'submit_by', to: '2026-12-01', verdict: 'eligible', outcome: { share: '0' } },
  ],
  text: { resident: ['预计自付600元。'], staff: ['STAFF-ONLY'], audit: ['AUDIT-ONLY'] },
}

const NONE = [
  {
    status: 'none',
    validFrom: '2020-01-01',
    validTo: 'open_ended',
    verifiedAt: noon('2026-01-05'),
    source: '入户',
  },
]
const DIBAO = [{ ...NONE[0], status: 'dibao' }]

/** Ask for world after world: one `describe` per backend, skipped with its reason. */
module.exports = { BACKENDS, DIBAO, NONE, TODAY, noon, openWorld }
