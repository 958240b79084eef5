"""The moves of a case, kind by kind: what may follow what, by whom, with what, and where it waits.

A table, because a move that no table lists cannot be written: neither here nor in the cloud
functions, which read the same table as JSON.
"""

from sizhu_rules.moves.loading import load_moves, move_tables, terms
from sizhu_rules.moves.table import Move, MoveTable

__all__ = ["Move", "MoveTable", "load_moves", "move_tables", "terms"]
