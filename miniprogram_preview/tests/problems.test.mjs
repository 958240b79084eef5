/** Every mistake the build knows ends in a line `file:line:column: message`, and a sound program in none. */
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { after, test } from 'node:test'
import { build } from '../build/build.mjs'
import { compileOfficially } from '../build/official.mjs'
import { format } from '../build/problems.mjs'
import { FIXTURE } from './helpers.mjs'

const SOUND = {
  'app.json': '{\n  "pages": ["pages/a/a", "pages/b/b"],\n  "window": { "navigationBarTitleText": "题" }\n}',
  'app.js': 'App({})\n',
  'pages/a/a.json': '{ "usingComponents": { "x-c": "/components/c/c" } }',
  'pages/a/a.js': 'Page({ data: { list: [] }, tapped() {} })\n',
  'pages/a/a.wxml': '<view>{{list.length}}</view>\n<x-c size="2" bind:done="tapped" />\n',
  'pages/a/a.wxss': '.a { color: red; }\n',
  'pages/b/b.json': '{}',
  'pages/b/b.js': 'Page({})\n',
  'pages/b/b.wxml': '<view>b</view>\n',
  'components/c/c.json': '{ "component": true }',
  'components/c/c.js': 'Component({ properties: { size: Number } })\n',
  'components/c/c.wxml': '<view>{{size}}</view>\n',
}
const scratch = mkdtempSync(join(tmpdir(), 'preview-'))
after(() => rmSync(scratch, { recursive: true }))

/** @param {Record<string, string | null>} changed  null: the file is missing @returns {string} the folder */
function program(changed) {
  const folder = mkdtempSync(join(scratch, 'p-'))
  for (const [path, text] of Object.entries({ ...SOUND, ...changed })) {
    if (text === null) continue
    mkdirSync(join(folder, dirname(path)), { recursive: true })
    writeFileSync(join(folder, path), text)
  }
  return folder
}

/** @param {Record<string, string | null>} changed */
const linesOf = async (changed) => (await build(program(changed))).problems.map(format)

test('the sound programs have no problem', async () => {
  assert.deepEqual(await linesOf({}), [])
  const { problems, pages, components, code } = await build(FIXTURE)
  assert.deepEqual(problems.map(format), [])
  assert.deepEqual([pages, components], [9, 4])
  assert.ok(code.length > 100_000)
})

