/**
 * Every thing that can be tapped or filled in says what it is (role) and what it is called (name).
 *
 * A name comes from `aria-label`, `aria-labelledby`, the text inside, or a `<label>`. WeChat's own
 * screen-reader support needs the same; the browser's accessibility tree would hide some of the gaps,
 * because the preview builds it from real buttons and inputs.
 *
 * @typedef {import('./wxml.mjs').Tag} Tag
 */
import { BUILTINS } from '../catalogue/builtins.mjs'
import { ID_REFERENCES, OPERABLE_ROLES } from '../catalogue/aria.mjs'
import { attributeOf, eventOf, tagsOf } from './wxml.mjs'

/** Built-ins that bring their role along on the phone. */
const ROLE_INCLUDED = ['button', 'input', 'textarea', 'checkbox', 'radio', 'switch', 'slider', 'navigator', 'label', 'progress']

/**
 * @param {import('./wxml_lint.mjs').TemplateFile} file
 * @param {import('./problems.mjs').Problems} problems
 */
export function lintNames(file, problems) {
  const labelled = new Set([...tagsOf(file.root)].filter((tag) => tag.name === 'label').map((tag) => attributeOf(tag, 'for')?.value))
  for (const tag of tagsOf(file.root)) {
    if (!(tag.name in BUILTINS)) continue
    const say = (/** @type {string} */ message) => problems.add(file.path, tag.place, message)
    const role = attributeOf(tag, 'aria-role')?.value
    const taps = tag.attributes.some(({ name, value }) => eventOf(name) === 'tap' && value !== null && value !== '')
    const operated = (taps && !ROLE_INCLUDED.includes(tag.name)) || tag.name === 'picker'
    if (operated) {
      if (!role) say(`<${tag.name}> can be tapped but has no aria-role; write aria-role="button", or what else it is`)
      else if (!role.includes('{{') && !OPERABLE_ROLES.includes(role)) say(`<${tag.name}> can be tapped but aria-role="${role}" is nothing one operates; use button or link`)
    }
    if ((operated || BUILTINS[tag.name].named || OPERABLE_ROLES.includes(role ?? '')) && !hasName(tag, labelled)) {
      say(`<${tag.name}> has no name for screen readers; add aria-label${BUILTINS[tag.name].empty ? ' or put it into a <label>' : ' or text inside'}`)
    }
  }
}

/**
 * Ids that attributes refer to stand in the same file; a reference into the void says nothing to anybody.
 * @param {import('./wxml_lint.mjs').TemplateFile} file
 * @param {import('./problems.mjs').Problems} problems
 */
export function lintReferences(file, problems) {
  const tags = [...tagsOf(file.root)]
  const ids = new Set(tags.map((tag) => attributeOf(tag, 'id')?.value).filter(Boolean))
  const open = tags.some(({ name }) => name === 'include' || name === 'template') || [...ids].some((id) => id?.includes('{{'))
  if (open || file.kind === 'part') return
  const names = ID_REFERENCES.map((name) => `aria-${name}`)
  for (const tag of tags) {
    for (const { name, value, place } of tag.attributes) {
      if (!value || value.includes('{{') || !(names.includes(name) || (tag.name === 'label' && name === 'for'))) continue
      for (const id of value.trim().split(/\s+/)) {
        if (!ids.has(id)) problems.add(file.path, place, `${name} refers to "${id}", but nothing in this file has that id`)
      }
    }
  }
}

/** @param {Tag} tag @param {Set<string | null | undefined>} labelled */
function hasName(tag, labelled) {
  if (attributeOf(tag, 'aria-label')?.value || attributeOf(tag, 'aria-labelledby')?.value) return true
  const id = attributeOf(tag, 'id')?.value
  if (id && labelled.has(id)) return true
  if (speaks(tag)) return true
  if (tag.name in BUILTINS && ['input', 'textarea', 'checkbox', 'radio', 'switch', 'slider', 'picker'].includes(tag.name)) {
    for (let parent = tag.parent; parent; parent = parent.parent) {
      if (parent.name === 'label' && speaks(parent)) return true
    }
  }
  return false
}

/** Whether anything inside is read out; what a component or slot brings along is taken on trust. @param {Tag} tag @returns {boolean} */
function speaks(tag) {
  return tag.children.some((child) => {
    if (child.kind === 'text') return child.value.trim() !== ''
    if (attributeOf(child, 'aria-hidden')?.value === 'true') return false
    if (attributeOf(child, 'aria-label')?.value) return true
    if (child.name === 'slot' || child.name === 'template' || child.name === 'include') return true
    return child.name === 'rich-text' || !(child.name in BUILTINS || child.name === 'block') || speaks(child)
  })
}
