/** All built-in components. To add one: catalogue/builtins.mjs, then here. */
import { BUILTINS } from '../../catalogue/builtins.mjs'
import { choices } from './choices.mjs'
import { content } from './content.mjs'
import { fields } from './fields.mjs'
import { movement } from './movement.mjs'
import { picker } from './picker.mjs'

/** @type {Record<string, any>} */
export const builtins = { ...content, ...fields, ...choices, ...picker, ...movement }

for (const name of Object.keys(BUILTINS)) {
  if (!(name in builtins)) throw new Error(`<${name}> is in catalogue/builtins.mjs but not in runtime/builtins`)
}
