/** The object `wx`. To add a function: catalogue/apis.mjs, then the file it names. */
import { APIS_BY_FILE } from '../../catalogue/apis.mjs'
import { audio } from './audio.mjs'
import { cloud } from './cloud.mjs'
import { dialogs } from './dialogs.mjs'
import { environment } from './environment.mjs'
import { phoneApis } from './phone.mjs'
import { routing } from './routing.mjs'
import { storage } from './storage.mjs'
import { strict } from './strict.mjs'

/** @type {Record<string, object>} */
const made = {
  'runtime/api/storage.mjs': storage,
  'runtime/api/routing.mjs': routing,
  'runtime/api/dialogs.mjs': dialogs,
  'runtime/api/cloud.mjs': { cloud },
  'runtime/api/environment.mjs': environment,
  'runtime/api/phone.mjs': phoneApis,
  'runtime/api/audio.mjs': audio,
}

export function createWx() {
  for (const [file, names] of Object.entries(APIS_BY_FILE)) {
    const listed = [...names].sort().join()
    const implemented = Object.keys(made[file] ?? {}).sort().join()
    if (listed !== implemented) throw new Error(`${file} implements ${implemented} but catalogue/apis.mjs lists ${listed}`)
  }
  return strict('wx', Object.assign({}, ...Object.values(made)))
}
