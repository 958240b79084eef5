"""The demo as tables a person can read: Chinese for the village, English beside it."""

from __future__ import annotations

import io
import re
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from sizhu_cli.demo import VILLAGE_ID

if TYPE_CHECKING:
    from sizhu_cli.demo import Demo

Document = dict[str, Any]

VERDICTS = {
    "eligible": Text("符合", style="green"),
    "not_eligible": Text("不符合", style="red"),
    "needs_facts": Text("缺事实", style="yellow"),
    "needs_review": Text("请人来看", style="magenta"),
}
STATUSES = {
    "none": "无",
    "dibao": "低保",
    "dibian": "低边",
    "tekun": "特困",
    "zhichu": "支出型",
    "pending": "在办",
}
SHARES = {"0": "免费", "1/2": "一半"}
LEVELS = {"village": "村残协", "town": "镇残联"}
ACCEPTANCE = (
    ("residents", "onboarded", "残障朋友 / 已安装 residents / onboarded"),
    ("volunteers", None, "注册志愿者 registered volunteers"),
    ("placements", None, "就业 job placements (人次)"),
    ("device_applications", None, "申请辅具 device applications (人次)"),
    ("visits", None, "结对帮扶 visits (人次)"),
    ("retrofit_households", None, "无障碍改造 home retrofits (户)"),
    ("directed_donations", None, "定向捐赠 directed donations (人次)"),
)
WIDTH = 132
_MOST_URGENT = 10


def yuan(fen: int | None) -> str:
    """Money in 元 with two decimals, or a dash."""
    return "—" if fen is None else f"{fen // 100}.{fen % 100:02d}"


def show(result: Demo, svg: Path | None) -> None:
    """Print every table; with `svg` also write the picture of the README."""
    console = Console(highlight=False)
    if console.width < WIDTH and not console.is_terminal:
        console = Console(highlight=False, width=WIDTH)
    for part in parts(result):
        console.print(part)
    if svg:
        write_picture(result, svg)


def parts(result: Demo) -> list[Table | Text]:
    """What is printed, in order."""
    return [
        Text(f"\n谢家路村及邻村 · 合成数据 synthetic data · 时钟 clock {result.clock}\n"),
        devices(result.devices),
        retrofits(result.retrofits),
        Text(others(result.jobs, result.wishes)),
        routes(result.routes),
        points(result.points),
        acceptance(result.acceptance),
        Text.assemble("\n", durable(result.durable)),
        Text(calls(result.report, result.second_run)),
    ]


def _table(title: str, *, header: bool = True) -> Table:
    return Table(title=title, title_justify="left", pad_edge=False, show_header=header)


def devices(rows: list[Document]) -> Table:
    """Device requests: who (masked), what, and what was decided by which sentence."""
    table = _table("辅具申请 Device requests")
    for heading in ("申请人\nresident", "辅具\ndevice", "周岁\nage", "家庭\nhousehold"):
        table.add_column(heading, no_wrap=True)
    table.add_column("结论\nverdict", no_wrap=True)
    table.add_column("预计自付(元)\nown share", justify="right", no_wrap=True)
    table.add_column("依据（原文）\ndeciding clause", overflow="fold")
    for row in rows:
        table.add_row(
            row["resident"],
            row["device"],
            "?" if row["age"] is None else str(row["age"]),
            household(row),
            VERDICTS[row["verdict"]],
            own_share(row),
            row["clause"],
        )
    return table


def household(row: Document) -> str:
    """The household's status: as read, not known, or not needed for this decision."""
    if row["household"]:
        return STATUSES[row["household"]]
    return "未知" if "household.status" in row["missing"] else "不必问"


def own_share(row: Document) -> str:
    """The resident's share: an amount, both candidates, or that it waits."""
    if row["personal_fen"] is not None:
        return yuan(row["personal_fen"])
    amounts = [item.get("personal_fen") for item in row["candidates"]]
    if amounts and None not in amounts:
        return " 或 ".join(yuan(fen) for fen in sorted(amounts))
    shares = [item.get("share") for item in row["candidates"]] or [row["share"]]
    return " 或 ".join(SHARES.get(share, "待定") for share in shares)


def retrofits(rows: list[Document]) -> Table:
    """Works in the home: the most urgent of the applications, and why."""
    table = _table("\n无障碍改造 Home works, the most urgent first")
    table.add_column("申请人\nresident", no_wrap=True)
    table.add_column("结论\nverdict", no_wrap=True)
    table.add_column("优先参考分\npriority", justify="right", no_wrap=True)
    table.add_column("依据（原文）\nclauses", overflow="fold")
    for row in rows[:_MOST_URGENT]:
        table.add_row(row["resident"], VERDICTS[row["verdict"]], priority(row), row["clause"])
    more = Counter(row["verdict"] for row in rows[_MOST_URGENT:])
    if more:
        table.caption = f"另有 and {more.total()} more: {_counted(more)}"
    return table


