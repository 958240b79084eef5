#!/usr/bin/env node
/**
 * Check a mini-program without serving it: `node check.mjs --source DIR [--official]`; exit code 1 and one
 * line per problem. With --official WeChat's older compilers wcc and wcsc are asked too.
 */
import { parseArgs } from 'node:util'
import { build } from './build/build.mjs'
import { compileOfficially } from './build/official.mjs'
import { format } from './build/problems.mjs'

const { values } = parseArgs({ options: { source: { type: 'string' }, official: { type: 'boolean', default: false } } })
if (!values.source) {
  console.error('usage: node check.mjs --source DIR [--official]')
  process.exit(2)
}
const began = performance.now()
const { problems: found, pages, components } = await build(values.source)
const problems = values.official ? [...found, ...compileOfficially(values.source)] : found
for (const problem of problems) console.error(format(problem))
console.log(problems.length ? `${problems.length} problems` : `${pages} pages and ${components} components in ${Math.round(performance.now() - began)} ms`)
process.exitCode = problems.length ? 1 : 0
