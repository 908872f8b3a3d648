from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from ocr_model.errors import DatasetError
from ocr_model.fields import Field, WantedFields, parse_fields
from ocr_model.forms import FieldTruth
from ocr_model.forms.funsd import Form
from ocr_model.schema import Box, Word
from ocr_model.scoring.form_scores import share_array
from ocr_model.scoring.rows import Rows, Scoring, run_metrics, score_rows
from tests.support.scored import form_of, row_of


@pytest.fixture
def forms(tmp_path: Path) -> list[Form]:
    return [
        form_of(tmp_path, 100, ("Name:", "Ann"), ("Date:", "5 May")),
        form_of(tmp_path, 101, ("City", "Bonn"), blank=("Phone",)),
        form_of(tmp_path, 102),
    ]


FIRST = {"NAME": ["Ann"], "Date": ["6 May"]}
SECOND = {"City:": ["bonn"]}


def metrics_of(rows: Rows, forms: list[Form], scoring: Scoring | None = None) -> dict[str, float]:
    return run_metrics(rows, score_rows(rows, forms, scoring or Scoring()), forms)


def test_tokens_of_cached_rows_are_not_counted_again(forms: list[Form]) -> None:
    rows = [
        row_of("ok", FIRST, prompt_tokens=100, cached=True, pages=2),
        row_of("ok", SECOND, prompt_tokens=50),
        row_of("ok", {}, prompt_tokens=7, cached=True),
    ]
    metrics = metrics_of(Rows(rows, seconds=3.0), forms)
    assert (metrics["prompt_tokens"], metrics["cached_pages"]) == (50, 3)


def test_run_metrics_count_forms_outcomes_tokens_and_seconds(forms: list[Form]) -> None:
    rows = [
        row_of("ok", FIRST, prompt_tokens=100, completion_tokens=None),
        row_of("ok", SECOND, prompt_tokens=50),
        row_of("timeout", {}, pages=0),
    ]
    metrics = metrics_of(Rows(rows, seconds=3.0), forms)
    assert metrics["outcome/ok"] == pytest.approx(2 / 3)
    assert metrics["outcome/timeout"] == pytest.approx(1 / 3)
    assert metrics["prompt_tokens"] == 150
    assert "completion_tokens" not in metrics
    assert metrics["seconds_per_page"] == 1.5
    # Strict: Name is right, Date is wrong, "bonn" is not "Bonn". Normalized: City is right too.
    assert metrics["pair_f1_strict"] == pytest.approx(1 / 3)
    assert metrics["pair_f1_normalized"] == pytest.approx(2 / 3)
    # "6 May" and "5 May" are 0.8 alike.
    assert metrics["pair_f1_fuzzy"] == 1
    assert metrics["key_f1"] == 1
    assert metrics["value_accuracy"] == pytest.approx(2 / 3)
    assert metrics["key_value_accuracy/mean"] == pytest.approx(0.5 / 3)
    # The empty form gives 0 to a perfect extractor too.
    assert metrics["key_value_accuracy/ceiling"] == pytest.approx(2 / 3)
    assert metrics["perfect_page_rate"] == pytest.approx(1 / 3)


def test_every_score_has_an_interval_around_it(forms: list[Form]) -> None:
    rows = Rows([row_of("ok", FIRST), row_of("ok", SECOND), row_of("empty", {})], 1.0)
    metrics = metrics_of(rows, forms)
    bounded = [name.removesuffix("/ci_low") for name in metrics if name.endswith("/ci_low")]
    for name in bounded:
        assert metrics[f"{name}/ci_low"] <= metrics[name] <= metrics[f"{name}/ci_high"]
    plain = {name for name in metrics if not name.endswith(("/ci_low", "/ci_high"))}
    assert plain - set(bounded) == {"key_value_accuracy/ceiling", "seconds_per_page"}
    assert metrics_of(rows, forms) == metrics


def test_tokens_and_cost_are_of_the_pages_that_report_them(forms: list[Form]) -> None:
    rows = Rows(
        [
            row_of("ok", FIRST, pages=2, prompt_tokens=100, completion_tokens=20, trace_id="a"),
            row_of("ok", SECOND, prompt_tokens=50, completion_tokens=None, trace_id="b"),
            row_of("ok", {}, prompt_tokens=30, completion_tokens=0, trace_id=None),
        ],
        seconds=1.0,
    )
    pages = score_rows(rows, forms, costs_usd={"a": 0.004})
    metrics = run_metrics(rows, pages, forms)
    assert metrics["tokens_per_page"] == 150 / 3
    assert metrics["cost_usd_per_page"] == 0.002
    assert pages["cost_usd"].tolist()[0] == 0.004
    assert pages["cost_usd"].isna().tolist() == [False, True, True]


