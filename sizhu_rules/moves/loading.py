"""The tables that are shipped, one typed by the states of its kind each."""

from __future__ import annotations

from functools import lru_cache
from importlib.resources import files
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal, overload

from sizhu_rules.errors import PolicyError
from sizhu_rules.moves.reading import read_moves
from sizhu_rules.moves.words import KINDS, Kind

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sizhu_rules.moves.table import MoveTable
    from sizhu_rules.moves.words import (
        ApplicationKind,
        ApplicationState,
        DonationState,
        EarlyReportState,
        HelpState,
        IntentState,
        PairingState,
        PostState,
        RedemptionState,
        ServiceState,
        WishState,
    )


@overload
def load_moves(kind: ApplicationKind) -> MoveTable[ApplicationState]: ...
@overload
def load_moves(kind: Literal["donation"]) -> MoveTable[DonationState]: ...
@overload
def load_moves(kind: Literal["early_report"]) -> MoveTable[EarlyReportState]: ...
@overload
def load_moves(kind: Literal["help"]) -> MoveTable[HelpState]: ...
@overload
def load_moves(kind: Literal["intent"]) -> MoveTable[IntentState]: ...
@overload
def load_moves(kind: Literal["pairing"]) -> MoveTable[PairingState]: ...
@overload
def load_moves(kind: Literal["post"]) -> MoveTable[PostState]: ...
@overload
def load_moves(kind: Literal["redemption"]) -> MoveTable[RedemptionState]: ...
@overload
def load_moves(kind: Literal["service"]) -> MoveTable[ServiceState]: ...
@overload
def load_moves(kind: Literal["wish"]) -> MoveTable[WishState]: ...


def load_moves(kind: Kind) -> MoveTable[Any]:
    """Read the shipped table of a kind; raises `PolicyError` with file, line and fix."""
    return move_tables()[kind]


def terms() -> frozenset[str]:
    """Name the parameters that hold the terms after which the system takes a step."""
    moves = (move for table in move_tables().values() for move in table.moves)
    return frozenset(move.after for move in moves if move.after is not None)


@lru_cache(maxsize=1)
def move_tables() -> Mapping[Kind, MoveTable[Any]]:
    """Read the shipped tables of all kinds; raises `PolicyError` with file, line and fix."""
    folder = files("sizhu_rules").joinpath("moves")
    names = sorted(path.name for path in folder.iterdir() if path.name.endswith(".yaml"))
    return join_tables(
        {f"moves/{n}": folder.joinpath(n).read_text(encoding="utf-8") for n in names}
    )


def join_tables(texts: Mapping[str, str]) -> Mapping[Kind, MoveTable[Any]]:
    """Read files of tables; raises `PolicyError` unless every kind has one, and only one."""
    found: dict[Kind, MoveTable[Any]] = {}
    for name, text in texts.items():
        for kind, table in read_moves(text, name).items():
            if kind in found:
                raise PolicyError(name, 1, f"'{kind}' has a table already", "keep one of the two")
            found[kind] = table
    for kind in KINDS:
        if kind not in found:
            raise PolicyError("moves", 1, f"'{kind}' has no table", f"add moves/{kind}.yaml")
    return MappingProxyType({kind: found[kind] for kind in KINDS})
