/**
 * A reader of WXML that remembers where everything stands.
 *
 * The official compiler decides what is valid; this reader only gives the rules of `wxml_lint.mjs` and
 * `wxml_names.mjs` a tree with places, which the compiler does not hand out.
 *
 * @typedef {{line: number, column: number}} Place
 * @typedef {{name: string, value: string | null, place: Place}} Attribute
 * @typedef {{kind: 'text', value: string, place: Place, parent: Tag}} Text
 * @typedef {{kind: 'tag', name: string, attributes: Attribute[], children: (Tag | Text)[], place: Place, parent: Tag | null}} Tag
 */
import { placeOf } from './problems.mjs'

const NAME = /[^\s/>=]+/y
const SPACE = /\s*/y

/**
 * @param {string} text
 * @returns {Tag}  a nameless root
 */
export function parseWxml(text) {
  /** @type {Tag} */
  const root = { kind: 'tag', name: '', attributes: [], children: [], place: { line: 1, column: 1 }, parent: null }
  let open = root
  let at = 0

  /** @param {RegExp} pattern */
  const take = (pattern) => {
    pattern.lastIndex = at
    const found = pattern.exec(text)?.[0] ?? ''
    at += found.length
    return found
  }
  /** @param {string} mark  skip behind the next mark; returns what stood before it */
  const until = (mark) => {
    const end = text.indexOf(mark, at)
    const found = text.slice(at, end < 0 ? text.length : end)
    at = end < 0 ? text.length : end + mark.length
    return found
  }

  /** @returns {Attribute} */
  const attribute = () => {
    const place = placeOf(text, at)
    const name = take(NAME)
    if (text[at] !== '=') return { name, value: null, place }
    at += 1
    const quote = text[at]
    if (quote !== '"' && quote !== "'") return { name, value: take(NAME), place }
    at += 1
    return { name, value: until(quote), place }
  }

  const startTag = () => {
    /** @type {Tag} */
    const tag = { kind: 'tag', name: '', attributes: [], children: [], place: placeOf(text, at), parent: open }
    at += 1
    tag.name = take(NAME)
    open.children.push(tag)
    for (take(SPACE); at < text.length && text[at] !== '>' && text[at] !== '/'; take(SPACE)) {
      const before = at
      tag.attributes.push(attribute())
      if (at === before) at += 1
    }
    const closed = text[at] === '/'
    until('>')
    if (closed) return
    if (tag.name === 'wxs') until('</wxs>')
    else open = tag
  }

  const endTag = () => {
    at += 2
    const name = take(NAME)
    until('>')
    for (let tag = open; tag.parent; tag = tag.parent) {
      if (tag.name !== name) continue
      open = tag.parent
      return
    }
  }

  const plain = () => {
    const start = at
    while (at < text.length && text[at] !== '<') {
      if (text.startsWith('{{', at)) until('}}')
      else at += 1
    }
    if (at === start) at += 1
    open.children.push({ kind: 'text', value: text.slice(start, at), place: placeOf(text, start), parent: open })
  }

  while (at < text.length) {
    if (text.startsWith('<!--', at)) until('-->')
    else if (text.startsWith('</', at)) endTag()
    else if (text[at] === '<' && /[A-Za-z]/.test(text[at + 1] ?? '')) startTag()
    else plain()
  }
  return root
}

/**
 * All tags below one, in the order of the file.
 * @param {Tag} tag
 * @returns {Generator<Tag>}
 */
export function* tagsOf(tag) {
  for (const child of tag.children) {
    if (child.kind !== 'tag') continue
    yield child
    yield* tagsOf(child)
  }
}

/** @param {Tag} tag @param {string} name @returns {Attribute | undefined} */
export const attributeOf = (tag, name) => tag.attributes.find((attribute) => attribute.name === name)

/**
 * The event of an attribute such as `bindtap`, `catch:tap`, `capture-bind:tap`, or nothing.
 * @param {string} name
 */
export const eventOf = (name) => /^(?:capture-bind:|capture-catch:|mut-bind:|bind:|catch:|mut-bind|bind|catch)([^:]+)$/.exec(name)?.[1]
