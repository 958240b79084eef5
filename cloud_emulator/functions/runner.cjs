'use strict'

/**
 * One cloud function in one process. Reads a JSON line for each event from stdin, writes a JSON line
 * for each answer to stdout; whatever the function prints goes to stderr. Arguments: the function's
 * folder and its name. One event at a time, because identity lives in the environment.
 */
const path = require('path')
const readline = require('readline')

const [folder, name] = process.argv.slice(2)
const FAILED = -504002

const write = process.stdout.write.bind(process.stdout)
process.stdout.write = process.stderr.write.bind(process.stderr)

const SystemDate = Date
let shift = 0
const now = () => SystemDate.now() + shift

/** The emulator's clock for `new Date()` and `Date.now()`; installed only once it is needed. */
const CloudDate = new Proxy(SystemDate, {
  construct(target, args, asked) {
    return Reflect.construct(target, args.length ? args : [now()], asked === CloudDate ? target : asked)
  },
  apply: () => new SystemDate(now()).toString(),
  get: (target, key) => (key === 'now' ? now : Reflect.get(target, key)),
})

/** @param {number} ms */
function setClock(ms) {
  shift = ms
  if (shift !== 0) globalThis.Date = CloudDate
}

/** @type {string[]} */
let identity = []

/** @param {Record<string, string>} values */
function setIdentity(values) {
  for (const key of identity) delete process.env[key]
  identity = Object.keys(values)
  Object.assign(process.env, values)
}

/** @param {string} id @param {unknown} error */
const failure = (id, error) => {
  const text = (error && (/** @type {Error} */ (error).stack || /** @type {any} */ (error).errMsg)) || error
  // `last`: this process cannot serve; the next one may, if the file is mended by then.
  return { id, last: Boolean(trouble), error: { errCode: FAILED, errMsg: String(typeof text === 'object' ? JSON.stringify(text) : text) } }
}

/** @type {Function | undefined} */
let main
/** @type {unknown} */
let trouble

// As in the cloud, the function's own first lines run when its process starts, before any call.
try {
  main = require(path.resolve(folder)).main
  if (typeof main !== 'function') throw new Error(`${name} must export a function: exports.main = async (event) => …`)
} catch (error) {
  trouble = error
}

/** @param {any} message */
async function run({ event, env, requestId, clock, timeoutMs }) {
  setIdentity(env)
  setClock(clock)
  if (!main || trouble) throw trouble
  const result = await main(event, {
    function_name: name,
    function_version: '$LATEST',
    namespace: process.env.SCF_NAMESPACE,
    request_id: requestId,
    memory_limit_in_mb: 256,
    time_limit_in_ms: timeoutMs,
  })
  return JSON.stringify({ id: requestId, result: result === undefined ? null : result })
}

readline.createInterface({ input: process.stdin }).on('line', (line) => {
  const message = JSON.parse(line)
  run(message)
    .catch((error) => JSON.stringify(failure(message.requestId, error)))
    .then((answer) => write(`${answer}\n`))
}).on('close', () => process.exit(0))
