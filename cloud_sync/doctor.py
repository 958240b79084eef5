"""`sizhu doctor`: everything a town needs before the worker can run, each finding with its fix."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final, Literal

from cloud_sync import policies
from cloud_sync.errors import CloudSyncError
from cloud_sync.settings import UNSET_TEMPLATE
from cloud_sync.statement import _, db
from sizhu_rules import PolicyError, engines, load_policy

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

    from cloud_sync.client import CloudClient
    from cloud_sync.settings import Settings

NEEDED: Final = (
    "cases", "decisions", "messages", "notifications", "points_ledger", "points_accounts",
    "dead_letters", "users", "persons", "households", "device_catalogue", "policies",
)  # fmt: skip
"""The collections that the worker reads or writes."""
_MOST_VERSIONS: Final = 100
_CLOCK_OFFSET = timedelta(minutes=2)
Level = Literal["ok", "warn", "fail"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at; `fix` is empty when all is well."""

    subject: str
    level: Level
    message: str
    fix: str = ""


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """All findings, and the worst of them."""

    findings: tuple[Finding, ...]

    @property
    def ok(self) -> bool:
        """Whether the worker can run; warnings do not stop it."""
        return all(finding.level != "fail" for finding in self.findings)

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready form."""
        return {"ok": self.ok, "findings": [asdict(finding) for finding in self.findings]}


def doctor(client: CloudClient, *, settings: Settings, clock: Callable[[], datetime]) -> Diagnosis:
    """Look at settings, rules, token, environment, collections and clock, in this order.

    What cannot be looked at because something before it failed is left out.
    """
    return Diagnosis(tuple(_findings(client, settings, clock)))


def _findings(
    client: CloudClient, settings: Settings, clock: Callable[[], datetime]
) -> Iterator[Finding]:
    yield Finding("settings", "ok", "SIZHU_APPID, SIZHU_SECRET and SIZHU_ENV are set.")
    yield _template(settings)
    yield _policy(settings)
    yield _engine(settings)
    try:
        client.check_token()
        yield Finding("token", "ok", "WeChat gives an access token.")
        infos = client.collection_infos()
        yield Finding("environment", "ok", "The cloud environment answers.")
        yield from _collections(client, infos)
        if policies.COLLECTION in {info["name"] for info in infos}:
            yield from _published(client, settings.region)
            yield from _held(client, settings)
    except CloudSyncError as error:
        yield _failure("cloud", error)
        return
    yield _clock(client, clock)


def _failure(subject: str, error: CloudSyncError) -> Finding:
    message, _colon, fix = str(error).partition(": ")
    return Finding(subject, "fail", f"{message}.", fix[:1].upper() + fix[1:])


def _template(settings: Settings) -> Finding:
    if settings.template_result == UNSET_TEMPLATE:
        return Finding(
            "template",
            "warn",
            "No subscribe template is set: residents see messages in the mini-program only.",
            "Apply for a template in the WeChat console and set SIZHU_TEMPLATE_RESULT to its id.",
        )
    return Finding("template", "ok", "A subscribe template is set.")


def _policy(settings: Settings) -> Finding:
    try:
        policy = load_policy(settings.region, directory=settings.policy_dir)
    except PolicyError as error:
        fix = "Set SIZHU_REGION to a region that is there, or correct that line of its rules."
        return Finding("rules", "fail", f"The rules of SIZHU_REGION do not load: {error}.", fix)
    return Finding("rules", "ok", f"The rules of {policy.region} {policy.version} load.")


def _engine(settings: Settings) -> Finding:
    absent = engines.available().get("durable")
    if settings.cross_check == "off" or absent is None:
        how = "off" if settings.cross_check == "off" else "on"
        return Finding("cross-check", "ok", f"The cross-check by durable_rules is {how}.")
    level: Level = "fail" if settings.cross_check == "on" else "ok"
    fix = "Install sizhu[durable] or set SIZHU_CROSS_CHECK=auto." if level == "fail" else ""
    return Finding("cross-check", level, f"durable_rules is absent: {absent}.", fix)


def _collections(client: CloudClient, infos: list[dict[str, Any]]) -> Iterator[Finding]:
    there = {info["name"]: info for info in infos}
    missing = [name for name in NEEDED if name not in there]
    if missing:
        yield Finding(
            "collections",
            "fail",
            f"These collections do not exist: {', '.join(missing)}.",
            "Run `sizhu cloud apply`.",
        )
        return
    client.count(db.collection("cases").where({"sync": "todo"}).count())
    yield Finding("collections", "ok", "All collections of the worker exist and can be read.")
    if not isinstance(there["cases"].get("index_count"), int) or there["cases"]["index_count"] < 2:  # noqa: PLR2004 - `_id` is the first
        yield Finding(
            "indexes",
            "warn",
            "The collection cases has no index of its own: polls become slow as it grows.",
            "Run `sizhu cloud apply`.",
        )
    else:
        yield Finding("indexes", "ok", "The collection cases is indexed.")


def _published(client: CloudClient, region: str) -> Iterator[Finding]:
    """Say of every published version of the law what became of it; the newest comes first."""
    rows = policies.rows(client, region)
    for row in rows:
        name = f"The published version {row.version}"
        if row.state == "refused":
            level: Level = "fail" if row.lost else "warn"
            yield Finding("published", level, f"{name} is refused: {row.reason}.", _end(row.fix))
        elif row.state == "accepted":
            try:
                policies.verify(client, row)
            except PolicyError as error:
                yield Finding("published", "fail", f"{name}: {error.what}.", _end(error.fix))
            else:
                yield Finding("published", "ok", f"{name} is accepted.")
        elif row.state == "approved":
            yield Finding("published", "ok", f"{name} is looked at by the next run.")
        else:
            yield Finding("published", "ok", f"{name} waits for the approval of two persons.")
    if not rows:
        yield Finding("published", "ok", "No version of the law has been published in the cloud.")


def _held(client: CloudClient, settings: Settings) -> Iterator[Finding]:
    """Complain of cases that wait because this worker has no law as late as theirs."""
    try:
        base = load_policy(settings.region, directory=settings.policy_dir).version
    except PolicyError:
        return
    there = {row.version for row in policies.rows(client, settings.region) if row.in_force}
    newest = max(filter(None, map(policies.order_of, (base, *there))), default=())
    waiting = db.collection("cases").aggregate().match({"sync": "todo"})
    groups = waiting.group({"_id": "$policyVersion", "n": _.sum(1)}).limit(_MOST_VERSIONS).end()
    for group in client.aggregate(groups):
        order = policies.order_of(group["_id"])
        if order is not None and order > newest:
            yield Finding(
                "published",
                "warn",
                f"{group['n']} cases wait: they were decided under {group['_id']}, a later law than"
                " this worker has.",
                "Publish a later version, or run the program that ships this one.",
            )


def _end(fix: str) -> str:
    return f"{fix[:1].upper()}{fix[1:]}."


def _clock(client: CloudClient, clock: Callable[[], datetime]) -> Finding:
    if client.server_time is None:
        return Finding("clock", "ok", "The cloud does not tell its time.")
    offset = clock() - client.server_time
    if abs(offset) > _CLOCK_OFFSET:
        return Finding(
            "clock",
            "warn",
            f"This machine's clock differs from the cloud's by {round(offset.total_seconds())} s.",
            "Set the clock by NTP: the day of deciding and the lease of messages depend on it.",
        )
    return Finding("clock", "ok", "This machine's clock agrees with the cloud's.")
