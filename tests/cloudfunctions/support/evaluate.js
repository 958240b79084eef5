'use strict'

/** Reads facts as JSON lines, writes what the exported device table (or the one named) says of each. */

const { readFileSync } = require('node:fs')
const { resolve } = require('node:path')

const API = '../../../miniprogram_cloud/cloudfunctions/api'
const { evaluate } = require(`${API}/lib/table`)
const TABLE = require(process.argv[2] ? resolve(process.argv[2]) : `${API}/rules/device.json`)

const lines = readFileSync(0, 'utf8').split('\n').filter(Boolean)
process.stdout.write(lines.map((line) => `${JSON.stringify(evaluate(TABLE, JSON.parse(line)))}\n`).join(''))
