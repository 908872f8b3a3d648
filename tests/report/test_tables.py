from __future__ import annotations

import pandas as pd

from ocr_model.fields import parse_fields
from ocr_model.report.tables import (
    fields_table,
    first_number,
    outcomes_line,
    scores_table,
    worst_pages_table,
)

PAGES = pd.DataFrame(
    {
        "document_id": ["good", "bad", "worse"],
        "outcome": ["ok", "ok", "timeout"],
        "error": [None, None, "The endpoint took too long."],
        "pair_f1_normalized": [1.0, 0.25, 0.0],
        "missed": [[], [("Name", "Ann"), ("A", "1"), ("B", "2"), ("C", "3"), ("D", "4")], []],
        "invented": [[], [("Nane", "x" * 100)], []],
    }
)


def test_scores_stand_with_their_intervals_in_reading_order() -> None:
    metrics = {
        "cost_usd_per_page": 0.000198,
        "key_f1": 0.5,
        "key_f1/ci_low": 0.25,
        "key_f1/ci_high": 1.0,
        "pair_f1_normalized": 0.0,
        "pair_f1_normalized/ci_low": 0.0,
        "pair_f1_normalized/ci_high": 0.0123,
        "prompt_tokens": 51234.0,
        "tokens_per_page": 1230.0,
        "checks/mean": 0.125,
        "checks/mean/ci_low": 0.1,
        "checks/mean/ci_high": 0.2,
    }
    assert scores_table(metrics).splitlines() == [
        "  metric                 value   95 % interval",
        "  pair_f1_normalized     0.000  [0.000, 0.012]",
        "  key_f1                 0.500  [0.250, 1.000]",
        "  tokens_per_page        1,230",
        "  cost_usd_per_page   0.000198",
        "  prompt_tokens         51,234",
        "  checks/mean            0.125  [0.100, 0.200]",
    ]


def test_outcomes_line_counts() -> None:
    assert outcomes_line(PAGES) == "3 forms: 2 ok, 1 timeout"


def test_worst_pages_come_first_and_say_why() -> None:
    lines = worst_pages_table(PAGES).splitlines()
    assert lines[0] == "  worse  F1 0.00"
    assert lines[1] == "    timeout: The endpoint took too long."
    assert lines[2] == "  bad  F1 0.25"
    assert lines[3] == "    missed    Name -> Ann"
    assert lines[6] == "              and 2 more"
    assert lines[7].startswith("    invented  Nane -> xxx")
    assert lines[7].endswith("…")


def test_a_file_name_and_an_error_keep_to_their_line_and_move_no_cursor() -> None:
    page = PAGES.iloc[[2]].assign(document_id="a\x1b[2J\n  good", error="late\nok: \x1b]0;x\x07all")
    assert worst_pages_table(page).splitlines() == [
        "  a   good  F1 0.00",
        "    timeout: late ok: all",
    ]


def test_the_number_to_look_at_stands_with_its_interval_and_meaning() -> None:
    metrics = {"pair_f1_normalized": 0.748, "key_f1": 0.9}
    bounds = {"pair_f1_normalized/ci_low": 0.659, "pair_f1_normalized/ci_high": 0.844}
    told = first_number(metrics | bounds)
    assert told.startswith("Look at pair_f1_normalized 0.748 [0.659, 0.844] first: 1 is every ")
    assert "\n" not in told


def test_of_a_model_with_fields_the_first_number_is_theirs() -> None:
    metrics = {"field_f1_normalized": 0.5, "field_f1_typed": 0.75}
    assert first_number(metrics) == (
        "Look at field_f1_normalized 0.500 first: 1 is every field found with its value and "
        "nothing invented."
    )
    pages = PAGES.rename(columns={"pair_f1_normalized": "field_f1_normalized"})
    assert worst_pages_table(pages).startswith("  worse  F1 0.00")


def test_each_field_has_a_line_and_a_table_one_of_its_rows() -> None:
    wanted = parse_fields(
        "fields: [{name: Total (EUR)}, {name: due}, {name: items, type: table, columns: "
        "[{name: article}]}]"
    )
    metrics = {
        "field_f1_normalized/Total_EUR": 0.5,
        "field_f1_normalized/Total_EUR/ci_low": 0.25,
        "field_f1_normalized/Total_EUR/ci_high": 1.0,
        "field_recall_normalized/Total_EUR": 0.4,
        "field_f1_exact/Total_EUR": 0.3,
        "field_f1_typed/Total_EUR": 1.0,
        "field_f1_normalized/items": 0.8,
        "field_row_f1_normalized/items": 0.125,
    }
    assert fields_table(metrics, wanted).splitlines() == [
        "  field            F1   95 % interval  precision  recall  exact  typed",
        "  Total (EUR)   0.500  [0.250, 1.000]              0.400  0.300  1.000",
        "  items         0.800",
        "    whole rows  0.125",
    ]
