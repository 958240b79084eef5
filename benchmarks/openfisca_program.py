"""OpenFisca as a program of its own: questions as lines of JSON in, answers as lines of JSON out.

    .venv-openfisca/bin/python benchmarks/openfisca_program.py

It stands apart because OpenFisca is AGPL-3.0: it imports nothing of ours and we import nothing of
it. The first line in is the table; each line after it is one question, answered by one line:

    {"table": [[low, high, statuses, lapsed, answer], ...]}     null is "any"
                                                     -> {"version": "46.0.1"}
    {"answer": [[age, status, lapsed], ...]}         -> {"answers": ["eligible 0", ...]}
    {"single": seconds}     the best of 12 slices    -> {"microseconds": 312.5}
    {"batch": rows}         the cases answered before, over and over, as one population
                                                     -> {"build": s, "calculate": s, "equal": true}

`build` is making the simulation and giving it its arrays, `calculate` the formula.
"""

from __future__ import annotations

import json
import sys
from importlib.metadata import version
from itertools import cycle
from time import perf_counter, process_time
from typing import TYPE_CHECKING, Any

import numpy as np
from openfisca_core.entities import build_entity
from openfisca_core.indexed_enums import Enum
from openfisca_core.periods import DateUnit
from openfisca_core.simulation_builder import SimulationBuilder
from openfisca_core.taxbenefitsystems import TaxBenefitSystem
from openfisca_core.variables import Variable

if TYPE_CHECKING:
    from collections.abc import Callable

MONTH = "2024-11"
SLICES = 12
Person = build_entity("person", "people", "a person", is_person=True)


class Status(Enum):  # type: ignore[misc] # OpenFisca has no types we could see
    """Economic status of a household."""

    none = "none"
    dibao = "dibao"
    dibian = "dibian"
    tekun = "tekun"
    zhichu = "zhichu"
    pending = "pending"


class age(Variable):  # type: ignore[misc] # noqa: N801 - a variable is named by its class
    """Full years."""

    value_type = int
    entity = Person
    definition_period = DateUnit.MONTH


class status(Variable):  # type: ignore[misc] # noqa: N801 - as above
    """Economic status."""

    value_type = Enum
    possible_values = Status
    default_value = Status.none
    entity = Person
    definition_period = DateUnit.MONTH


class lapsed(Variable):  # type: ignore[misc] # noqa: N801 - as above
    """Whether the status has run out."""

    value_type = bool
    entity = Person
    definition_period = DateUnit.MONTH


def share_variable(table: list[list[Any]]) -> type[Any]:
    """Write the table as a variable: the number of the first line that holds."""

    class share(Variable):  # type: ignore[misc] # noqa: N801 - as above
        value_type = int
        entity = Person
        definition_period = DateUnit.MONTH

        def formula(person: Any, period: Any) -> Any:  # noqa: ANN401, N805 - OpenFisca's own form
            """Choose the line."""
            years, lapse = person("age", period), person("lapsed", period)
            code = person("status", period)
            lines = [_holds(line, years, code, lapse) for line in table]
            return np.select(lines, list(range(len(table))), default=-1)

    return share


def _holds(line: list[Any], years: Any, code: Any, lapse: Any) -> Any:  # noqa: ANN401 - arrays
    low, high, statuses, wanted, _answer = line
    holds = np.ones(len(years), dtype=bool)
    if low is not None:
        holds &= years >= low
    if high is not None:
        holds &= years <= high
    if statuses is not None:
        holds &= np.isin(code, [getattr(Status, name).index for name in statuses])
    if wanted is not None:
        holds &= lapse == wanted
    return holds


class Peer:
    """The tax and benefit system with the one variable, and the cases it was asked about."""

    def __init__(self, table: list[list[Any]]) -> None:
        """Build the system once."""
        self.answers = [line[-1] for line in table]
        self.system = TaxBenefitSystem([Person])
        self.system.add_variables(age, status, lapsed, share_variable(table))
        self.cases: list[Any] = []

    def simulate(self, ages: Any, codes: Any, lapses: Any) -> tuple[Any, float, float]:  # noqa: ANN401 - arrays
        """Answer a population: line numbers, seconds of building, seconds of calculating."""
        started = perf_counter()
        simulation = SimulationBuilder().build_default_simulation(self.system, count=len(ages))
        simulation.set_input("age", MONTH, ages)
        simulation.set_input("status", MONTH, codes)
        simulation.set_input("lapsed", MONTH, lapses)
        built = perf_counter()
        found = simulation.calculate("share", MONTH)
        return found, built - started, perf_counter() - built

    def columns(self) -> tuple[Any, Any, Any]:
        """Return the cases as arrays; OpenFisca takes the names of an enum as bytes or text."""
        ages, names, lapses = zip(*self.cases, strict=True)
        return np.array(ages, dtype=np.int32), np.array(names), np.array(lapses, dtype=bool)

    def answer(self, cases: list[Any]) -> dict[str, Any]:
        """Answer cases and keep them for what is measured."""
        self.cases = cases
        found, _, _ = self.simulate(*self.columns())
        return {"answers": [self.answers[line] for line in found]}

    def single(self, seconds: float) -> dict[str, float]:
        """Time one person at a time, each in a simulation of its own."""
        ones = cycle([tuple(np.array([part]) for part in case) for case in self.cases])
        best = float("inf")
        for _ in range(SLICES):
            number, started = 0, process_time()
            while (spent := process_time() - started) < seconds:
                self.simulate(*next(ones))
                number += 1
            best = min(best, spent / number)
        return {"microseconds": best * 1e6}

    def batch(self, rows: int) -> dict[str, object]:
        """Time one large population, its statuses given as codes."""
        ages, names, lapses = self.columns()
        expected, _, _ = self.simulate(ages, names, lapses)
        codes = Status.encode(names)
        times = -(-rows // len(ages))
        many = [np.tile(column, times)[:rows] for column in (ages, codes, lapses)]
        many[1] = type(codes)(many[1], Status)
        found, build, calculate = self.simulate(*many)
        equal = bool((found == np.tile(expected, times)[:rows]).all())
        return {"build": build, "calculate": calculate, "equal": equal}


def main() -> int:
    """Answer line by line until there are no more."""
    lines = (json.loads(line) for line in sys.stdin)
    peer = Peer(next(lines)["table"])
    reply({"version": version("openfisca-core")})
    asked: dict[str, Callable[[Any], Any]] = {
        "answer": peer.answer,
        "single": peer.single,
        "batch": peer.batch,
    }
    for line in lines:
        ((question, content),) = line.items()
        reply(asked[question](content))
    return 0


def reply(content: object) -> None:
    """Print one line at once."""
    print(json.dumps(content), flush=True)


if __name__ == "__main__":
    sys.exit(main())
