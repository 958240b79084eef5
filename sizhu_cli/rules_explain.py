"""`sizhu rules explain`: one decision with all its reasons, for a person at a terminal."""

from __future__ import annotations

import json
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sizhu_cli.facts import facts_of, lines_of
from sizhu_cli.output import EXIT_CONFIG, EXIT_FAILED, AsJson, civil_day, console, fail, print_json
from sizhu_cli.rules_release import PolicyDir

if TYPE_CHECKING:
    from collections.abc import Mapping

    from rich.table import Table


class Voice(StrEnum):
    """Whom the explanation is for."""

    resident = "resident"
    staff = "staff"
    audit = "audit"
    all = "all"


_VOICES = {"resident": "对本人", "staff": "对工作人员", "audit": "审计"}
_RESULTS = {"pass": "成立", "fail": "不成立", "unknown": "未知"}


def explain(
    rule: Annotated[str, typer.Argument(help="device, donation, points, …")],
    *,
    facts: Annotated[
        str, typer.Option("--facts", help="File with one JSON object of facts, or - for stdin.")
    ],
    voice: Annotated[Voice, typer.Option("--voice", help="For whom.")] = Voice.all,
    known_on: Annotated[
        str | None, typer.Option("--known-on", help="Day of deciding; today in Shanghai.")
    ] = None,
    region: Annotated[
        str,
        typer.Option("--region", help="simen (the law in force), simen@2026.11, simen@working."),
    ] = "simen",
    policy_dir: PolicyDir = None,
    as_json: AsJson = False,
) -> None:
    """Decide one case and say why: clause by clause, what is missing, what would change it."""
    from sizhu_rules import FactError, decide, load_policy

    policy = load_policy(region, directory=policy_dir)
    if rule not in policy.rules:
        known = ", ".join(policy.rules)
        raise fail(f"There is no rule {rule!r}. Take one of: {known}.", EXIT_CONFIG)
    try:
        decision = decide(rule, _read(facts), policy=policy, known_on=civil_day(known_on))
    except FactError as error:
        raise fail(str(error), EXIT_FAILED) from None
    told = decision.to_dict()
    voices = list(_VOICES) if voice is Voice.all else [voice.value]
    told["text"] = {name: list(decision.text[name]) for name in voices}
    if as_json:
        print_json(told)
    else:
        _show(told, policy.rules[rule].texts.facts)


def _read(name: str) -> Any:  # noqa: ANN401 - JSON
    try:
        return facts_of(b"".join(lines_of(name)))
    except ValueError as error:
        raise fail(
            f"{error} Give one JSON object, {{…}}; many cases: `sizhu rules decide`.", EXIT_FAILED
        ) from None


def _show(told: dict[str, Any], names: Mapping[str, str]) -> None:
    from sizhu_rules.pages.words import VERDICT

    out = console()
    policy = told["policy"]
    out.print(f"规则 {told['rule']}，政策 {policy['region']} {policy['version']}", markup=False)
    out.print(policy["digest"], markup=False, soft_wrap=True)
    out.print(f"依据日 {told['as_of'] or '未知'}，作出日 {told['known_on']}", markup=False)
    out.print(f"结论：{VERDICT[told['verdict']]}（{told['verdict']}）", markup=False)
    if told["outcome"]:
        out.print(f"结果：{_values(told['outcome'])}", markup=False)
    for number, one in enumerate(told["candidates"], 1):
        out.print(f"可能的结果{number}：{_values(one)}", markup=False)
    if told["codes"]:
        out.print(f"理由代码：{' '.join(told['codes'])}", markup=False)
    for voice, lines in told["text"].items():
        _section(_VOICES[voice], lines)
    out.print()
    out.print(_clauses(told["clauses"]))
    _section("还缺", [f"{names.get(path, path)}（{path}）" for path in told["missing"]])
    _section("这样会更有利", [_change(one, names, VERDICT) for one in told["would_change"]])


def _section(title: str, lines: list[str]) -> None:
    if lines:
        out = console()
        out.print(f"\n【{title}】", markup=False)
        for line in lines:
            out.print(f"  {line}", markup=False)


def _clauses(clauses: list[dict[str, Any]]) -> Table:
    from rich import box
    from rich.table import Table
    from rich.text import Text

    table = Table(box=box.SIMPLE, padding=(0, 1), title="条文", title_justify="left", expand=True)
    table.add_column("结果", width=6, no_wrap=True)
    table.add_column("条文和出处", ratio=3, overflow="fold")
    table.add_column("看了什么", ratio=2, overflow="fold")
    for clause in clauses:
        text = f"{clause['quote']}\n{clause['id']}\n出处：{clause['source']}"
        looked = "\n".join(f"{name}={_value(value)}" for name, value in clause["facts"].items())
        table.add_row(_RESULTS[clause["result"]], Text(text), Text(looked))
    return table


def _values(values: dict[str, Any]) -> str:
    return "，".join(f"{name} {_value(value)}" for name, value in values.items())


def _value(value: Any) -> str:  # noqa: ANN401 - JSON
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _change(change: dict[str, Any], names: Mapping[str, str], words: Mapping[str, str]) -> str:
    then = words[change["verdict"]]
    fact = names.get(change["fact"], change["fact"])
    return f"{fact}改为{change['to']}：{then}。{_values(change['outcome'])}"
