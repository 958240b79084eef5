/** Pictures for the README, taken from the running system: `SIZHU_PICTURES=1 node --test tests/web/pictures.test.mjs`. */
import { mkdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { Phone } from './support/phone.mjs'
import { decidedCase, system, test } from './support/system.mjs'

const IMAGES = fileURLToPath(new URL('../../docs/images/', import.meta.url))
const wanted = process.env.SIZHU_PICTURES === '1'

if (wanted) pictures()

function pictures() {
  const here = system()

  test('home, the check before handing in, the result and the staff queue', async () => {
    mkdirSync(IMAGES, { recursive: true })
    const resident = await Phone.of(here, 'resident-61', { deviceScaleFactor: 1 })
    await resident.open('home')
    await picture(resident, 'home')
    await resident.applyFor(/^手动轮椅/)
    await picture(resident, 'check')
    const caseId = await decidedCase(here, 'resident-61')
    await resident.open(`case?id=${caseId}`)
    await picture(resident, 'result')
    await decidedCase(here, 'guardian')
    await decidedCase(here, 'resident-60')
    const village = await Phone.of(here, 'village-staff', { deviceScaleFactor: 1 })
    await village.open('staff-queue?level=village')
    await picture(village, 'queue', '孙*英 · 申请辅具：手动轮椅') // below the cases of the case study, which wait longer
  })
}

/** @param {Phone} phone @param {string} name @param {string} [from]  the heading to begin with; without it the top */
async function picture({ page }, name, from) {
  await page.evaluate((heading) => {
    /** @type {HTMLElement | null} */ (document.activeElement)?.blur()
    const top = document.querySelector('wx-page:not([hidden])')
    const headings = [...top?.querySelectorAll('[role=heading]') ?? []]
    const first = headings.find((element) => element.textContent === heading)
    if (heading && !first) throw new Error(`no heading ${heading}`)
    if (first) first.closest('[role=listitem]')?.scrollIntoView()
    else top?.scrollTo(0, 0)
  }, from)
  await page.screenshot({ path: `${IMAGES}miniprogram-${name}.png`, animations: 'disabled' })
}
