"""A small village made by hand, and a cloud on this machine that holds it."""

from __future__ import annotations

import json
import random
import tempfile
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import requests

from cloud_emulator import Emulator
from cloud_sync.client import CloudClient
from cloud_sync.decider import Decider
from cloud_sync.mailroom import InlineMailroom, ThreadMailroom
from cloud_sync.run import sync_town
from cloud_sync.settings import Settings, load_settings
from cloud_sync.statement import db
from cloud_sync.testing import (
    HERE,
    THERE,
    case,
    catalogue,
    device,
    household,
    instant,
    job,
    person,
    retrofit,
    service,
    waiting_town,
    wish,
)
from sizhu_rules import freeze
from sizhu_rules.facts.calendar import SHANGHAI
from sizhu_rules.testing import text_of, under_version

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from cloud_sync.report import Report

Document = dict[str, Any]
DATABASE = Path(__file__).resolve().parents[2] / "miniprogram_cloud" / "database"
CLOCK = datetime(2023, 6, 30, 9, 0, tzinfo=SHANGHAI)
TEMPLATE = "result-template"


def small_village() -> dict[str, list[Document]]:
    """Cases of all four kinds, traps included; every fact stands in the cloud."""
    cases = [
        device("dev-young", "p-young"),
        device("dev-old", "p-old"),
        device("dev-poor", "p-poor"),
        device("dev-unknown", "p-bare"),
        device("dev-draft", "p-young", status="draft", submittedAt=None, sync="none"),
        device("dev-withdrawn", "p-young", status="withdrawn"),
        device("dev-bare", "p-young", "0433", rev=None),
        device("dev-forgotten", "p-old", "0433", sync=None, rev=None),
        device("dev-poison", "p-old", submittedAt="2023-02-30"),
        case("don-person", "donation", {"directed": "person", "toPersonId": "p-there"}),
        case("don-village", "donation", {"directed": "village", "toVillageId": HERE}),
        case("don-none", "donation", {"directed": "none", "item": "轮椅", "qty": 1}),
        case("int-1", "intent", {"offer": "理发"}, volunteerId="v1"),
        service("svc-1", "2023-06-21T09:00:00", "2023-06-21T10:10:00"),
        service("svc-2", "2023-06-21T14:00:00", "2023-06-21T15:00:00"),
        service("svc-3", "2023-06-22T09:00:00", "2023-06-22T10:00:00", data={"verifiedAt": None}),
        case("help-1", "help", {"urgency": "today"}),
    ]
    return {
        "cases": cases,
        "persons": [
            person("p-young", "1990-05-05"),
            person("p-old", "1950-01-01", "h-none"),
            person("p-poor", "1950-01-01", "h-dibao"),
            person("p-there", "1960-01-01", villageId=THERE),
            person("p-bare", "1950-01-01"),
        ],
        "households": [household("h-none", "none"), household("h-dibao", "dibao")],
        "device_catalogue": catalogue(),
        "villages": [{"_id": HERE, "name": "谢家路村"}, {"_id": THERE, "name": "夹塘村"}],
        "users": [
            {"_id": user, "openid": f"openid-{user}", "roles": []}
            for user in sorted({document.get("createdBy", "user-x") for document in cases})
        ],
    }


_FREE_BELOW = "  device.free_age:\n"
_BELOW_70_IN_JUNE = """
    - {{value: 60, from: 2021-01-01, to: 2023-05-31{rest}}}
    - {{value: 70, from: 2023-06-01, to: 2023-06-30{rest}}}
    - {{value: 60, from: 2023-07-01{rest}}}
"""
_REST = (
    ", basis: seed, source: seed 4.2 二 1, quote: 60周岁以下免费申请, checked_on: 2026-11-23,"
    " owner: 泗门镇残联, confirmed: yes"
)


