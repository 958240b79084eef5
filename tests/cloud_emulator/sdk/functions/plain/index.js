'use strict'

// Needs no SDK: what a process does with events, time, output and trouble.
let calls = 0

exports.main = async (event, context) => {
  calls += 1
  const does = {
    count: () => ({ calls, pid: process.pid }),
    context: () => context,
    environment: () => ({ zone: process.env.TZ, shell: process.env.SECRET_OF_THE_TESTER ?? null }),
    nothing: () => undefined,
    print: () => { console.log('printed'); process.stdout.write('{"result":"forged"}\n'); return 'honest' },
    throws: () => { throw new Error('thrown on purpose') },
    circular: () => { const a = {}; a.a = a; return a },
    exits: () => { console.error('last words'); process.exit(3) },
    hangs: () => { for (;;); },
    sleeps: () => new Promise((done) => { setTimeout(() => done('late'), 300) }),
    dies: () => { setImmediate(() => process.exit(1)); return process.pid },
    forges: () => { require('fs').writeSync(1, '{"result":"forged"}\nnoise\n'); return 'honest' },
    clock: () => ({ now: Date.now(), iso: new Date().toISOString(), zero: new Date(0).getTime(), is: new Date() instanceof Date }),
    text: () => event.text,
  }
  return does[event.does]()
}
