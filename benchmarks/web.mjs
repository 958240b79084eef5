/**
 * How long a warm cloud function takes to answer, and how long a page takes to be shown.
 *
 * `node benchmarks/web.mjs` starts the whole system as `sizhu demo-web` does. The first is one HTTP round trip to
 * the emulator, function and database included; the second is measured in Chromium, from the request for a page to
 * its first picture (as `window.preview.shown` has it) and on to its answers being on the page.
 */
import { Phone } from '../tests/web/support/phone.mjs'
import { stops } from '../tests/web/support/audit.mjs'
import { data, decidedCase, missing, move, openBrowser, start } from '../tests/web/support/system.mjs'

const CALLS = 100
const ROUNDS = 3

/** @param {number[]} numbers @param {number} share */
function quantile(numbers, share) {
  const sorted = [...numbers].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))]
}

/** @param {string} what @param {number[]} ms */
function print(what, ms) {
  console.log(`${what}: median ${quantile(ms, 0.5).toFixed(1)} ms, 95 % ${quantile(ms, 0.95).toFixed(1)} ms, n = ${ms.length}`)
}

/** @param {{emulator: string}} here */
async function answers(here) {
  const ms = []
  for (let n = -5; n < CALLS; n += 1) {
    const began = performance.now()
    await data(here, 'resident-61', 'me.home')
    if (n >= 0) ms.push(performance.now() - began)
  }
  return ms
}

/** @param {import('../tests/web/support/system.mjs').System} here */
async function pages(here) {
  const open = await decidedCase(here, 'resident-61')
  const returned = await decidedCase(here, 'resident-61', { classCode: '1206' })
  await move(here, 'village-staff', returned, { to: 'returned', note: '请补交残疾人证复印件。' })
  const names = /** @type {const} */ (['resident-61', 'village-staff', 'town-staff'])
  const [resident, village, town] = await Promise.all(names.map((one) => Phone.of(here, one)))
  const phones = { resident, village, town }
  await resident.applyFor(/^电动轮椅/)
  /** @type {Map<string, number[]>} */
  const first = new Map()
  /** @type {number[]} */
  const filled = []
  for (const phone of Object.values(phones)) await phone.open('home')
  for (let round = 0; round < ROUNDS; round += 1) {
    const once = new Map(stops({ open, returned, done: open, brought: open }).map((stop) => [stop.page, stop]))
    for (const { who, page } of once.values()) {
      if (page.includes('nobody')) continue
      const { page: browser } = phones[who ?? 'resident']
      const [name, query] = page.split('?')
      const took = await browser.evaluate(async (url) => {
        const began = performance.now()
        window.wx.reLaunch({ url })
        const route = url.slice(1).split('?')[0]
        const ready = () => {
          const top = document.querySelector('wx-page:not([hidden])')
          return window.getCurrentPages().at(-1)?.route === route && top?.querySelector('[role=heading]') && !top.textContent?.includes('正在打开')
        }
        do await new Promise(requestAnimationFrame)
        while (!ready())
        await new Promise((done) => setTimeout(done)) // the picture is taken
        const ms = performance.now() - began
        while (!window.preview.shown.at(-1).ms) await new Promise((done) => setTimeout(done))
        return { ms, shown: window.preview.shown.at(-1).ms }
      }, `/pages/${name}/${name}${query ? `?${query}` : ''}`)
      first.set(name, [...(first.get(name) ?? []), took.shown])
      filled.push(took.ms)
    }
  }
  return { first, filled }
}

const reason = missing()
if (reason) throw new Error(reason)
const [running, browser] = await Promise.all([start(), openBrowser()])
try {
  const here = { ...running, browser }
  print('warm function answer (me.home)', await answers(here))
  const { first, filled } = await pages(here)
  print('page shown', [...first.values()].flat())
  print('page with its answers', filled)
  for (const [name, ms] of first) console.log(`  ${name}: ${quantile(ms, 0.5).toFixed(1)} ms`)
} finally {
  await browser.close()
  await running.stop()
}