def published(version: str, *, free_below_70: bool = False, **changes: Any) -> Document:  # noqa: ANN401 - any field
    """A version of simen as two persons have published it; by itself it only has another name.

    With `free_below_70` devices are free below 70 in June 2023, the month of these tests; no
    shipped case has a day in it, so the version passes the check.
    """
    approvals = [
        {"by": user, "at": instant("2023-06-29T09:00:00")} for user in ("user-a", "user-b")
    ]
    return {**_frozen(version, free_below_70), "approvals": approvals, **changes}


@lru_cache
def _frozen(version: str, free_below_70: bool) -> Document:  # noqa: FBT001 - private
    device = text_of("policy/simen/device.yaml")
    before, _head, after = device.partition(_FREE_BELOW)
    if free_below_70:
        _value, next_, rest = after.partition("\n  device.personal_share:")
        dated = _BELOW_70_IN_JUNE.format(rest=_REST).strip("\n")
        device = f"{before}{_FREE_BELOW}{dated}{next_}{rest}"
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder, "simen")
        home.mkdir()
        (home / "region.yaml").write_text(under_version("simen", version), encoding="utf-8")
        (home / "device.yaml").write_text(device, encoding="utf-8")
        day = date(2023, 6, 29)
        release = freeze("simen", released_on=day, note="试验", directory=Path(folder))
    return release.to_document()


class Hooked(requests.Session):
    """A connection that tells before and after each request, by its number from 0."""

    def __init__(
        self,
        before: Callable[[int], None] | None = None,
        after: Callable[[int], None] | None = None,
    ) -> None:
        """What a hook raises, the caller sees; after means that the cloud has done its work."""
        super().__init__()
        self.trust_env = False
        self.count = 0
        self.url, self.body, self.answer = "", b"", b""
        self._before, self._after = before, after

    def post(self, *args: Any, **options: Any) -> requests.Response:  # noqa: ANN401 - as the library
        """Make the request between the two hooks."""
        number, self.url, self.body = self.count, str(args[0]), options.get("data") or b""
        self.count += 1
        if self._before:
            self._before(number)
        response = super().post(*args, **options)
        self.answer = response.content
        if self._after:
            self._after(number)
        return response


@dataclass
class Cloud:
    """The emulator with the village, and the worker's way to it."""

    emulator: Emulator
    settings: Settings
    slept: list[float] = field(default_factory=list)
    clock: Callable[[], datetime] = lambda: CLOCK

    def client(self, **options: Any) -> CloudClient:  # noqa: ANN401 - passed on
        """A client whose waiting takes no time."""
        options = {"sleep": self.slept.append, "rng": random.Random(7), **options}  # noqa: S311 - reproducible jitter
        return CloudClient(self.settings, **options)

    def run(self, **options: Any) -> Report:  # noqa: ANN401 - passed on
        """One run, with messages sent in a fixed order."""
        with self.client() as client:
            return self.run_with(client, **options)

    def run_with(self, client: CloudClient, **options: Any) -> Report:  # noqa: ANN401 - passed on
        """One run with a client of the test's own."""
        claim = options.pop("claim_id", "claim")
        mail = InlineMailroom(client, clock=self.clock, claim_id=claim)
        options = {"mailroom": mail, "decider": native(), "ahead": False, **options}
        return sync_town(client, settings=self.settings, clock=self.clock, **options)

    def mailroom(
        self, client: CloudClient, claim_id: str = "claim", threads: int = 4
    ) -> ThreadMailroom:
        """The real one, with threads."""
        return ThreadMailroom(client, clock=self.clock, claim_id=claim_id, threads=threads)

    def write(self, collection: str, id_: str, **data: Any) -> None:  # noqa: ANN401 - any field
        """Change one document, as a cloud function or a person at the console would."""
        with self.client() as client:
            client.update(db.collection(collection).where({"_id": id_}).update(data))

    def add(self, collection: str, *documents: Document) -> None:
        """Add documents in the import format."""
        self.emulator.load(collection, documents)

    def dump(self) -> dict[str, dict[str, Document]]:
        """Every document by collection and `_id`."""
        return {
            name: {document["_id"]: document for document in documents}
            for name, documents in self.emulator.dump().items()
        }

    def case(self, id_: str) -> Document:
        """One case as it stands."""
        return self.dump()["cases"][id_]

    def faults(self, *rules: Document) -> None:
        """Let the cloud misbehave."""
        self._door("faults", {"seed": 1, "rules": list(rules)})

    def calm(self) -> None:
        """Let the cloud behave again."""
        self._door("faults", {"seed": 1, "rules": []})

    def log(self) -> list[Document]:
        """What the emulator noted of every request."""
        with requests.get(f"{self.emulator.url}/_emu/log", timeout=5) as answer:
            found = answer.json()
        entries: list[Document] = found["entries"] if isinstance(found, dict) else found
        return entries

    def sent(self) -> list[Document]:
        """The subscribe messages that were taken."""
        with requests.get(f"{self.emulator.url}/_emu/sent", timeout=5) as answer:
            found = answer.json()
        messages: list[Document] = found["messages"] if isinstance(found, dict) else found
        return messages

    def _door(self, name: str, body: Document) -> None:
        with requests.post(f"{self.emulator.url}/_emu/{name}", json=body, timeout=5) as answer:
            answer.raise_for_status()


