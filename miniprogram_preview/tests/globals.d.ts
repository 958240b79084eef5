/** What the preview puts on `window` of the phone; tests reach for it through the browser. */
interface Window {
  wx: any
  preview: any
  getApp: () => any
  getCurrentPages: () => any[]
  axe: any
}
