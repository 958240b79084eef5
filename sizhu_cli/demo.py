"""`sizhu demo`: the whole loop on one machine, at the village's fixed clock.

Starts the emulator with the synthetic village on a free port, runs the worker over HTTP and
reads back, from the cloud, what was decided.
"""

from __future__ import annotations

import contextlib
import subprocess
import sys
import tempfile
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sizhu_cli.output import EXIT_FAILED, AsJson, fail, print_json

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from cloud_sync.client import CloudClient

Document = dict[str, Any]
VILLAGE_ID = "330281103203"
_CONDITIONS = "device.entitlement."  # clauses that must hold, and decide when they fail
_IN_ORDER = ".in_order"  # the clause that only finds nothing in the way
_ALL_WELL = f"device.entitlement{_IN_ORDER}"
_DECISION_FIELDS = ("caseId", "kind", "villageId", "personId", "decision", "route")


@dataclass(frozen=True)
class Demo:
    """What the demo shows, as read from the cloud after the run."""

    clock: str
    devices: list[Document]
    retrofits: list[Document]
    jobs: list[Document]
    wishes: list[Document]
    routes: list[Document]
    points: list[Document]
    durable: Document
    acceptance: dict[str, int]
    report: Document
    second_run: Document


def demo(
    *,
    as_json: AsJson = False,
    svg: Annotated[
        Path | None, typer.Option("--svg", help="Also write the tables as a picture.")
    ] = None,
) -> None:
    """Run the main job on the synthetic village and show every decision with its reason."""
    with tempfile.TemporaryDirectory(prefix="sizhu-demo-") as folder, _emulator(folder) as url:
        result = _run(url)
    if as_json:
        print_json(asdict(result))
        return
    from sizhu_cli.demo_view import show

    show(result, svg)


@contextlib.contextmanager
def _emulator(folder: str) -> Iterator[str]:
    """The emulator as a process of its own, as anyone would start it; gives its address."""
    from synthetic_village import CLOCK

    command = [sys.executable, "-m", "sizhu_cli.main", "emulator", "--village"]
    command += ["--port", "0", "--data", folder, "--clock", CLOCK.isoformat()]
    with subprocess.Popen(  # noqa: S603 - our own command line
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, encoding="utf-8"
    ) as process:
        try:
            said = process.stdout.readline() if process.stdout else ""
            if not said.startswith("listening on "):
                reason = process.stderr.read().strip() if process.stderr else ""
                raise fail(
                    f"The emulator did not start: {reason or 'it said nothing'}. "
                    "Try `sizhu emulator --data FOLDER --village` by itself.",
                    EXIT_FAILED,
                )
            yield said.removeprefix("listening on ").strip()
        finally:
            process.terminate()


def _run(url: str) -> Demo:
    from cloud_sync.client import CloudClient
    from cloud_sync.counts import count_village
    from cloud_sync.run import sync_town
    from cloud_sync.settings import load_settings
    from synthetic_village import CLOCK, PERIOD_START

    settings = load_settings(
        api_base=url,
        appid="wx0000000000000000",
        secret="emulator",  # noqa: S106 - the emulator's public demo secret
        env="local",
        region="simen",
        template_result="demo-result",
        _env_file=None,
    )

    def clock() -> datetime:
        return CLOCK

    with CloudClient(settings) as client:
        first = sync_town(client, settings=settings, clock=clock)
        again = sync_town(client, settings=settings, clock=clock)
        counts = count_village(client, VILLAGE_ID, since=PERIOD_START, until=CLOCK)
        view = _View(client)
        return Demo(
            clock=CLOCK.isoformat(),
            devices=view.devices(),
            retrofits=view.retrofits(),
            jobs=view.applications("job"),
            wishes=view.applications("wish"),
            routes=view.routes(),
            points=view.points(),
            durable=view.durable(),
            acceptance=counts.to_dict(),
            report=first.to_dict(),
            second_run=again.to_dict(),
        )


