"""Every name in a law must lead somewhere: fields, codes, parameters, readings, facts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sizhu_rules.engine.limits import check_limits
from sizhu_rules.engine.resolve import named_parameters
from sizhu_rules.errors import PolicyError, meant
from sizhu_rules.moves import terms

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sizhu_rules.engine.field import Field
    from sizhu_rules.engine.law import Law
    from sizhu_rules.engine.sheet import Sheet
    from sizhu_rules.engine.spec import Derived, RuleSpec
    from sizhu_rules.engine.texts import Texts


def unconfirmed_code(parameter: str) -> str:
    """Return the code of decisions that an unconfirmed parameter leaves to a person."""
    return parameter.upper().replace(".", "_") + "_UNCONFIRMED"


def derived_of(spec: RuleSpec, sheets: Iterable[Sheet]) -> dict[str, Derived]:
    """Return the derived facts at which these sheets look.

    An old text looks at none that came after it, and has no numbers for them.
    """
    fields = {field.name for sheet in sheets for field in sheet.fields}
    return {name: derived for name, derived in spec.derived.items() if name in fields}


def used_parameters(spec: RuleSpec, law: Law) -> set[str]:
    """Name the parameters a rule uses, in its sheets or in its derived facts."""
    derived_facts = derived_of(spec, law.sheets[spec.name]).values()
    return {
        *(name for derived in derived_facts for name in derived.parameters),
        *spec.parameters,
        *(
            name
            for sheet in law.sheets[spec.name]
            for clause in sheet.clauses
            for name, _ in named_parameters(clause)
        ),
    }


def check_links(specs: Iterable[RuleSpec], law: Law, *, frozen: bool = False) -> None:
    """Follow every name of a law; raises `PolicyError` for one that leads nowhere.

    Of a `frozen` law only what it says itself is followed, not what the program knows since.
    """
    specs = tuple(specs)
    for spec in specs:
        _check_sheets(spec, law)
        if not frozen:
            _check_texts(spec, law)
    if not frozen:
        _check_parameters(specs, law)
    check_limits(law.limits, (value for values in law.parameters.values() for value in values))
    _check_readings(specs, law)


def _check_sheets(spec: RuleSpec, law: Law) -> None:
    texts = law.texts[spec.name]
    for sheet in law.sheets[spec.name]:
        for field in sheet.fields:
            _check_field(spec, sheet, field, texts)
        for clause in sheet.clauses:
            for code in (*clause.effect.because, clause.effect.code):
                _check_code(code, texts, sheet.file, clause.effect.line)


def _check_texts(spec: RuleSpec, law: Law) -> None:
    texts = law.texts[spec.name]
    for name in {n for derived in spec.derived.values() for n in derived.parameters}:
        for value in law.parameters.get(name, ()):
            if value.alternatives:
                _check_code(unconfirmed_code(name), texts, value.file, value.line)
    for raw in spec.facts.SCHEMA:
        if raw.path not in texts.facts:
            file = f"{spec.folder}/texts.yaml"
            raise PolicyError(file, 1, f"'{raw.path}' has no name", "add it under facts")


def _check_field(spec: RuleSpec, sheet: Sheet, field: Field, texts: Texts) -> None:
    if field.name not in spec.derived:
        what = f"nothing derives '{field.name}'"
        raise PolicyError(sheet.file, field.line, what, f"use one of {', '.join(spec.derived)}")
    if field.changeable is not None and field.changeable not in spec.changes:
        what = f"nothing proposes to change '{field.changeable}'"
        known = ", ".join(spec.changes) or "none"
        raise PolicyError(sheet.file, field.line, what, f"use one of {known}")
    _check_code(field.contradiction, texts, sheet.file, field.line)


def _check_code(code: str | None, texts: Texts, file: str, line: int) -> None:
    if code is not None and code not in texts.codes:
        raise PolicyError(
            file, line, f"the code {code} has no sentence", "add it to the rule's texts.yaml"
        )


def _check_parameters(specs: Iterable[RuleSpec], law: Law) -> None:
    used = {name for spec in specs for name in used_parameters(spec, law)} | terms()
    first = {name: timeline[0] for name, timeline in law.parameters.items()}
    places = [(name, value.file, value.line) for name, value in first.items()]
    places += [(name, limit.file, limit.line) for name, limit in law.limits.items()]
    for name, file, line in places:
        if name not in used:
            fix = meant(name, used, "take it away")
            raise PolicyError(file, line, f"no rule uses the parameter '{name}'", fix)
        if name not in law.limits:
            fix = "add it under 'limits' in policy/default/limits.yaml"
            raise PolicyError(file, line, f"nothing says what '{name}' may be", fix)


def _check_readings(specs: Iterable[RuleSpec], law: Law) -> None:
    sheets = {sheet.name: (spec, sheet) for spec in specs for sheet in law.sheets[spec.name]}
    for reading in law.readings.values():
        if reading.sheet not in sheets:
            raise PolicyError(
                reading.file,
                reading.line,
                f"there is no sheet '{reading.sheet}'",
                f"use one of {', '.join(sheets)}",
            )
        spec, sheet = sheets[reading.sheet]
        _check_code(reading.code, law.texts[spec.name], reading.file, reading.line)
        known = {clause.id for clause in sheet.clauses}
        for _, clauses in reading.sides:
            for clause_id in clauses:
                if clause_id not in known:
                    what = f"the sheet has no clause '{clause_id}'"
                    fix = meant(clause_id, known, "correct the id")
                    raise PolicyError(reading.file, reading.line, what, fix)
