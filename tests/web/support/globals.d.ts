/** What the preview and axe put on `window`; tests reach for it through the browser. */
interface Window {
  wx: any
  preview: any
  getCurrentPages: () => any[]
  axe: any
}
