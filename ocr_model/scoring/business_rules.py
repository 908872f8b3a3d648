"""Business rules in a YAML file -> which of them the pairs of a document break.

Needs no reference: a rule holds for every form of its kind.

    fields:
      - question: Invoice No
        required: true
        pattern: 'INV-\\d{4}'
      - question: Invoice Date
        type: date
        formats: ["%d.%m.%Y"]
      - question: Total
        type: currency
    checks:
      - sum: [Net, Tax]
        equals: Total
      - before: [Invoice Date, Due Date]
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal, NamedTuple

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from ocr_model.errors import ConfigError, excerpt, where_looked
from ocr_model.normalize import fold_text
from ocr_model.scoring.field_values import parse_currency, parse_date, parse_number
from ocr_model.scoring.metrics import pairs_in

_DATE_FORMATS = ("%Y-%m-%d", "%d.%m.%Y", "%d %B %Y", "%B %d, %Y", "%d %b %Y", "%m/%d/%Y")

Answers = Mapping[str, Sequence[str]]


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class FieldRule(_Strict):
    """What the answers to one question look like. A question that is absent breaks `required` only.

    `decimal_mark` is the sign before the fraction: "." for 1,234.50 and "," for 1.234,50.
    """

    question: str
    required: bool = False
    pattern: str | None = None
    type: Literal["text", "date", "number", "currency"] = "text"
    formats: tuple[str, ...] = _DATE_FORMATS
    decimal_mark: Literal[".", ","] = "."

    @field_validator("pattern")
    @classmethod
    def _compiles(cls, pattern: str | None) -> str | None:
        try:
            re.compile(pattern or "")
        except re.error as err:
            raise ValueError(f"expected a regular expression, got one that fails: {err}") from err
        return pattern


class Check(_Strict):
    """What holds between fields: `sum` of some `equals` another, or one date is `before` another.

    Left out where one of the fields has no readable answer: their own rules say so.
    """

    sum: tuple[str, ...] = ()
    equals: str | None = None
    tolerance: Decimal = Decimal("0.005")
    before: tuple[str, str] | None = None

    @model_validator(mode="after")
    def _is_a_sum_or_an_order(self) -> Check:
        if bool(self.sum) != (self.equals is not None) or bool(self.sum) == bool(self.before):
            raise ValueError("expected either `sum` with `equals`, or `before` with two questions")
        return self

    @property
    def questions(self) -> tuple[str, ...]:
        return self.before or (*self.sum, self.equals or "")


class BusinessRules(_Strict):
    """The rules of one kind of form."""

    fields: tuple[FieldRule, ...] = Field(min_length=1)
    checks: tuple[Check, ...] = ()

    @model_validator(mode="after")
    def _fields_are_declared(self) -> BusinessRules:
        types = {fold_text(rule.question): rule.type for rule in self.fields}
        if len(types) != len(self.fields):
            raise ValueError("expected each question once under `fields`")
        for check in self.checks:
            wanted = {"date"} if check.before else {"number", "currency"}
            for question in check.questions:
                if types.get(fold_text(question)) not in wanted:
                    raise ValueError(
                        f"a check uses {question!r}: expected it under `fields` with the type "
                        f"{' or '.join(sorted(wanted))}"
                    )
        return self


class Compliance(NamedTuple):
    """How many of the rules that applied were kept, and in words those that were broken."""

    kept: int
    applied: int
    violations: list[str]


def load_rules(path: Path) -> BusinessRules:
    """Read rules from YAML and say everything that is wrong with them at once.

    Raises:
        ConfigError: the file is missing, no YAML, or holds a rule that is not one.
    """
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except OSError as err:
        raise ConfigError(
            f"Expected business rules as YAML in {path}, got: {err.strerror or err}."
            f"{where_looked(path)}"
        ) from err
    except (UnicodeDecodeError, yaml.YAMLError) as err:
        raise ConfigError(f"Expected business rules as YAML in {path}, got: {err}") from err
    try:
        return BusinessRules.model_validate(content)
    except ValidationError as err:
        faults = "; ".join(
            f"{'.'.join(map(str, fault['loc'])) or 'rules'}: {fault['msg']} "
            f"(got {excerpt(fault['input'])})"
            for fault in err.errors()
        )
        raise ConfigError(f"{path} holds rules that are not valid: {faults}") from err


def compliance(predictions: Any, rules: BusinessRules) -> Compliance:
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


def _field_findings(answers: Answers, rules: BusinessRules) -> Iterator[str | None]:
    """One finding per rule that applies: None where it is kept."""
    for rule in rules.fields:
        given = answers.get(fold_text(rule.question), [])
        if rule.required:
            yield None if given else f"{rule.question}: expected an answer, got none"
        for answer in given:
            yield from _answer_findings(rule, answer)


def _answer_findings(rule: FieldRule, answer: str) -> Iterator[str | None]:
    got = f"got {excerpt(answer)}"
    if rule.pattern is not None:
        fits = re.fullmatch(rule.pattern, answer.strip())
        yield None if fits else f"{rule.question}: expected the pattern {rule.pattern}, {got}"
    if rule.type != "text":
        readable = _value(rule, answer) is not None
        yield None if readable else f"{rule.question}: expected a {rule.type}, {got}"


def _check_findings(answers: Answers, rules: BusinessRules) -> Iterator[str | None]:
    by_question = {fold_text(rule.question): rule for rule in rules.fields}
    for check in rules.checks:
        values = [_only_value(answers, by_question[fold_text(q)]) for q in check.questions]
        if None not in values:
            yield _broken(check, values)


def _only_value(answers: Answers, rule: FieldRule) -> Any:
    """The value of a question that was answered once; which of several is meant is not known."""
    given = answers.get(fold_text(rule.question), [])
    return _value(rule, given[0]) if len(given) == 1 else None


def _broken(check: Check, values: Sequence[Any]) -> str | None:
    if check.before is not None:
        first, second = values
        if first <= second:
            return None
        names = check.before
        return (
            f"expected {names[0]} not after {names[1]}, got {first:%Y-%m-%d} and {second:%Y-%m-%d}"
        )
    *parts, total = values
    if abs(sum(parts) - total) <= check.tolerance:
        return None
    return f"expected {' + '.join(check.sum)} = {check.equals}, got {sum(parts)} and {total}"


def _value(rule: FieldRule, answer: str) -> datetime | Decimal | None:
    if rule.type == "date":
        return parse_date(answer, rule.formats)
    if rule.type == "currency":
        return parse_currency(answer, rule.decimal_mark)
    return parse_number(answer, rule.decimal_mark)