def priority(row: Document) -> str:
    """The priority, or the span in which it still lies."""
    least, most = row["priority_least"], row["priority_most"]
    return str(least) if least == most else f"{least}～{most}"


def others(jobs: list[Document], wishes: list[Document]) -> str:
    """Wishes for work and small wishes in a line each."""
    young = sum("YOUNG_WORKER" in row["codes"] for row in jobs)
    return (
        f"\n就业支持 Work: {len(jobs)} 件 → {_counted(Counter(row['verdict'] for row in jobs))}; "
        f"{young} 名未成年工 young worker.\n"
        f"微心愿 Small wishes: {len(wishes)} 件 → "
        f"{_counted(Counter(row['verdict'] for row in wishes))}."
    )


def _counted(verdicts: Counter[str]) -> str:
    return ", ".join(f"{n} {VERDICTS[name].plain}" for name, n in sorted(verdicts.items()))


def routes(rows: list[Document]) -> Table:
    """Donations and offers of help, and where each went."""
    table = _table("\n捐赠与帮扶意向 Donations and offers")
    for heading in ("种类\nkind", "内容\nwhat", "结论\nverdict", "转到\nrouted to"):
        table.add_column(heading, no_wrap=True)
    table.add_column("依据（原文）\nclause", overflow="fold")
    names = {"donation": "捐赠", "intent": "帮扶意向"}
    for row in rows:
        place = " ".join(filter(None, (row["village"], LEVELS.get(row["level"], row["level"]))))
        table.add_row(
            names[row["kind"]], row["what"], VERDICTS[row["verdict"]], place, row["clause"]
        )
    return table


def points(rows: list[Document]) -> Text:
    """Points in one paragraph: visits, points in the ledger, what waits."""
    visits = [visit for row in rows for visit in row["visits"]]
    waiting = sum(visit["verdict"] == "needs_facts" for visit in visits)
    review = sum(visit["verdict"] == "needs_review" for visit in visits)
    total = sum(row["points"] for row in rows)
    return Text(
        f"\n积分 Points: {len(visits)} 次帮扶 visits, {len(rows)} 名志愿者 volunteers → "
        f"{total} 分 points in the ledger; {waiting} 次待核实 to be verified, "
        f"{review} 次请人来看 for a person."
    )


def acceptance(counts: dict[str, int]) -> Table:
    """The case study's numbers, counted from the cases."""
    table = _table("\n案例数字，从事项里数出 Counted from the cases", header=False)
    table.add_column("", no_wrap=True)
    table.add_column("", justify="right", no_wrap=True)
    for key, second, label in ACCEPTANCE:
        value = f"{counts[key]}/{counts[second]}" if second else str(counts[key])
        table.add_row(label, value)
    return table


def durable(found: Document) -> str:
    """What the second engine says."""
    if found["absent"]:
        return f"durable_rules is absent: {found['absent']}. Everything else works without it."
    return f"durable_rules agrees {found['agrees']}/{found['of']}"


def calls(first: Document, second: Document) -> str:
    """How much HTTP it took, and that a second run changes nothing."""
    return (
        f"HTTP calls: {first['calls']} ({first['sends']} of them messages) for "
        f"{first['pulled']} cases → {first['decided']} decided, {first['dead']} dead letters, "
        f"{first['notified']} notified.\n"
        f"Second run: {second['calls']} calls, {second['decided']} decided, "
        f"{second['written']} written."
    )


def write_picture(result: Demo, path: Path) -> None:
    """Write the nine applications of the case study as an SVG without any outside font."""
    nine = [
        row
        for row in result.devices
        if row["village_id"] == VILLAGE_ID and row["submitted_on"] >= "2023-02-01"
    ]
    with io.StringIO() as nowhere:
        console = Console(record=True, width=WIDTH, file=nowhere, highlight=False)
        for part in (devices(nine), acceptance(result.acceptance), durable(result.durable)):
            console.print(part)
        svg = console.export_svg(title="make demo")
    lines = svg.splitlines()
    kept, skipping = [], False
    for line in lines:
        skipping = skipping or line.strip().startswith("@font-face")
        if not skipping:
            kept.append(line)
        skipping = skipping and line.strip() != "}"
    # Rich gives every run of text the width of narrow letters, which squeezes Chinese.
    squeezed = re.compile(r' textLength="[\d.]+"(?=[^>]*>[^<]*[\u2e80-\uffef][^<]*</text>)')
    picture = squeezed.sub("", "\n".join(kept)) + "\n"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(picture, encoding="utf-8")
