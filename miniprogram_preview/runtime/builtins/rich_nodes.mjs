/** The tree of `<rich-text>`: a list of nodes or a piece of HTML, reduced to what WeChat renders. */

/** Trusted tags of WeChat's reference, without those that load or frame other documents. */
const TAGS = new Set((
  'a abbr address article aside b bdi bdo big blockquote br caption center cite code col colgroup dd del div dl dt em '
  + 'fieldset font footer h1 h2 h3 h4 h5 h6 header hr i ins label legend li mark nav ol p pre q rt ruby s section small span '
  + 'strong sub sup table tbody td tfoot th thead tr tt u ul'
).split(' '))
const ATTRIBUTES = ['class', 'colspan', 'rowspan', 'span', 'start', 'type', 'dir']

/** @typedef {{type?: 'node' | 'text', name?: string, text?: string, attrs?: Record<string, any>, children?: RichNode[]}} RichNode */

/** @param {string | RichNode[] | null} value @returns {Node[]} */
export function renderNodes(value) {
  if (typeof value === 'string') return [...new DOMParser().parseFromString(value, 'text/html').body.childNodes].flatMap(fromHtml)
  return Array.isArray(value) ? value.flatMap(fromNode) : []
}

/** @param {Node} node @returns {Node[]} */
function fromHtml(node) {
  if (node.nodeType === Node.TEXT_NODE) return [document.createTextNode(node.textContent ?? '')]
  if (!(node instanceof Element)) return []
  const attrs = Object.fromEntries([...node.attributes].map(({ name, value }) => [name, value]))
  return element(node.localName, attrs, [...node.childNodes].flatMap(fromHtml))
}

/** @param {RichNode} node @returns {Node[]} */
function fromNode({ type, name = '', text, attrs = {}, children = [] }) {
  if (type === 'text' || text !== undefined) return [document.createTextNode(text ?? '')]
  return element(name.toLowerCase(), attrs, children.flatMap(fromNode))
}

/** An element, or only its content where the tag is not trusted. @param {string} name @param {Record<string, any>} attrs @param {Node[]} children @returns {Node[]} */
function element(name, attrs, children) {
  if (!TAGS.has(name)) return /^(script|style|iframe|object|template)$/.test(name) ? [] : children
  const made = document.createElement(name)
  for (const key of ATTRIBUTES) if (attrs[key] !== undefined) made.setAttribute(key, String(attrs[key]))
  if (attrs.style) made.style.cssText = String(attrs.style)
  made.append(...children)
  return [made]
}
