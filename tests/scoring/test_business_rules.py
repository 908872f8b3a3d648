from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ocr_model.errors import ConfigError
from ocr_model.fields import WantedFields, load_fields
from ocr_model.scoring.business_rules import Compliance, compliance

RULES = r"""
fields:
  - question: Invoice No
    required: true
    pattern: 'INV-\d{4}'
  - {question: Invoice Date, type: date, formats: ["%d.%m.%Y"]}
  - {question: Due Date, type: date, formats: ["%d.%m.%Y"]}
  - {question: Net, type: currency}
  - {question: Tax, type: currency}
  - {question: Total, type: currency, required: true}
checks:
  - {sum: [Net, Tax], equals: Total}
  - {before: [Invoice Date, Due Date]}
"""


@pytest.fixture
def rules(tmp_path: Path) -> WantedFields:
    return load_fields(written(tmp_path, RULES))


def written(folder: Path, text: str) -> Path:
    path = folder / "rules.yaml"
    path.write_text(text, encoding="utf-8")
    return path


GOOD = {
    "INVOICE NO.": ["INV-0042"],
    "Invoice Date:": ["01.03.2024"],
    "Due date": ["31.03.2024"],
    "Net": ["$ 100.00"],
    "Tax": ["19.00"],
    "Total": ["$119.00"],
}

# What is read instead of the good, how many rules are kept of how many that apply, what is said.
READINGS: dict[str, tuple[Any, int, int, list[str]]] = {
    "good": ({}, 10, 10, []),
    "no mapping": (None, 0, 2, ["Invoice No: expected an answer", "Total: expected an answer"]),
    "required is missing": (
        {"INVOICE NO.": []},
        8,
        9,
        ["Invoice No: expected an answer, got none"],
    ),
    "pattern": (
        {"INVOICE NO.": ["INV-42"]},
        9,
        10,
        [r"Invoice No: expected the pattern INV-\d{4}, got 'INV-42'"],
    ),
    # A date that is none cannot be compared, so its check does not apply.
    "no date": ({"Due date": ["soon"]}, 8, 9, ["Due Date: expected a date, got 'soon'"]),
    "no amount": ({"Tax": ["l9"]}, 8, 9, ["Tax: expected a currency, got 'l9'"]),
    "sum": (
        {"Total": ["$191.00"]},
        9,
        10,
        ["expected Net + Tax = Total, got 119.00 and 191.00"],
    ),
    "order of dates": (
        {"Due date": ["28.02.2024"]},
        9,
        10,
        ["expected Invoice Date not after Due Date, got 2024-03-01 and 2024-02-28"],
    ),
    "optional is absent": ({"Due date": []}, 8, 8, []),
    # Each answer is held against the type; which of them the sum means is not known.
    "answered twice": ({"Tax": ["19.00", "20.00"]}, 10, 10, []),
}


@pytest.mark.parametrize(
    ("changed", "kept", "applied", "said"), READINGS.values(), ids=READINGS.keys()
)
def test_rules_are_held_against_a_reading(
    rules: WantedFields, changed: Any, kept: int, applied: int, said: list[str]
) -> None:
    found = compliance(None if changed is None else GOOD | changed, rules)
    assert found[:2] == (kept, applied)
    assert len(found.violations) == len(said)
    assert all(got.startswith(wanted) for got, wanted in zip(found.violations, said, strict=True))


def test_reading_to_which_no_rule_applies_breaks_none(tmp_path: Path) -> None:
    rules = load_fields(written(tmp_path, "fields: [{question: Date, type: date}]"))
    assert compliance({}, rules) == Compliance(0, 0, [])


def test_rules_are_fields_and_may_be_asked_in_several_ways(tmp_path: Path) -> None:
    rules = load_fields(written(tmp_path, "fields: [{name: total, labels: [Sum], required: true}]"))
    assert compliance({"Sum": ["1"]}, rules) == Compliance(1, 1, [])


def test_choices_and_ticks_are_held_against_their_types(tmp_path: Path) -> None:
    text = "fields: [{name: a, type: choice, choices: [x, y]}, {name: b, type: boolean}]"
    rules = load_fields(written(tmp_path, text))
    assert compliance({"a": ["x"], "b": ["perhaps"]}, rules) == Compliance(
        1, 2, ["b: expected a boolean, got 'perhaps'"]
    )


def test_rules_that_are_none_are_refused(tmp_path: Path) -> None:
    with pytest.raises(
        ConfigError, match=r"rules\.yaml, line 2, fields\[0\]\.kind: expected one of"
    ):
        load_fields(written(tmp_path, "fields:\n- {question: A, kind: date}"))


def test_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"absent\.yaml, got: .*No such file"):
        load_fields(tmp_path / "absent.yaml")
