'use strict'

/**
 * Note that somebody of the staff opened what concerns a person; fails the call where it cannot be
 * noted: nobody looks unseen.
 * @param {import('./api').Call} call
 * @param {{ action: string, item: import('./store').Doc }} opened
 */
async function newAccess({ store, account, now, newId }, { action, item }) {
  await store.add('access_log', {
    _id: newId('acc'),
    userId: account.id,
    action,
    villageId: item.villageId,
    personId: item.personId || null,
    caseId: item._id,
    at: now,
  })
}

module.exports = { newAccess }