def test_what_nobody_reported_is_absent_and_not_zero(forms: list[Form]) -> None:
    metrics = metrics_of(Rows([row_of("ok", FIRST)], 1.0), forms[:1])
    absent = {"tokens_per_page", "cost_usd_per_page", "grounded_keys", "grounded_values"}
    assert not absent & metrics.keys()
    assert "rule_compliance" not in metrics


def test_failed_row_on_an_empty_page_earns_nothing(forms: list[Form]) -> None:
    rows = Rows([row_of("ok", FIRST), row_of("ok", SECOND), row_of("timeout", {})], 1.0)
    pages = score_rows(rows, forms)
    assert pages["pair_f1_normalized"].tolist() == [0.5, 1.0, 0.0]
    assert pages["anls_star"].tolist()[2] == 0


def test_page_table_names_what_was_missed_and_invented(forms: list[Form]) -> None:
    rows = Rows([row_of("ok", FIRST), row_of("ok", SECOND), row_of("ok", {})], 1.0)
    first = score_rows(rows, forms).iloc[0]
    assert first["missed"] == [("Date:", "5 May")]
    assert first["invented"] == [("Date", "6 May")]


def test_shares_of_the_table_add_up_to_the_run(forms: list[Form]) -> None:
    rows = Rows([row_of("ok", FIRST), row_of("ok", SECOND), row_of("ok", {"A": ["1"]})], 1.0)
    pages = score_rows(rows, forms)
    part, whole = share_array(list(pages["shares"]), "pair_f1_normalized").sum(axis=0)
    assert part / whole == run_metrics(rows, pages, forms)["pair_f1_normalized"]


def test_blank_fields_count_when_they_are_asked_for(forms: list[Form]) -> None:
    rows = Rows([row_of("ok", FIRST), row_of("ok", SECOND | {"Phone": ["1"]}), row_of("ok", {})], 1)
    ignored, scored = (
        metrics_of(rows, forms, Scoring(blank_fields=rule))
        for rule in ("ignore", "score")  # type: ignore[arg-type]
    )
    assert ignored["pair_recall_normalized"] == pytest.approx(2 / 3)
    assert scored["pair_recall_normalized"] == pytest.approx(2 / 4)
    # The question is there, so finding it is right, and was a fault where it should be left out.
    assert ignored["key_precision"] == pytest.approx(3 / 4)
    assert scored["key_precision"] == 1


def test_format_is_judged_by_the_replies_of_an_llm(forms: list[Form]) -> None:
    rows = [
        row_of("ok", FIRST),
        row_of("ok", SECOND, notes=["code fence removed"]),
        row_of("timeout", {}),
    ]
    assert metrics_of(Rows(rows, 1.0), forms)["format_compliance"] == 0.5
    local = [row_of("ok", FIRST, engine="local")]
    assert "format_compliance" not in metrics_of(Rows(local, 1.0), forms[:1])


def words_of(*texts: str) -> list[Word]:
    places = enumerate(texts)
    return [Word(text, Box(100 * n, 0, 100 * n + 60, 20), 1.0) for n, text in places]


def test_what_an_llm_says_is_held_against_the_words_of_the_page(forms: list[Form]) -> None:
    words = {"form-100": [words_of("Name:", "Ann", "Date:")], "form-101": [words_of("City")]}
    rows = Rows([row_of("ok", FIRST), row_of("ok", SECOND), row_of("ok", {"A": ["1"]})], 1.0)
    pages = score_rows(rows, forms, Scoring(words=words))
    metrics = run_metrics(rows, pages, forms)
    assert metrics["grounded_keys"] == 1
    assert metrics["grounded_values"] == pytest.approx(1 / 3)
    assert pages["ungrounded"].tolist()[:2] == [[("Date", "6 May")], [("City:", "bonn")]]
    # No words are known of the third page.
    assert math.isnan(pages["ungrounded"].tolist()[2])


def test_local_engine_is_not_held_against_itself(forms: list[Form]) -> None:
    words = {"form-100": [words_of("Name:", "Ann", "Date:")]}
    rows = Rows([row_of("ok", FIRST, engine="local")], 1.0)
    assert "grounded_values" not in metrics_of(rows, forms[:1], Scoring(words=words))


def test_rules_are_held_against_what_was_read(forms: list[Form]) -> None:
    rules = WantedFields(fields=(Field(question="Name", required=True, pattern="A.*"),))
    rows = Rows([row_of("ok", FIRST), row_of("ok", SECOND), row_of("timeout", {})], 1.0)
    pages = score_rows(rows, forms, Scoring(rules=rules))
    assert run_metrics(rows, pages, forms)["rule_compliance"] == pytest.approx(2 / 3)
    assert pages["violations"].tolist()[:2] == [[], ["Name: expected an answer, got none"]]


