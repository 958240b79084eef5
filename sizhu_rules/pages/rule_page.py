"""The page of one rule: what it says, where each sentence comes from, what nobody confirmed yet."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sizhu_rules.engine.condition import tests
from sizhu_rules.engine.links import used_parameters
from sizhu_rules.engine.sheet import GROUNDED
from sizhu_rules.pages.examples import Examples
from sizhu_rules.pages.frame import UNCONFIRMED, mark, page, section
from sizhu_rules.pages.markup import Node, Tag, items, link, pairs, tag
from sizhu_rules.pages.words import BASIS, BASIS_MEANS, VERDICT, Words, day, span

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sizhu_rules.cases import Case
    from sizhu_rules.engine.about import About
    from sizhu_rules.engine.parameters import Number, Parameter, Reading
    from sizhu_rules.engine.policy import Policy
    from sizhu_rules.engine.rule import Rule
    from sizhu_rules.engine.rule_words import RuleWords
    from sizhu_rules.engine.sheet import Clause, Constant, Sheet
    from sizhu_rules.releases import Release

_TEXT = "条文："
_HISTORY_NOTE = "影响期间：{period}；影响对象：{people}"


class RulePage:
    """The parts of one rule's page; each answers one question of a reader."""

    def __init__(
        self,
        policy: Policy,
        rule: Rule,
        told: tuple[About | None, RuleWords],
        cases: Sequence[Case],
        releases: Sequence[Release],
    ) -> None:
        """Gather what the page is about; `told` is what the rule says of itself, and its words."""
        self._policy = policy
        self._rule = rule
        self._about = told[0]
        self._cases = cases
        self._releases = releases
        self._words = Words(rule, told[1])
        names = used_parameters(rule.spec, policy.law)
        self._parameters = {n: t for n, t in sorted(policy.law.parameters.items()) if n in names}
        sheets = {sheet.name for sheet in rule.sheets}
        self._readings = [r for r in policy.law.readings.values() if r.sheet in sheets]

    @property
    def title(self) -> str:
        """The rule's title; where nobody wrote one yet, those of its sheets."""
        if self._about is not None:
            return self._about.title
        return "、".join(sheet.title for sheet in self._rule.sheets)

    @property
    def lead(self) -> str:
        """The first sentence of the summary."""
        return "" if self._about is None else self._about.summary[0]

    @property
    def file(self) -> str:
        """The name of the page's file."""
        return f"{self._rule.spec.name}.html"

    def questions(self) -> list[Tag]:
        """List the readings and numbers nobody confirmed yet, as links to where they stand."""
        found = [
            link(f"{self.file}#reading-{reading.id}", f"读法：{reading.question}")
            for reading in self._readings
            if not reading.confirmed
        ]
        for name, timeline in self._parameters.items():
            if not all(value.confirmed for value in timeline):
                said = self._words.amount(name, timeline[-1].value)
                text = f"数字：{self._words.number(name)}（现在按{said}）"
                found.append(link(f"{self.file}#number-{name}", text))
        return found

    def assumed(self) -> list[Tag]:
        """List the clauses that stand in no document of the town and no statute."""
        return [
            link(f"{self.file}#{clause.id}", f"条文：{clause.quote}")
            for clause in self._clauses()
            if clause.basis not in GROUNDED
        ]

    def html(self) -> str:
        """Write the page."""
        parts = [
            section("asked", "会问到、看到哪些资料", *self._asked()),
            *(self._sheet(sheet) for sheet in self._rule.sheets),
            section("readings", "读法（原文没说清的地方）", *map(self._reading, self._readings)),
            section("numbers", "数字", *self._numbers()),
            section("examples", "例子", *self._examples()),
            section("holes", "规则里还没有的", *self._holes()),
            section("sources", "出处", *self._sources()),
            section("history", "变动", *self._history()),
        ]
        sections = [part for part in parts if part is not None]
        menu = [link("index.html", "全部规则"), *(_entry(part) for part in sections)]
        return page(self._policy, self.title, menu, *self._summary(), self._box(), *sections)

    def _clauses(self) -> Iterator[Clause]:
        for sheet in self._rule.sheets:
            yield from sheet.clauses

    def _summary(self) -> Iterator[Node]:
        for sentence in () if self._about is None else self._about.summary:
            yield tag("p", sentence)

    def _box(self) -> Tag:
        questions, assumed = self.questions(), self.assumed()
        if not questions and not assumed:
            return tag("p", "这条规则里的数字、读法和条文都已确认。", class_="settled")
        more = f"另有{len(assumed)}条条文，文件里没有写，是先这样定的"
        return tag(
            "section",
            tag("h2", f"还有{len(questions) + len(assumed)}处没有确认", id="open-title"),
            tag("p", UNCONFIRMED),
            items("ul", *questions),
            tag("details", tag("summary", more), items("ul", *assumed)) if assumed else None,
            class_="open",
            id="open",
            aria_labelledby="open-title",
        )

    def _asked(self) -> Iterator[Node | None]:
        spec = self._rule.spec
        read = {path for derived in spec.derived.values() for path in derived.reads}
        read.add(spec.dated_by)
        paths = list(spec.facts.paths())
        yield tag("p", "用不到的不问、不看；不知道的可以不填，会告诉您还缺什么。")
        yield items("ul", *(self._words.fact(path) for path in paths if path in read))
        beside = [self._words.fact(path) for path in paths if path not in read]
        if beside:
            yield tag(
                "p", f"下面这些不影响符不符合，只在算金额或给工作人员看时用：{'、'.join(beside)}。"
            )

    def _sheet(self, sheet: Sheet) -> Tag | None:
        numbers = {clause.id: number for number, clause in enumerate(self._clauses(), 1)}
        return section(
            f"sheet-{sheet.name}",
            f"{_TEXT}{sheet.title}",
            *(self._clause(clause, numbers[clause.id]) for clause in sheet.clauses),
        )

    def _clause(self, clause: Clause, number: int) -> Tag:
        settled = clause.basis in GROUNDED
        always = not any(True for _ in tests(clause.condition))
        gives = "一律" if always else ("符合时" if clause.fires_when else "不符合时")
        return tag(
            "article",
            tag("h3", f"第{number}条"),
            tag("blockquote", tag("p", clause.quote)),
            pairs(
                (gives, self._effect(clause)),
                ("依据", tag("span", mark(BASIS[clause.basis], settled=settled))),
                ("出处", self._words.document(clause.source)),
                ("有效", span(clause.since, clause.until)),
                ("编号", tag("span", clause.id, class_="code")),
            ),
            id=clause.id,
        )

    def _effect(self, clause: Clause) -> Tag:
        effect, words = clause.effect, self._words
        given = words.outcome({n: self._constant(v) for n, v in effect.values})
        said = [given] if given else []
        if effect.verdict != "eligible" or not given:
            said.append(VERDICT[effect.verdict])
        choices = [
            words.outcome({n: self._constant(v) for n, v in one}) for one in effect.candidates
        ]
        if any(choices):
            said.append("可能是：" + "，或者".join(choice for choice in choices if choice))
        lines = ["；".join(said) + "。", *words.reasons(effect.because)]
        unconfirmed = self._unconfirmed(clause)
        if unconfirmed:
            lines.append(
                f"（{'、'.join(unconfirmed)}没有确认，现在不照这一条办，请工作人员来定。）"
            )
        return tag("div", *(tag("p", line) for line in lines))

    def _constant(self, constant: Constant) -> Number:
        if isinstance(constant, int | str):
            return constant
        return self._parameters[constant.name][-1].value

    def _unconfirmed(self, clause: Clause) -> list[str]:
        """Name what an adverse clause rests on and nobody confirmed: it is a review until then."""
        for table in self._rule.latest().tables:
            for bound in table.clauses:
                if bound.clause.id == clause.id and bound.result.adverse:
                    return [
                        "这一条" if name == clause.id else self._words.number(name)
                        for name in bound.unconfirmed
                    ]
        return []

    def _reading(self, reading: Reading) -> Tag:
        quotes = {clause.id: clause.quote for clause in self._clauses()}
        chosen = "按这一边：" if reading.confirmed else "建议按这一边："
        sides = [
            tag(
                "span",
                tag("strong", chosen) if side == reading.follow else "另一边：",
                "；".join(dict.fromkeys(quotes[identifier] for identifier in clauses)),
            )
            for side, clauses in reading.sides
        ]
        state = (
            f"已确认：{reading.confirmed_by}"
            if reading.confirmed
            else "未确认：碰到这种情形由人决定"
        )
        return tag(
            "article",
            tag("h3", reading.question),
            tag("p", mark(state, settled=reading.confirmed)),
            items("ul", *sides),
            pairs(
                ("谁提的", f"{reading.by}，{day(reading.on)}"),
                ("依据", f"{BASIS[reading.basis]}：{self._words.document(reading.source)}"),
                ("原话", tag("q", reading.quote)),
            ),
            id=f"reading-{reading.id}",
        )

    def _numbers(self) -> Iterator[Tag]:
        for name, timeline in self._parameters.items():
            yield tag(
                "article",
                tag("h3", self._words.number(name)),
                *(self._value(name, value) for value in timeline),
                id=f"number-{name}",
            )

    def _value(self, name: str, value: Parameter) -> Tag:
        state = "已确认" if value.confirmed else "待确认"
        if value.confirmed_by is not None:
            state += f"：{value.confirmed_by}"
        others = "、".join(self._words.amount(name, other) for other in value.alternatives)
        return pairs(
            ("数值", tag("strong", self._words.amount(name, value.value))),
            ("也可能是", others or None),
            ("状态", tag("span", mark(state, settled=value.confirmed))),
            ("依据", f"{BASIS[value.basis]}：{self._words.document(value.source)}"),
            ("原话", None if value.quote is None else tag("q", value.quote)),
            ("有效", span(value.since, value.until)),
            ("核对日期", day(value.checked_on)),
            ("由谁确认", value.owner),
            ("编号", tag("span", name, class_="code")),
        )

    def _examples(self) -> Iterator[Node | None]:
        found = Examples(self._policy, self._words, self._cases)
        if found.shown:
            yield tag("p", "例子里的人都是编的；结果是写这一页时照规则当场算出来的。")
        if found.common:
            yield tag("p", f"没有另外写明的，例子里都是：{found.common}。")
        yield from found.shown
        if found.more:
            yield tag("details", tag("summary", f"再看{len(found.more)}个例子"), *found.more)

    def _holes(self) -> Iterator[Tag]:
        for hole in () if self._about is None else self._about.holes:
            if hole.until and all(self._settled(name) for name in hole.until):
                continue
            yield tag(
                "article",
                tag("h3", hole.what),
                pairs(("为什么", hole.why), ("等谁回答", hole.owner)),
            )

    def _settled(self, name: str) -> bool:
        """Tell whether a reading, a parameter or a clause is confirmed."""
        law = self._policy.law
        if name in law.readings:
            return law.readings[name].confirmed
        if name in law.parameters:
            return all(value.confirmed for value in law.parameters[name])
        return any(c.id == name and c.basis in GROUNDED for c in self._clauses())

    def _sources(self) -> Iterator[Node | None]:
        yield pairs(*((BASIS[basis], BASIS_MEANS[basis]) for basis in BASIS))
        cited: dict[str, list[Tag]] = {}
        for number, clause in enumerate(self._clauses(), 1):
            cited.setdefault(clause.source, []).append(link(f"#{clause.id}", f"第{number}条"))
        for name, timeline in self._parameters.items():
            for value in timeline:
                entry = link(f"#number-{name}", f"数字“{self._words.number(name)}”")
                cited.setdefault(value.source, []).append(entry)
        for reading in self._readings:
            entry = link(f"#reading-{reading.id}", f"读法“{reading.question}”")
            cited.setdefault(reading.source, []).append(entry)
        for source, entries in cited.items():
            yield tag("article", tag("h3", self._words.document(source)), items("ul", *entries))

    def _history(self) -> Iterator[Node | None]:
        for one in () if self._about is None else self._about.history:
            yield tag(
                "article",
                tag("h3", f"{day(one.on)}：{one.what}"),
                tag("p", _HISTORY_NOTE.format(period=one.period, people=one.people)),
            )
        for release in self._releases:
            yield tag(
                "article",
                tag("h3", f"{day(release.released_on)}：发布版本 {release.version}"),
                tag("p", release.note),
                tag("p", tag("span", release.digest, class_="code")),
            )


def _entry(part: Tag) -> Tag:
    identifier = dict(part.attributes)["id"]
    heading = part.children[0]
    text = heading.children[0] if isinstance(heading, Tag) else ""
    return link(f"#{identifier}", str(text).removeprefix(_TEXT))
