/** What differs from town to town. Nothing secret may stand here: everybody can read a mini-program's files. */
module.exports = Object.freeze({
  /** The WeChat cloud environment; empty means the one that belongs to this mini-program. */
  cloudEnv: '',
  /** How long a page waits for an answer, in milliseconds. */
  answerWithinMs: 15000,
})