def test_rows_that_do_not_fit_the_forms_are_refused(forms: list[Form]) -> None:
    with pytest.raises(DatasetError, match="got 1 rows for 3 forms"):
        score_rows(Rows([row_of("ok", {})], 1.0), forms)
    with pytest.raises(DatasetError, match="got 0 rows for 0 forms"):
        score_rows(Rows([], 1.0), [])


WANTED = parse_fields(
    """
fields:
  - {name: total, type: currency, weight: 3}
  - {name: due, type: date}
  - {name: name}
"""
)


def field_row(outcome: str, *values: tuple[str, str, str | None, float | None]) -> dict[str, Any]:
    """A row of a model with fields, as its JSON holds it."""
    fields = [
        {
            **dict.fromkeys(("page", "box", "reason", "row", "column")),
            "name": name,
            "status": status,
            "value": said,
            "text": said,
            "confidence": sure,
        }
        for name, status, said, sure in values
    ]
    pairs = {name: [said] for name, _, said, _ in values if said is not None}
    return row_of(outcome, pairs, fields=fields)


@pytest.fixture
def documents(forms: list[Form]) -> list[Form]:
    truths: list[FieldTruth] = [
        {"total": "9.00", "due": None},
        {"total": "5", "due": "2026-05-01"},
        {"total": "7.00"},
    ]
    return [replace(form, fields=truth) for form, truth in zip(forms, truths, strict=True)]


FIELD_ROWS = [
    # Total right; due invented; name by the label "Name:", which reads Ann, is right.
    field_row(
        "ok",
        ("total", "found", "9.00", 0.9),
        ("due", "found", "2026-01-01", 0.4),
        ("name", "found", "Ann", 0.8),
    ),
    # Total right by value; due is not found; name is asked nowhere.
    field_row(
        "ok",
        ("total", "found", "5.00", 0.7),
        ("due", "ambiguous", None, None),
        ("name", "found", "Bob", 0.1),
    ),
    field_row("timeout", ("total", "found", "7.00", 0.9)),
]


def test_fields_are_scored_and_not_their_names_as_questions(documents: list[Form]) -> None:
    rows = Rows(FIELD_ROWS, 3.0)
    metrics = metrics_of(rows, documents, Scoring(wanted=WANTED))
    # Found 3 + 1 + 1, 3; there 3 + 1, 3 + 1, 3; right 3 + 1, by value 3 more.
    assert metrics["field_precision_normalized"] == 4 / 8
    assert metrics["field_recall_normalized"] == 4 / 11
    assert metrics["field_f1_normalized"] == 8 / 19
    assert metrics["field_f1_exact"] == 8 / 19
    assert metrics["field_f1_typed"] == 14 / 19
    assert metrics["perfect_document_rate"] == 0
    # Without weight: one of 2 found, one of 3 there; two by value.
    assert metrics["field_f1_normalized/total"] == 2 / 5
    assert metrics["field_f1_typed/total"] == 4 / 5
    assert metrics["field_recall_typed/total"] == 2 / 3
    assert metrics["field_precision_normalized/due"] == 0
    assert metrics["field_recall_normalized/due"] == 0
    assert metrics["field_f1_normalized/name"] == 1
    assert metrics["field_f1_typed/ci_low"] <= 14 / 19 <= metrics["field_f1_typed/ci_high"]
    assert metrics["field_f1_typed/total/ci_low"] <= 4 / 5
    assert not [name for name in metrics if "pair" in name or "key" in name or "anls" in name]
    assert metrics["outcome/timeout"] == pytest.approx(1 / 3)


def test_confidences_of_fields_are_judged_by_their_values(documents: list[Form]) -> None:
    metrics = metrics_of(Rows(FIELD_ROWS, 3.0), documents, Scoring(wanted=WANTED))
    # 0.9, 0.8 and 0.7 are right, 0.4 is not; nobody knows of the second name.
    assert metrics["answers_with_confidence"] == 4
    assert metrics["confidence_auroc"] == 1
    assert metrics["confidence_brier"] == pytest.approx((0.01 + 0.04 + 0.09 + 0.16) / 4)


def test_page_table_names_the_fields_that_are_wrong(documents: list[Form]) -> None:
    pages = score_rows(Rows(FIELD_ROWS, 3.0), documents, Scoring(wanted=WANTED))
    assert pages["missed"].tolist() == [
        [],
        [("total", "5"), ("due", "2026-05-01")],
        [("total", "7.00")],
    ]
    assert pages["invented"].tolist() == [[("due", "2026-01-01")], [("total", "5.00")], []]
    # 2 x 4 of 5 and 4, of 3 and 4, of 0 and 3.
    assert pages["field_f1_normalized"].tolist() == [8 / 9, 0, 0]
    assert pages["field_f1_typed"].tolist() == [8 / 9, 6 / 7, 0]
    assert "pair_f1_normalized" not in pages
