from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest

from ocr_model.errors import ConfigError
from ocr_model.fields.file.field_file import load_fields, parse_fields
from ocr_model.fields.wanted import WantedFields

FILE = r"""
# What we want of an invoice
fields:
  - name: invoice_number
    labels: [Invoice No, Rechnungsnummer]
    required: true
    pattern: 'INV-\d{4}'
  - name: date
    type: date
    formats: ["%d.%m.%Y"]
  - {name: due_date, type: date}
  - {name: net, type: currency}
  - {name: total, type: currency, decimal_mark: ","}
  - {name: paid, type: boolean, labels: []}
  - {name: shipping, type: choice, choices: [Post, No, 24h]}
  - {name: phones, type: list, items: text}
  - name: items
    type: table
    columns:
      - {name: article, labels: [Article, Description]}
      - {name: amount, type: currency}
checks:
  - {sum: [items.amount], equals: net, tolerance: 0.01}
  - {before: [date, due_date]}
"""


def test_file_is_read_as_it_is_written() -> None:
    wanted = parse_fields(FILE)
    first, date, due, *_, items = wanted.fields
    assert first.labels == ("Invoice No", "Rechnungsnummer")
    assert first.required
    assert date.formats == ("%d.%m.%Y",)
    assert due.labels == ("due date",)
    assert [column.type for column in items.columns] == ["text", "currency"]
    assert str(wanted.checks[0].tolerance) == "0.01"


def test_words_that_yaml_takes_for_other_things_stay_words() -> None:
    wanted = parse_fields("fields: [{name: a, type: choice, choices: [yes, No, 007, 1.50]}]")
    assert wanted.fields[0].choices == ("yes", "No", "007", "1.50")


def test_field_that_nothing_asks_for_has_no_labels() -> None:
    wanted = parse_fields("fields: [{name: company, labels: []}]")
    assert wanted.fields[0].labels == ()


def test_question_of_earlier_rules_is_name_and_label() -> None:
    rules = """
fields:
  - {question: Invoice No, required: true}
  - {question: Net, type: currency}
  - {question: Total, type: currency, decimal_mark: "."}
checks:
  - {sum: [Net], equals: Total}
"""
    field = parse_fields(rules).fields[0]
    assert (field.name, field.labels, field.required) == ("Invoice No", ("Invoice No",), True)


def test_content_survives_the_way_through_json() -> None:
    wanted = parse_fields(FILE)
    assert WantedFields.from_plain(wanted.to_plain()) == wanted


def test_digest_is_that_of_the_content() -> None:
    wanted = parse_fields(FILE)
    other_layout = parse_fields(FILE.replace("# What we want of an invoice", "# other"))
    assert other_layout.digest == wanted.digest
    assert WantedFields.from_plain(wanted.to_plain()).digest == wanted.digest
    assert parse_fields(FILE.replace("INV", "RE")).digest != wanted.digest


def test_weight_is_part_of_the_content_where_it_is_not_one() -> None:
    plain, said, heavy = (
        parse_fields(f"fields: [{{name: total{weight}}}]")
        for weight in ("", ", weight: 1", ", weight: 2.5")
    )
    assert heavy.fields[0].weight == 2.5
    assert said.digest == plain.digest != heavy.digest
    assert WantedFields.from_plain(heavy.to_plain()) == heavy


def test_digest_of_a_file_stays_what_it_was() -> None:
    # Models that are pinned carry it.
    wanted = parse_fields("fields: [{name: total, type: currency}]")
    assert wanted.digest == "65e64db1f3f3d2b1f785a6115a5d1a9f1c90ad5f9ef968f69664304922372136"


