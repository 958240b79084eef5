'use strict'

/** Reads facts as JSON lines, writes what the exported device table says of each. */

const { readFileSync } = require('node:fs')

const API = '../../../miniprogram_cloud/cloudfunctions/api'
const { evaluate } = require(`${API}/lib/table`)
const TABLE = require(`${API}/rules/device.json`)

const lines = readFileSync(0, 'utf8').split('\n').filter(Boolean)
process.stdout.write(lines.map((line) => `${JSON.stringify(evaluate(TABLE, JSON.parse(line)))}\n`).join(''))