/** What is wrong, the changed files, and how the one line about it begins. @type {[string, Record<string, string | null>, string][]} */
const MISTAKES = [
  ['unknown tag', { 'pages/a/a.wxml': '<view>a</view>\n<vew>b</vew>\n' }, 'pages/a/a.wxml:2:1: unknown component <vew> (did you mean view?)'],
  ['unknown aria attribute', { 'pages/a/a.wxml': '<view\n  aria-labl="x">a</view>' }, 'pages/a/a.wxml:2:3: unknown attribute aria-labl (did you mean aria-label?)'],
  ['unknown attribute of a built-in', { 'pages/a/a.wxml': '<view foo="1">a</view>' }, 'pages/a/a.wxml:1:7: unknown attribute foo of <view>'],
  ['unknown value of a built-in', { 'pages/a/a.wxml': '<picker mode="week" aria-role="button" aria-label="周">x</picker>' }, 'pages/a/a.wxml:1:9: mode="week" of <picker> is not one of selector'],
  ['unknown event of a built-in', { 'pages/a/a.wxml': '<input aria-label="x" bindinptu="tapped" />' }, 'pages/a/a.wxml:1:23: <input> has no event "inptu" in the preview (did you mean input?)'],
  ['long press', { 'pages/a/a.wxml': '<view bindlongpress="tapped">a</view>' }, 'pages/a/a.wxml:1:7: <view> has no event "longpress"'],
  ['unknown property of a component', { 'pages/a/a.wxml': '<x-c sise="2" />' }, 'pages/a/a.wxml:1:6: component <x-c> has no property or external class "sise" (did you mean size?)'],
  ['accessibility attribute on a component', { 'pages/a/a.wxml': '<x-c aria-label="x" />' }, 'pages/a/a.wxml:1:6: component <x-c> has no property "ariaLabel"; set aria-label on an element inside'],
  ['handler that does not exist', { 'pages/a/a.wxml': '<button bindtap="taped">x</button>' }, 'pages/a/a.wxml:1:9: no method "taped" in the script of this file (did you mean tapped?)'],
  ['unknown wx: attribute', { 'pages/a/a.wxml': '<view wx:fi="{{list}}">a</view>' }, 'pages/a/a.wxml:1:7: unknown attribute wx:fi (did you mean wx:if?)'],
  ['warning of the official compiler', { 'pages/a/a.wxml': '<view>a</view>\n<view class="a" class="b">c</view>' }, 'pages/a/a.wxml:2:17: template compiler: duplicated attribute'],
  ['unclosed tag', { 'pages/a/a.wxml': '<view>\n<view>a</view>' }, 'pages/a/a.wxml:1:2: template compiler: missing end tag'],
  ['broken expression', { 'pages/a/a.wxml': '<view>{{ a + }}</view>' }, 'pages/a/a.wxml:1:14: template compiler: unexpected character'],
  ['wx:for without key', { 'pages/a/a.wxml': '<view wx:for="{{list}}">a</view>' }, 'pages/a/a.wxml:1:7: wx:for without wx:key'],
  ['wx:key="index"', { 'pages/a/a.wxml': '<view wx:for="{{list}}" wx:key="index">a</view>' }, 'pages/a/a.wxml:1:25: wx:key="index" is not a property'],
  ['the loop\'s own index as key', { 'pages/a/a.wxml': '<view wx:for="{{list}}" wx:for-index="i" wx:key="i">a</view>' }, 'pages/a/a.wxml:1:42: wx:key="i" is not a property'],
  ['wx:for over a number', { 'pages/a/a.wxml': '<view wx:for="{{3}}" wx:key="*this">a</view>' }, 'pages/a/a.wxml:1:7: wx:for over a literal number'],
  ['page-meta not first', { 'pages/a/a.wxml': '<view>a</view>\n<page-meta root-font-size="system" />' }, 'pages/a/a.wxml:2:1: page-meta must be the first node'],
  ['page-meta in a component', { 'components/c/c.wxml': '<page-meta root-font-size="system" />' }, 'components/c/c.wxml:1:1: page-meta belongs into a page'],
  ['tappable view without role', { 'pages/a/a.wxml': '<view bindtap="tapped">a</view>' }, 'pages/a/a.wxml:1:1: <view> can be tapped but has no aria-role'],
  ['tappable view with a role nobody operates', { 'pages/a/a.wxml': '<view bindtap="tapped" aria-role="heading">a</view>' }, 'pages/a/a.wxml:1:1: <view> can be tapped but aria-role="heading"'],
  ['tappable view without name', { 'pages/a/a.wxml': '<view catch:tap="tapped" aria-role="button"><view class="a" /></view>' }, 'pages/a/a.wxml:1:1: <view> has no name'],
  ['picker without role', { 'pages/a/a.wxml': '<picker range="{{list}}">选</picker>' }, 'pages/a/a.wxml:1:1: <picker> can be tapped but has no aria-role'],
  ['input without name', { 'pages/a/a.wxml': '<view>姓名</view><input />' }, 'pages/a/a.wxml:1:16: <input> has no name'],
  ['button without name', { 'pages/a/a.wxml': '<button><image src="/x.png" /></button>' }, 'pages/a/a.wxml:1:1: <button> has no name'],
  ['reference to an id that is not there', { 'pages/a/a.wxml': '<view id="b">b</view><input aria-labelledby="b c" />' }, 'pages/a/a.wxml:1:29: aria-labelledby refers to "c"'],
  ['content in an empty element', { 'pages/a/a.wxml': '<input aria-label="x">text</input>' }, 'pages/a/a.wxml:1:1: <input> cannot have content'],
  ['picture from elsewhere', { 'pages/a/a.wxml': '<image src="https://example.org/a.png" />' }, 'pages/a/a.wxml:1:8: https://example.org/a.png: pictures come from the package'],
  ['unknown template', { 'pages/a/a.wxml': '<template is="entry" />' }, 'pages/a/a.wxml:1:11: no template named "entry"'],
  ['missing include', { 'pages/a/a.wxml': '<include src="./part.wxml" />' }, 'pages/a/a.wxml:1:10: pages/a/part.wxml does not exist'],
  ['modern syntax in WXS', { 'pages/a/a.wxml': '<wxs module="m" src="./m.wxs" />', 'pages/a/m.wxs': 'var a = 1\nconst b = 2' }, 'pages/a/m.wxs:2:1: The keyword'],
  ['template nobody uses', { 'pages/a/old.wxml': '<view>a</view>' }, 'pages/a/old.wxml:1:1: nobody uses this file'],
  ['unknown API', { 'pages/a/a.js': 'Page({\n  onLoad() { wx.showTost({}) },\n  tapped() {},\n})' }, 'pages/a/a.js:2:17: wx.showTost is not in the preview (did you mean showToast?)'],
  ['unknown API in brackets', { 'pages/a/a.js': "Page({ tapped() { wx['foo']() } })" }, 'pages/a/a.js:1:22: wx.foo is not in the preview'],
  ['unknown API by destructuring', { 'pages/a/a.js': 'const { login, request } = wx\nPage({ tapped() {} })' }, 'pages/a/a.js:1:16: wx.request is not in the preview'],
  ['the database from a phone', { 'pages/a/a.js': 'Page({ tapped() { wx.cloud.database() } })' }, 'pages/a/a.js:1:28: wx.cloud.database is not in the preview'],
  ['a browser\'s name', { 'pages/a/a.js': 'Page({ tapped() { document.title = "" } })' }, 'pages/a/a.js:1:19: document does not exist in a mini-program'],
  ['code made at run time', { 'pages/a/a.js': 'Page({ tapped() { new Function("") } })' }, 'pages/a/a.js:1:19: new Function'],
  ['syntax error', { 'pages/a/a.js': 'Page({\n  tapped( {},\n})' }, 'pages/a/a.js:3:'],
  ['missing module', { 'pages/a/a.js': "const x = require('../../utils/x')\nPage({ tapped() { x() } })" }, 'pages/a/a.js:1:19: module "../../utils/x" does not exist'],
  ['package', { 'pages/a/a.js': "require('postcss')\nPage({ tapped() {} })" }, 'pages/a/a.js:1:9: "postcss": packages are not available'],
  ['JSON as module', { 'pages/a/a.js': "require('./a.json')\nPage({ tapped() {} })" }, 'pages/a/a.js:1:9: "./a.json": WeChat cannot require JSON'],
  ['page that does not exist', { 'pages/a/a.js': "Page({ tapped() { wx.navigateTo({ url: '/pages/c/c?x=1' }) } })" }, 'pages/a/a.js:1:40: wx.navigateTo to "pages/c/c", which is not a page'],
  ['page by a template text', { 'pages/a/a.js': 'Page({ tapped(e) { wx.navigateTo({ url: `/pages/c/c?x=${e}` }) } })' }, 'pages/a/a.js:1:41: wx.navigateTo to "pages/c/c"'],
  ['tab that is none', { 'pages/a/a.js': "Page({ tapped() { wx.switchTab({ url: '/pages/b/b' }) } })" }, 'pages/a/a.js:1:39: wx.switchTab cannot open "pages/b/b"'],
  ['undeclared plugin', { 'pages/a/a.js': "const s = requirePlugin('WechatSI')\nPage({ tapped() { s } })" }, 'pages/a/a.js:1:11: plugin "WechatSI" is not declared'],
  ['broken style', { 'pages/a/a.wxss': '.a {\n  color: red;\n' }, 'pages/a/a.wxss:1:1: Unclosed block'],
  ['missing style', { 'pages/a/a.wxss': "@import './b.wxss';" }, 'pages/a/a.wxss:1:1: @import of "pages/a/b.wxss", which does not exist'],
  ['unknown tag in a style', { 'pages/a/a.wxss': '.a {}\ndiv { color: red; }' }, 'pages/a/a.wxss:2:1: unknown tag "div"'],
  ['tag selector in a component', { 'components/c/c.wxss': 'view { color: red; }' }, 'components/c/c.wxss:1:1: "view": a component may select by class only'],
  ['file in a style', { 'pages/a/a.wxss': '.a {\n  background: url(/a.png);\n}' }, 'pages/a/a.wxss:2:3: url(/a.png): WXSS cannot load files'],
  ['missing page', { 'pages/b/b.wxml': null }, 'app.json:2:26: page "pages/b/b" is missing: no file pages/b/b.wxml'],
  ['missing component', { 'pages/a/a.json': '{\n  "usingComponents": { "x-c": "/components/d/d" }\n}' }, 'pages/a/a.json:2:31: component "components/d/d" is missing'],
  ['broken JSON', { 'pages/b/b.json': '{\n  "a": 1,\n}' }, 'pages/b/b.json:3:1: not valid JSON'],
  ['unknown setting', { 'pages/b/b.json': '{\n  "navigationBarTitelText": "x"\n}' }, 'pages/b/b.json:2:3: setting "navigationBarTitelText" is not known to the preview (did you mean navigationBarTitleText?)'],
  ['unknown setting of the program', { 'app.json': '{ "pages": ["pages/a/a", "pages/b/b"],\n "window": { "navigationBarTitleText": "题", "navigationStyle": "custom" } }' }, 'app.json:2:45: window setting "navigationStyle"'],
  ['page without title', { 'app.json': '{ "pages": ["pages/b/b"] }', 'pages/a/a.wxml': null }, 'pages/b/b.json:1:1: the page has no title'],
  ['subpackage without pages', { 'app.json': '{ "pages": ["pages/a/a", "pages/b/b"], "window": { "navigationBarTitleText": "题" },\n "subPackages": [{ "root": "more" }] }' }, 'app.json:2:2: every subpackage needs "root"'],
  ['missing app.json', { 'app.json': null, 'pages/a/a.wxml': null, 'pages/b/b.wxml': null, 'components/c/c.wxml': null }, 'app.json:1:1: file is missing'],
]
for (const [name, changed, expected] of MISTAKES) {
  test(`${name} is refused with its place`, async () => {
    const lines = await linesOf(changed)
    const found = lines.filter((line) => line.startsWith(expected))
    assert.equal(found.length, 1, `expected one line beginning\n  ${expected}\ngot\n  ${lines.join('\n  ')}`)
  })
}

