from __future__ import annotations

import pandas as pd

from ocr_model.report import outcomes_line, scores_table, worst_pages_table

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


def test_scores_table_shows_known_metrics_in_reading_order() -> None:
    metrics = {"seconds_per_page": 0.7364, "pair_f1_normalized": 0.5, "prompt_tokens": 51_234.0}
    assert scores_table(metrics).splitlines() == [
        "  metric               value",
        "  pair_f1_normalized   0.500",
        "  seconds_per_page     0.736",
        "  prompt_tokens       51,234",
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