@pytest.mark.parametrize(
    ("text", "match"),
    [
        ("fields: [", r"YAML in f\.yaml, line 1"),
        ("", r"f\.yaml, line 1: expected the key `fields` with a list, got None\. Write fields"),
        ("- a", r"expected the key `fields`"),
        ("fields: []", r"line 1, fields: expected at least one under `fields`"),
        ("checks: []", r"line 1, fields: expected the key `fields`, got none"),
        (
            "fields:\n  - name: a\n    lables: [b]",
            r"line 3, fields\[0\]\.lables: expected one of the keys name, .*; got 'lables'\. "
            r"Write labels\.",
        ),
        (
            "fields:\n  - name: a\n  - name: b\n    type: money",
            r"line 4, fields\[1\]\.type: expected one of text, number, .*; got 'money'\. "
            r"Write type: currency\.",
        ),
        ("fields:\n- {name: a, type: curency}", r"Write type: currency\."),
        ("fields:\n- {type: date}", r"line 2, fields\[0\]\.name: expected the key `name`"),
        ("fields:\n- {name: '--'}", r"fields\[0\]\.name: expected a name with letters"),
        ("fields:\n- {name: a, name: b}", r"line 2: expected each key once, got 'name' again"),
        (
            "fields:\n- name: a\n  labels: Total",
            r"line 3, .*expected a list, got 'Total'\. Write labels: \[Total\]\.",
        ),
        ("fields:\n- name: a\n  labels: ['']", r"line 3, .*expected labels with letters"),
        ("fields:\n- name: a\n  required: maybe", r"line 3, .*expected true or false"),
        ("fields:\n- {name: a, pattern: '('}", r"pattern: expected a regular expression"),
        ("fields:\n- {name: a, formats: [DD.MM.YYYY]}", r"strptime has them, got 'DD\.MM\.YYYY'"),
        ("fields:\n- {name: a, formats: ['%Q']}", r"strptime"),
        ("fields:\n- {name: a, decimal_mark: ';'}", r'expected "\." or ","'),
        ("fields:\n- {name: a, weight: -1}", r"weight: expected a number of 0 or more, got '-1'"),
        ("fields:\n- {name: a, weight: much}", r"weight: .*got 'much'\. Write weight: 2"),
        ("fields:\n- {name: a, weight: .inf}", r"weight: expected a number of 0 or more"),
        ("fields:\n- {name: a, weight: 0}", r"expected a `weight` above 0 for at least one"),
        ("fields:\n- {name: a, type: choice}", r"expected `choices` where the type is choice"),
        ("fields:\n- {name: a, choices: [b]}", r"expected `choices` .*got them with type text"),
        ("fields:\n- {name: a, type: choice, choices: [B, b.]}", r"each of `choices` once"),
        ("fields:\n- {name: a, type: table}", r"expected `columns` where the type is table"),
        ("fields:\n- {name: a, columns: [{name: b}]}", r"expected `columns` where"),
        (
            "fields:\n- {name: a, type: table, columns: [{name: b}, {name: B}]}",
            r"each name once under `columns`",
        ),
        (
            "fields:\n- name: a\n  type: table\n  columns:\n    - {name: b, type: table}",
            r"line 5, fields\[0\]\.columns\[0\]\.type: expected one of text, number",
        ),
        ("fields:\n- {name: a, type: list, items: list}", r"items: expected one of text"),
        ("fields:\n- {name: a}\n- {name: 'A:'}", r"each question or name once .*got 'a' twice"),
        ("fields:\n- {name: a, question: b}", r"either `name` or `question`, got both"),
        ("fields: [{name: a}]\nchecks: [{sum: [a]}]", r"line 2, checks\[0\]: expected either"),
        ("fields: [{name: a}]\nchecks:\n- {sums: [a]}", r"line 3, checks\[0\]\.sums: .*Write sum"),
        (
            "fields: [{name: a, type: number}]\nchecks: [{sum: [a], equals: b}]",
            r"a check uses 'b': expected it under `fields` with the type currency or number",
        ),
        (
            "fields: [{name: a, type: number}]\nchecks: [{before: [a, a]}]",
            r"a check uses 'a': expected it under `fields` with the type date",
        ),
        ("fields: [text]", r"fields\[0\]: expected keys with values, got 'text'"),
        ("fields: &a [*a]", r"an anchor inside itself"),
    ],
)
def test_fault_is_named_with_line_and_remedy(text: str, match: str) -> None:
    with pytest.raises(ConfigError, match=match):
        parse_fields(text, "f.yaml")


def test_all_faults_are_said_at_once() -> None:
    with pytest.raises(ConfigError) as caught:
        parse_fields("fields:\n- {name: a, typ: date}\n- {name: b, type: money}")
    assert len(str(caught.value).splitlines()) == 2


def test_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"absent\.yaml, got: No such file"):
        load_fields(tmp_path / "absent.yaml")


def test_other_encoding_is_named(tmp_path: Path) -> None:
    path = tmp_path / "fields.yaml"
    path.write_bytes("fields: [{name: Straße}]".encode("utf-16"))
    with pytest.raises(ConfigError, match="YAML in UTF-8"):
        load_fields(path)


def test_file_of_the_docs_is_one_and_so_is_its_fault() -> None:
    docs = (Path(__file__).parents[3] / "docs" / "fields.md").read_text(encoding="utf-8")
    blocks = docs.split("```")
    wanted = parse_fields(next(b for b in blocks if b.startswith("yaml")).removeprefix("yaml"))
    assert len(wanted.fields) == 10
    said = next(block for block in blocks if "got 'money'" in block).strip()
    with pytest.raises(ConfigError) as caught:
        parse_fields("fields:\n  - name: a\n  - name: b\n    type: money")
    assert str(caught.value) == said


LAUGHS = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
    f"{after}: &{after} [{','.join([f'*{before}'] * 9)}]\n"
    for before, after in pairwise("abcdefghi")
)
MERGES = "a: &a {x: 1}\n" + "".join(
    f"{after}: &{after} {{<<: [{','.join([f'*{before}'] * 9)}]}}\n"
    for before, after in pairwise("abcdefghi")
)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (LAUGHS + "fields: *i\n", "at most 100,000 values"),
        (MERGES + "fields: *i\n", "at most 100,000 values"),
        ("fields: &a [*a]", "an anchor inside itself"),
        ("fields: " + "[" * 20_000, "Expected YAML in f"),
        ("fields: \x00", "special characters are not allowed"),
        ("fields: !!python/object/apply:os.abort []", "expected"),
    ],
    ids=["laughs", "merges", "bites itself", "deep", "nul", "code"],
)
def test_a_hostile_file_is_a_sentence(text: str, told: str) -> None:
    with pytest.raises(ConfigError, match=told):
        parse_fields(text, "f")
