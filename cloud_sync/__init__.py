"""The worker: pulls waiting cases from the WeChat cloud, asks the rules, writes back what follows.

Exactly once in effect: every step may be repeated, whatever dies. `run.sync_town` is one run,
`daemon.run_daemon` polls, `inspection` answers an operator's questions. Nothing here imports the
emulator: it is reached over HTTP, as the real cloud is.
"""
