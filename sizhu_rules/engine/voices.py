"""A decision in three voices: the resident's few words, the staff's, the auditor's."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sizhu_rules.engine.rule import Rule
    from sizhu_rules.engine.spec import View
    from sizhu_rules.engine.texts import Phrase


def tell(
    rule: Rule, view: View, outcome: Mapping[str, object], body: Mapping[str, Any]
) -> Mapping[str, tuple[str, ...]]:
    """Write a decision as sentences for resident, staff and auditor; `body` is its JSON."""
    texts = rule.texts
    headline, blanks = rule.spec.headline(view, outcome)
    # A frozen release has no words for headlines that came since.
    phrases: list[Phrase] = [texts.headlines.get(headline) or texts.headlines[view.verdict]]
    phrases += [texts.codes[code] for code in body["codes"] if code in texts.codes]
    resident = [line.format_map(blanks) for phrase in phrases for line in phrase.resident]
    staff = [line.format_map(blanks) for phrase in phrases for line in phrase.staff]
    for change in body["would_change"]:
        phrase = texts.changes[change["by"]]
        resident += [line.format_map({"to": change["to"]}) for line in phrase.resident]
        staff += [line.format_map({"to": change["to"]}) for line in phrase.staff]
    # A frozen release has no words for facts that were added since.
    names = [texts.facts.get(path, path) for path in body["missing"]]
    asked = [texts.ask.format(fact=name) for name in names]
    return {
        "resident": (*resident, *asked, *texts.closing),
        "staff": (*staff, *asked),
        "audit": _audit(rule, body),
    }


def _audit(rule: Rule, body: Mapping[str, Any]) -> tuple[str, ...]:
    policy = f"{rule.identity.region} {rule.identity.version} {rule.identity.digest}"
    lines = [
        f"规则 {rule.spec.name}，政策 {policy}",
        f"依据日 {body['as_of'] or '未知'}，作出日 {body['known_on']}，结论 {body['verdict']}",
    ]
    words = {"pass": "成立", "fail": "不成立", "unknown": "未知"}
    # Quote and source stand in the clause of that id: a second copy would double what is stored.
    lines += [f"{clause['id']} {words[clause['result']]}" for clause in body["clauses"]]
    if body["missing"]:
        lines.append("缺少：" + "、".join(body["missing"]))
    lines.append("读取：" + ("、".join(body["reads"]) or "无"))
    return tuple(lines)
