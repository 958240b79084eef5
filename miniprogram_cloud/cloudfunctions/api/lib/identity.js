'use strict'

/**
 * Who calls: the OPENID that WeChat itself puts beside the event, and the account it belongs to.
 * Nothing in the event can say who somebody is.
 *
 * @typedef {'resident' | 'guardian' | 'volunteer' | 'village_staff' | 'town_staff'} RoleName
 *
 * @typedef {object} Role
 * @property {RoleName} role
 * @property {string} [villageId]
 * @property {string} [personId]
 *
 * @typedef {object} Account
 * @property {string} id
 * @property {Role[]} roles  those not revoked
 */

/** @type {readonly RoleName[]} */
const ROLES = ['resident', 'guardian', 'volunteer', 'village_staff', 'town_staff']
/** Names under which older rows hold a role. @type {Record<string, RoleName>} */
const FORMER_NAMES = { pwd: 'resident' }

/**
 * The caller's OPENID, or '' for a call that does not come from a phone (HTTP, timer).
 *
 * Must run before the first `await`: the SDK reads the environment of the process. It also turns
 * what looks like a number into one; a number too large to be exact is nobody's name.
 * @param {any} cloud
 */
function openidOf(cloud) {
  const { OPENID } = cloud.getWXContext()
  if (typeof OPENID === 'number') return Number.isSafeInteger(OPENID) ? String(OPENID) : ''
  return typeof OPENID === 'string' ? OPENID : ''
}

/**
 * @param {import('./store').Store} store
 * @param {string} openid
 * @returns {Promise<Account | null>}
 */
async function accountOf(store, openid) {
  const user = await store.first('users', { openid: store.command.eq(openid) }, ['roles'])
  if (!user) return null
  return { id: user._id, roles: liveRoles(user.roles) }
}

/** @param {unknown} rows @returns {Role[]} */
function liveRoles(rows) {
  if (!Array.isArray(rows)) return []
  return rows
    .filter((row) => row && !row.revokedAt)
    .map((row) => ({ ...row, role: FORMER_NAMES[row.role] || row.role }))
    .filter((row) => ROLES.includes(row.role))
    .map(({ role, villageId, personId }) => ({
      role,
      ...(isId(villageId) && { villageId }),
      ...(isId(personId) && { personId }),
    }))
}

/** @param {unknown} value */
const isId = (value) => typeof value === 'string' && value !== ''

/** @param {Account} account @param {RoleName} role */
const hasRole = (account, role) => account.roles.some((row) => row.role === role)

/** The villages for which somebody works. @param {Account} account @returns {string[]} */
function villagesServed(account) {
  return account.roles
    .filter(({ role, villageId }) => role === 'village_staff' && villageId)
    .map(({ villageId }) => /** @type {string} */ (villageId))
}

module.exports = { openidOf, accountOf, hasRole, villagesServed }
