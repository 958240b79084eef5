/**
 * Rules on one WXML file that neither the official compiler nor WeChat enforces in time: what it would
 * drop without a word on the phone is an error here, with its place.
 *
 * @typedef {import('./wxml.mjs').Tag} Tag
 * @typedef {import('./wxml.mjs').Attribute} Attribute
 *
 * @typedef {object} Interface   what a component's script offers to templates; null: not to be told from outside
 * @property {Set<string> | null} properties
 * @property {Set<string> | null} methods
 *
 * @typedef {object} TemplateFile
 * @property {string} path                 `pages/home/home.wxml`
 * @property {Tag} root
 * @property {'page' | 'component' | 'part'} kind   a part is included or imported by others
 * @property {Record<string, string>} using         tag → path of the component
 * @property {Interface} own
 * @property {(path: string) => Interface} interfaceOf
 * @property {Set<string>} templates       names that `<template is>` may use here
 */
import { ARIA } from '../catalogue/aria.mjs'
import { BUILTINS, COMMON_EVENTS, COMPILED_TAGS, camel, dashed } from '../catalogue/builtins.mjs'
import { hint } from './problems.mjs'
import { attributeOf, eventOf, tagsOf } from './wxml.mjs'

const LOGIC = ['wx:if', 'wx:elif', 'wx:else', 'wx:for', 'wx:for-item', 'wx:for-index', 'wx:key']
const COMMON = ['id', 'class', 'style', 'slot', 'hidden']
const WHOLE_NUMBER = /^\s*(\{\{)?\s*\d+\s*(\}\})?\s*$/

/**
 * @param {TemplateFile} file
 * @param {import('./problems.mjs').Problems} problems
 */
export function lintWxml(file, problems) {
  const say = (/** @type {{line: number, column: number}} */ place, /** @type {string} */ message) => problems.add(file.path, place, message)
  let first = true
  for (const tag of tagsOf(file.root)) {
    loop(tag, say)
    if (tag.name === 'page-meta') {
      if (file.kind !== 'page') say(tag.place, 'page-meta belongs into a page')
      else if (!first) say(tag.place, 'page-meta must be the first node of the page, else WeChat ignores it')
    }
    first = false
    if (tag.name in COMPILED_TAGS) compiled(tag, file, say)
    else if (tag.name in BUILTINS && !(tag.name in file.using)) builtin(tag, file, say)
    else if (tag.name in file.using) custom(tag, file, say)
    else {
      const known = [...Object.keys(BUILTINS), ...Object.keys(file.using)]
      say(tag.place, `unknown component <${tag.name}>${hint(tag.name, known)}: declare it in usingComponents, or add it to the preview (runtime/builtins, catalogue/builtins.mjs)`)
    }
  }
}

/** @typedef {(place: {line: number, column: number}, message: string) => void} Say */

