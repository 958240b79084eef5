/** The manner of all asynchronous `wx` functions: callbacks or a promise, and errors with `errMsg`. */
import { report } from '../report.mjs'

/** A failure the page can expect; further fields reach its `fail`. */
export class Refused extends Error {
  /** @param {string} message @param {Record<string, any>} [fields] */
  constructor(message, fields = {}) {
    super(message)
    this.fields = fields
  }
}

/** @param {Function | undefined} callback @param {any} value @param {string} name */
function tell(callback, value, name) {
  if (typeof callback !== 'function') return
  try {
    callback(value)
  } catch (error) {
    report(error, `callback of ${name}`)
  }
}

/**
 * @param {string} name
 * @param {(args: any) => any} run  returns the fields of the answer, or throws
 * @returns {(options?: any) => Promise<any> | undefined}
 */
export const api = (name, run) => (options = {}) => {
  const { success, fail, complete, ...args } = options ?? {}
  const byCallback = [success, fail, complete].some((callback) => typeof callback === 'function')
  const answer = Promise.resolve().then(() => run(args)).then(
    (fields) => ({ ...fields, errMsg: `${name}:ok` }),
    (error) => {
      const failure = { errMsg: `${name}:fail ${error?.message ?? error}`, ...(error instanceof Refused ? error.fields : {}) }
      if (!(error instanceof Refused)) report(error, name) // not a refusal but a defect: say so, whatever the page does
      throw failure
    },
  )
  if (!byCallback) return answer
  answer.then(
    (value) => { tell(success, value, name); tell(complete, value, name) },
    (failure) => { tell(fail, failure, name); tell(complete, failure, name) },
  )
  return undefined
}