class _View:
    """Reads decisions and what is needed to show them; people appear with masked names only."""

    def __init__(self, client: CloudClient) -> None:
        self._client = client
        self._decisions = self._all("decisions", *_DECISION_FIELDS)
        self._cases = self._by_id("cases", "kind", "status", "data", "submittedAt", "volunteerId")
        self._persons = self._by_id("persons", "nameMasked")
        self._devices = self._by_id("device_catalogue", "name")
        self._villages = self._by_id("villages", "name")

    def _all(self, collection: str, *fields: str) -> list[Document]:
        from cloud_sync.writes import read_all

        return [row for page in read_all(self._client, collection, {}, fields) for row in page]

    def _by_id(self, collection: str, *fields: str) -> dict[str, Document]:
        return {row["_id"]: row for row in self._all(collection, *fields)}

    def _of(self, *kinds: str) -> list[tuple[Document, Document]]:
        rows = [
            (row, self._cases[row["caseId"]]) for row in self._decisions if row["kind"] in kinds
        ]
        return sorted(rows, key=lambda pair: (pair[1]["submittedAt"], pair[0]["_id"]))

    def devices(self) -> list[Document]:
        """One row for each decision about a device."""
        return [
            {
                "case": row["caseId"],
                "village_id": row["villageId"],
                "submitted_on": row["decision"]["as_of"],
                "resident": self._persons.get(row["personId"], {}).get("nameMasked", "—"),
                "device": self._devices.get(case["data"]["classCode"], {}).get("name", "目录外"),
                **_device_facts(row["decision"]),
                "status": case["status"],
            }
            for row, case in self._of("device")
        ]

    def retrofits(self) -> list[Document]:
        """One row for each application for works in the home, the most urgent first."""
        rows = self.applications("retrofit")
        rows.sort(key=lambda row: (-row["priority_most"], -row["priority_least"], row["case"]))
        return rows

    def applications(self, kind: str) -> list[Document]:
        """One row for each decision of a kind that is explained by its reason codes."""
        return [
            {
                "case": row["caseId"],
                "village_id": row["villageId"],
                "submitted_on": row["decision"]["as_of"],
                "resident": self._persons.get(row["personId"], {}).get("nameMasked", "—"),
                "verdict": row["decision"]["verdict"],
                **row["decision"]["outcome"],
                "codes": row["decision"]["codes"],
                "missing": row["decision"]["missing"],
                "clause": _reasons(row["decision"]),
                "status": case["status"],
            }
            for row, case in self._of(kind)
        ]

    def routes(self) -> list[Document]:
        """Where each donation and each offer of help went, and by which sentence."""
        return [
            {
                "case": row["caseId"],
                "kind": row["kind"],
                "what": case["data"].get("item") or case["data"].get("offer"),
                "directed": case["data"].get("directed"),
                "verdict": row["decision"]["verdict"],
                "level": row["route"]["level"],
                "village": self._villages.get(row["route"].get("villageId"), {}).get("name"),
                "clause": _quote(row["decision"]),
            }
            for row, case in self._of("donation", "intent")
        ]

    def points(self) -> list[Document]:
        """What each visit is worth and what the ledger holds."""
        ledger = self._all("points_ledger", "volunteerId", "delta")
        awarded: dict[str, int] = {}
        for line in ledger:
            awarded[line["volunteerId"]] = awarded.get(line["volunteerId"], 0) + line["delta"]
        return [
            {
                "volunteer": volunteer,
                "visits": [
                    {
                        "verdict": row["decision"]["verdict"],
                        "codes": row["decision"]["codes"],
                        **row["decision"]["outcome"],
                    }
                    for row, case in self._of("service")
                    if case["volunteerId"] == volunteer
                ],
                "points": awarded.get(volunteer, 0),
            }
            for volunteer in sorted({case["volunteerId"] for _, case in self._of("service")})
        ]

    def durable(self) -> Document:
        """How many decisions the second engine confirms, or why it is absent."""
        from sizhu_rules import engines

        absent = engines.available().get("durable")
        if absent:
            return {"agrees": None, "of": None, "absent": absent}
        return {
            "agrees": sum(_confirmed(row["decision"]) for row in self._decisions),
            "of": len(self._decisions),
            "absent": None,
        }


def _confirmed(stored: Document) -> bool:
    """Whether a stored decision derives again from what it read, and the second engine agrees."""
    from sizhu_rules import Disagreement, decide, engines

    again = decide(stored["rule"], stored["reads"], known_on=date.fromisoformat(stored["known_on"]))
    try:
        engines.cross_check(again)
    except Disagreement:
        return False
    return bool(again.digest == stored["digest"])


def _device_facts(decision: Document) -> Document:
    facts: Document = {}
    for clause in decision["clauses"]:
        facts |= clause["facts"]
    outcome = decision["outcome"]
    return {
        "age": facts.get("age"),
        "household": decision["reads"].get("household.status"),
        "verdict": decision["verdict"],
        "share": outcome.get("share"),
        "personal_fen": outcome.get("personal_fen"),
        "candidates": decision["candidates"],
        "codes": decision["codes"],
        "missing": decision["missing"],
        "clause": _quote(decision),
    }


def _reasons(decision: Document) -> str:
    """The sentences that count for an application, and what is asked for."""
    speaking = [
        one["quote"]
        for one in decision["clauses"]
        if one["result"] == "pass" and not one["id"].endswith(_IN_ORDER)
    ]
    return "；".join([*dict.fromkeys(speaking), *_asked(decision)])


def _quote(decision: Document) -> str:
    """The sentences that decided: what stands in the way, else what speaks for the result."""
    clauses = decision["clauses"]
    conditions = [one for one in clauses if one["id"].startswith(_CONDITIONS)]
    against = [one for one in conditions if one["result"] == "fail" and one["id"] != _ALL_WELL]
    speaking = [one for one in clauses if one["result"] == "pass" and one not in conditions]
    quotes = dict.fromkeys(one["quote"] for one in against + speaking)
    return "；".join([*quotes, *_asked(decision)])


def _asked(decision: Document) -> list[str]:
    lines = decision["text"]["staff"]
    return [line.rstrip("。") for line in lines if line.startswith("还缺")]