_deciders: list[Decider] = []


def native() -> Decider:
    """The rules without the second engine, compiled once."""
    if not _deciders:
        settings = load_settings(
            appid="wx0", secret="s", env="local", cross_check="off", _env_file=None
        )
        _deciders.append(Decider.from_settings(settings))
    return _deciders[0]


def start(emulator: Emulator, village: dict[str, list[Document]], *, schema: bool = True) -> Cloud:
    """Fill an emulator and point the worker at it."""
    names = [row["name"] for row in json.loads((DATABASE / "collections.json").read_text("utf-8"))]
    indexes = json.loads((DATABASE / "indexes.json").read_text("utf-8"))
    if schema:
        emulator.apply_schema(names, indexes)
    for name, documents in village.items():
        emulator.load(name, documents)
    settings = load_settings(
        api_base=emulator.url,
        appid="wx0000000000000000",
        secret="emulator",
        env="local",
        cross_check="off",
        template_result=TEMPLATE,
        _env_file=None,
    )
    return Cloud(emulator, settings)


@pytest.fixture
def clouds() -> Iterator[Callable[..., Cloud]]:
    """Makes clouds: `clouds(village, ejson="canonical")`; all are closed after the test."""
    running: list[Emulator] = []

    def make(
        village: dict[str, list[Document]] | None = None,
        *,
        schema: bool = True,
        **options: Any,  # noqa: ANN401 - passed on
    ) -> Cloud:
        emulator = Emulator(None, **options)
        emulator.__enter__()
        running.append(emulator)
        filled = small_village() if village is None else village
        return start(emulator, filled, schema=schema)

    yield make
    for emulator in running:
        emulator.__exit__(None, None, None)


@pytest.fixture
def cloud(clouds: Callable[..., Cloud]) -> Cloud:
    """A cloud with the small village."""
    return clouds()


@dataclass(frozen=True)
class Make:
    """The builders, for tests that change the village."""

    case = staticmethod(case)
    hooked = Hooked
    device = staticmethod(device)
    service = staticmethod(service)
    retrofit, job, wish = staticmethod(retrofit), staticmethod(job), staticmethod(wish)
    person = staticmethod(person)
    household = staticmethod(household)
    instant = staticmethod(instant)
    village = staticmethod(small_village)
    many = staticmethod(waiting_town)
    published = staticmethod(published)
    here, there, template = HERE, THERE, TEMPLATE
    clock = CLOCK
    day = timedelta(days=1)


@pytest.fixture
def make() -> Make:
    """The builders."""
    return Make()
