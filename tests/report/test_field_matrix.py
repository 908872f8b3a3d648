from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from ocr_model.fields import parse_fields
from ocr_model.forms import Form, true_fields
from ocr_model.report import ReportedForm, reported_fields
from ocr_model.report.field_matrix import FieldCell, cells_of, field_lines
from ocr_model.report.html_report import ReportHead, render_report
from ocr_model.report.pair_matching import Fate
from ocr_model.schema import Box, FieldStatus, FieldValue
from ocr_model.scoring import score_fields
from tests.report.test_html_report import ROW, Seen

WANTED = parse_fields(
    """
fields:
  - {name: total, type: currency, weight: 3}
  - {name: due}
  - {name: note}
  - {name: supplier}
  - {name: phones, type: list}
  - {name: items, type: table, columns: [{name: article}]}
"""
)
METRICS = {
    "field_f1_normalized": 0.5,
    "field_precision_normalized": 0.25,
    "field_f1_normalized/total": 0.75,
    "field_f1_normalized/total/ci_low": 0.5,
    "field_f1_normalized/total/ci_high": 1.0,
    "field_recall_normalized/total": 0.6,
    "field_f1_normalized/items": 0.3,
    "field_row_f1_normalized/items": 0.1,
}


def found(name: str, text: str, value: str = "", **members: Any) -> FieldValue:
    return FieldValue(name, FieldStatus.FOUND, value or text, text, 1, **members)


@pytest.fixture
def reported(tmp_path: Path) -> ReportedForm:
    path = tmp_path / "a.png"
    Image.new("RGB", (120, 80), "white").save(path)
    values = [
        found("total", "9,00", "9.00", box=Box(40, 5, 80, 15), confidence=0.5),
        FieldValue("due", FieldStatus.AMBIGUOUS, text="03/04/26", reason="two readings"),
        found("note", "x"),
        found("supplier", "ACME"),
        found("phones", "2"),
        found("items", "Nut", row=1, column="article"),
        found("items", "Bolt", row=2, column="article"),
    ]
    truth: dict[str, Any] = {
        "total": "9",
        "due": "3 April",
        "note": None,
        "phones": ["1", "2"],
        "items": None,
    }
    form = Form("a", path, (), fields=truth, annotated=False)
    answers = [
        {"question": value.name, "answer": value.text, "page": 1, "box": None}
        for value in values
        if value.text and value.status is FieldStatus.FOUND
    ]
    scores = score_fields(values, true_fields(form, WANTED), WANTED)
    return reported_fields(form, {**ROW, "answers": answers}, 0.5, scores)


def test_cell_tells_what_became_of_a_field(reported: ReportedForm) -> None:
    assert cells_of(reported, WANTED) == [
        FieldCell(Fate.WRONG_ANSWER, "9,00", "9", same_value=True),
        FieldCell(Fate.MISSED, "ambiguous", "3 April", title="two readings"),
        FieldCell(Fate.INVENTED, "x", "not there"),
        FieldCell(None, "ACME", labelled=False, title="not labelled"),
        FieldCell(Fate.WRONG_ANSWER, "1 of 2", title="phones: nothing ≠ 1"),
        FieldCell(
            Fate.INVENTED,
            "2 invented",
            title="items.article: Nut ≠ not there\nitems.article: Bolt ≠ not there",
        ),
    ]


def test_field_has_its_scores_and_the_fates_of_its_values(reported: ReportedForm) -> None:
    total, items, rows = field_lines(METRICS, [reported], WANTED)
    assert (total.name, total.kind, total.f1, total.low) == (
        "total",
        "currency, weight 3",
        0.75,
        0.5,
    )
    assert total.beside == [None, 0.6, None, None]
    assert total.counts[Fate.WRONG_ANSWER] == 1
    assert (items.kind, items.low, items.counts[Fate.INVENTED]) == ("table", None, 2)
    assert (rows.name, rows.kind, rows.f1, rows.counts) == ("items", "whole rows", 0.1, {})


def test_report_shows_fields_their_numbers_and_every_document(reported: ReportedForm) -> None:
    seen = Seen(render_report(ReportHead("m"), METRICS, [reported], WANTED))
    assert "Field F1 over 1 forms 0.50" in seen.text
    assert "precision 0.25" in seen.text
    assert "total currency, weight 3 0.75 0.50–1.00" in seen.text
    assert "a 0.50 ≠ ≈ 9,00 9 \N{MINUS SIGN} ambiguous 3 April + x not there ACME" in seen.text
    assert "1 total 9 9,00 0.50" in seen.text
    assert "due 3 April ambiguous: two readings" in seen.text
    assert {"class": "wrong_answer", "data-n": "1"} in seen.all("g")
    assert "wrong key" not in seen.text
    assert "pairs" not in seen.text


def test_confidences_of_fields_are_drawn(reported: ReportedForm) -> None:
    seen = Seen(render_report(ReportHead("m"), METRICS, [reported], WANTED))
    assert "1 answers with a confidence" in seen.text