/** @param {Tag} tag @param {Say} say */
function loop(tag, say) {
  const list = attributeOf(tag, 'wx:for')
  if (!list) return
  const key = attributeOf(tag, 'wx:key')
  const index = attributeOf(tag, 'wx:for-index')?.value ?? 'index'
  if (WHOLE_NUMBER.test(list.value ?? '')) {
    say(list.place, 'wx:for over a literal number differs between WeChat and glass-easel; loop over an array')
  }
  if (!key) say(list.place, 'wx:for without wx:key; name a unique property of the items, or *this')
  else if (key.value === index || key.value === 'index' || /\{\{/.test(key.value ?? '')) {
    say(key.place, `wx:key="${key.value}" is not a property of the items; name a unique one, or *this`)
  }
}

/** Attributes every element may have. @param {Attribute} attribute @param {Say} say @returns {boolean} handled */
function common(attribute, say) {
  const { name, place } = attribute
  if (name.startsWith('aria-')) {
    if (!ARIA.includes(name.slice(5))) say(place, `unknown attribute ${name}${hint(name, ARIA.map((known) => `aria-${known}`))}: WeChat drops it`)
    return true
  }
  if (name.startsWith('wx:')) {
    if (!LOGIC.includes(name)) say(place, `unknown attribute ${name}${hint(name, LOGIC)}`)
    return true
  }
  if (name.startsWith('data-') && /[A-Z]/.test(name)) {
    say(place, `${name}: WeChat lowers the capitals of data attributes; write dashes`)
  }
  return COMMON.includes(name) || /^(data-|mark:)./.test(name)
}

/** @param {Tag} tag @param {TemplateFile} file @param {Say} say */
function compiled(tag, file, say) {
  /** @type {readonly string[]} */
  const allowed = /** @type {Record<string, readonly string[]>} */ (COMPILED_TAGS)[tag.name]
  for (const attribute of tag.attributes) {
    const { name, value, place } = attribute
    if (allowed.includes(name)) {
      if (tag.name === 'template' && name === 'is' && value && !value.includes('{{') && !file.templates.has(value)) {
        say(place, `no template named "${value}" in this file or its imports${hint(value, file.templates)}`)
      }
    } else if (!common(attribute, say) && !eventOf(name)) say(place, `unknown attribute ${name} of <${tag.name}>`)
  }
}

/** @param {Tag} tag @param {TemplateFile} file @param {Say} say */
function builtin(tag, file, say) {
  const known = BUILTINS[tag.name]
  const properties = [...known.properties, ...known.ignored]
  const events = [...COMMON_EVENTS, ...known.events]
  for (const attribute of tag.attributes) {
    const { name, value, place } = attribute
    if (common(attribute, say)) continue
    const event = eventOf(name)
    if (event !== undefined) {
      if (!events.includes(event)) say(place, `<${tag.name}> has no event "${event}" in the preview${hint(event, events)}`)
      handler(attribute, file, say)
      continue
    }
    const property = dashed(name.replace(/^model:/, ''))
    if (!properties.includes(property)) say(place, `unknown attribute ${name} of <${tag.name}>${hint(property, properties)}`)
    const values = known.values[property]
    if (values && value !== null && value !== '' && !value.includes('{{') && !values.includes(value)) {
      say(place, `${name}="${value}" of <${tag.name}> is not one of ${values.join(', ')}`)
    }
    if (property === 'src' && /^(https?:)?\/\//.test(value ?? '')) say(place, `${value}: pictures come from the package or from cloud:// only`)
  }
  if (known.empty && tag.children.some((child) => child.kind === 'tag' || child.value.trim())) {
    say(tag.place, `<${tag.name}> cannot have content`)
  }
}

/** @param {Tag} tag @param {TemplateFile} file @param {Say} say */
function custom(tag, file, say) {
  const { properties } = file.interfaceOf(file.using[tag.name])
  for (const attribute of tag.attributes) {
    const { name, place } = attribute
    // what only built-ins have by nature must be a property of a component of one's own
    const natural = name === 'hidden' || name.startsWith('aria-')
    if (natural && properties && !properties.has(camel(name))) {
      say(place, `component <${tag.name}> has no property "${camel(name)}"; set ${name} on an element inside it, or around it`)
      continue
    }
    if (common(attribute, say)) continue
    if (eventOf(name) !== undefined && !properties?.has(name)) {
      handler(attribute, file, say)
      continue
    }
    const property = name.replace(/^model:/, '')
    const offered = properties && new Set([...properties].map(dashed))
    if (offered && !offered.has(dashed(property))) {
      say(place, `component <${tag.name}> has no property or external class "${property}"${hint(dashed(property), offered)}`)
    }
  }
}

/** @param {Attribute} attribute @param {TemplateFile} file @param {Say} say */
function handler({ value, place }, file, say) {
  const { methods } = file.own
  if (!value || value.includes('{{') || !methods || methods.has(value)) return
  say(place, `no method "${value}" in the script of this file${hint(value, methods)}`)
}
