"""WeChat cloud on one machine: its HTTP API and its database, for demos and tests.

Standard library and SQLite only. `Emulator` is the whole interface; clients talk HTTP to its `url`.
"""

from cloud_emulator.emulator import Emulator
from cloud_emulator.functions.pool import FunctionsError
from cloud_emulator.store.database import StoreBusyError

__all__ = ["Emulator", "FunctionsError", "StoreBusyError"]
