"""Business rules in a YAML file -> which of them the pairs of a document break.

Needs no reference: a rule applies to every form of its kind. The file format is that of
`ocr_model.fields`; the names here are from the older rules format.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from ocr_model.errors import excerpt
from ocr_model.fields import (
    Check,
    Column,
    Field,
    WantedFields,
    broken_check,
    load_fields,
    parse_currency,
    parse_number,
    read_value,
)
from ocr_model.normalize import fold_text
from ocr_model.scoring.field_values import parse_date
from ocr_model.scoring.metrics import pairs_in

__all__ = ["BusinessRules", "Check", "Compliance", "FieldRule", "compliance", "load_rules"]

BusinessRules = WantedFields
FieldRule = Field
load_rules = load_fields

# If a file does not say how a date or amount is written.
_DATE_FORMATS = ("%Y-%m-%d", "%d.%m.%Y", "%d %B %Y", "%B %d, %Y", "%d %b %Y", "%m/%d/%Y")
_DECIMAL_MARK = "."

Answers = Mapping[str, Sequence[str]]


class Compliance(NamedTuple):
    """How many of the applicable rules were met, and messages for the others."""

    kept: int
    applied: int
    violations: list[str]


def compliance(predictions: Any, rules: WantedFields) -> Compliance:
    """Apply every rule to the pairs read from one document.

    {"Total": ["abc"]} on a required Date, a required Total of type number -> Compliance(1, 3,
        ["Date: expected an answer, got none", "Total: expected a number, got 'abc'"])
    """
    answers: dict[str, list[str]] = {}
    for question, answer in pairs_in(predictions):
        answers.setdefault(fold_text(question), []).append(answer)
    found = [*_field_findings(answers, rules), *_check_findings(answers, rules)]
    violations = [finding for finding in found if finding is not None]
    return Compliance(len(found) - len(violations), len(found), violations)


def _given(answers: Answers, rule: Column) -> list[str]:
    """The answers to all labels of a field."""
    asked = dict.fromkeys(fold_text(text) for text in (rule.name, *rule.labels))
    return [answer for question in asked for answer in answers.get(question, [])]


def _field_findings(answers: Answers, rules: WantedFields) -> Iterator[str | None]:
    """One finding per applicable rule: None if it is met."""
    for rule in rules.fields:
        given = _given(answers, rule)
        if rule.required:
            yield None if given else f"{rule.name}: expected an answer, got none"
        for answer in given:
            yield from _answer_findings(rule.of_one, answer)


def _answer_findings(rule: Column, answer: str) -> Iterator[str | None]:
    got = f"got {excerpt(answer)}"
    if rule.pattern is not None:
        fits = re.fullmatch(rule.pattern, answer.strip())
        yield None if fits else f"{rule.name}: expected the pattern {rule.pattern}, {got}"
    if rule.type not in ("text", "table"):
        readable = _is_readable(rule, answer)
        yield None if readable else f"{rule.name}: expected a {rule.type}, {got}"


def _check_findings(answers: Answers, rules: WantedFields) -> Iterator[str | None]:
    for check in rules.checks:
        # Pairs have no tables: a column has no value here.
        fields = [rules.field(name) for name in check.names]
        values = [None if field is None else _only_value(answers, field) for field in fields]
        if None not in values:
            yield broken_check(check, values)


def _only_value(answers: Answers, rule: Column) -> date | Decimal | None:
    """The value of a question with one answer; with several, the right one is unknown."""
    given = _given(answers, rule)
    return _value(rule, given[0]) if len(given) == 1 else None


def _is_readable(rule: Column, answer: str) -> bool:
    if rule.type in ("boolean", "choice"):
        return read_value(answer, rule).found
    return _value(rule, answer) is not None


def _value(rule: Column, answer: str) -> date | Decimal | None:
    """Read strictly with the formats and the decimal mark of the file: other notations fail."""
    if rule.type == "date":
        found = parse_date(answer, rule.formats or _DATE_FORMATS)
        return None if found is None else found.date()
    read = parse_currency if rule.type == "currency" else parse_number
    return read(answer, rule.decimal_mark or _DECIMAL_MARK)