test('a mistake in an imported style names the imported file', async () => {
  const lines = await linesOf({ 'pages/a/a.wxss': "@import './b.wxss';\n.a { color: red; }", 'pages/a/b.wxss': '\nsection { color: red; }' })
  assert.deepEqual(lines.map((line) => line.split(': ')[0]), ['pages/a/b.wxss:2:1'])
})

test('WeChat\'s older compilers accept the fixture and say where they refuse', () => {
  assert.deepEqual(compileOfficially(FIXTURE), [])
  const folder = program({ 'pages/b/b.wxml': '<view>\n<text>a</view>', 'pages/b/b.wxss': '.a { color: red' })
  assert.deepEqual(compileOfficially(folder).map((one) => format(one).slice(0, 41)), ['pages/b/b.wxml:2:10: wcc: expect end-tag ', 'pages/b/b.wxss:1:1: WeChat\'s compiler ref'])
})

test('check.mjs prints the problems and fails, or the counts and succeeds', () => {
  const run = (/** @type {string} */ folder) => spawnSync(process.execPath, [fileURLToPath(new URL('../check.mjs', import.meta.url)), '--source', folder], { encoding: 'utf8' })
  const bad = run(program({ 'pages/b/b.wxml': '<div>b</div>' }))
  assert.equal(bad.status, 1)
  assert.match(bad.stderr, /^pages\/b\/b\.wxml:1:1: unknown component <div>/)
  const good = run(program({}))
  assert.equal(good.status, 0)
  assert.match(good.stdout, /^2 pages and 1 components in \d+ ms/)
})
