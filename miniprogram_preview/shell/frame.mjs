/** The frame around the phone: who uses it, how large WeChat's text is, whether the network works. */

/** @typedef {{id: string, label: string}} Identity */

const $ = (/** @type {string} */ selector) => /** @type {any} */ (document.querySelector(selector))
const SIZES = [[14, '小'], [16, '标准'], [18, '大'], [20, '更大'], [23.8, '关怀模式'], [28, '很大'], [32, '两倍']]

/** @type {Identity[]} */
const identities = await (await fetch('/_preview/identities')).json()
$('#identity').append(...identities.map(({ id, label }) => new Option(label, id)))
$('#font').append(...SIZES.map(([px, name]) => new Option(`${name}（${px} px）`, String(px), px === 16, px === 16)))

const asked = new URLSearchParams(location.search).get('as')
if (asked) $('#identity').value = asked

/** The object `preview` of the phone, once it runs. @returns {any} */
const preview = () => $('#phone').contentWindow?.preview

/** @param {string} hash */
function open(hash) {
  const query = new URLSearchParams({ as: $('#identity').value, font: $('#font').value, network: $('#network').value })
  $('#phone').src = `/phone?${query}${hash}`
  $('#alone').href = `/phone?${query}${hash}`
}

function follow() {
  const phone = $('#phone').contentWindow
  history.replaceState(null, '', phone.location.hash || location.pathname)
  $('#alone').hash = phone.location.hash
  const { shown, calls, problems } = preview()
  const slow = calls.filter((/** @type {any} */ call) => call.name === 'cloud.callFunction' && call.ms !== undefined).at(-1)
  setTimeout(() => {
    const last = shown.at(-1)
    $('#status').textContent = [
      last && `页面 ${last.route}，${Math.round(last.ms)} 毫秒`,
      slow && `云函数 ${slow.args.name}，${Math.round(slow.ms)} 毫秒`,
      problems.length && `${problems.length} 个问题`,
    ].filter(Boolean).join('；')
  }, 200)
}

$('#phone').addEventListener('load', () => {
  if (!preview()) return // the list of problems stands there instead
  preview().addEventListener('page', follow)
  follow()
})
$('#identity').addEventListener('change', () => open(''))
$('#font').addEventListener('change', () => preview()?.setFontSize(Number($('#font').value)))
$('#network').addEventListener('change', () => preview()?.setNetwork($('#network').value))
open(location.hash)
