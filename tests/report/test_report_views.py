from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from ocr_model.forms.annotation import LabelledPair, QAPair
from ocr_model.forms.funsd import Form
from ocr_model.report.page_overlay import PlacedPair
from ocr_model.report.pair_matching import Fate
from ocr_model.report.report_views import outline_of, reported_form, sheets_of
from ocr_model.schema import Box, Word

A, B = Box(10, 10, 20, 20), Box(40, 10, 60, 20)
PICTURE_BYTES = 50_000


def row(pairs: dict[str, list[str]], answers: tuple[Any, ...] = (), **members: Any) -> Any:
    return {"pairs": pairs, "answers": answers, "outcome": "ok", "pages": 1, **members}


def form_on(path: Path, *places: LabelledPair) -> Form:
    pairs = tuple(QAPair(place.question, place.answer) for place in places)
    return Form(path.stem, path, pairs, places=places)


def test_line_sets_truth_beside_prediction(tmp_path: Path) -> None:
    form = form_on(tmp_path / "a.png", LabelledPair("Date", "5 May"))
    [line] = reported_form(form, row({}), {"Date:": ["6 May"]}, 0.0).lines
    assert line.fate is Fate.WRONG_ANSWER
    assert line.question == [("Date", False)]
    assert line.read_question == [("Date", False), (":", True)]
    assert line.answer == [("5", True), (" May", False)]
    assert line.read_answer == [("6", True), (" May", False)]


def test_line_has_no_text_where_there_is_none(tmp_path: Path) -> None:
    form = form_on(tmp_path / "a.png", LabelledPair("Date", "5 May"))
    missed, invented = reported_form(form, row({}), {"Fax": ["0228"]}, 0.0).lines
    assert (missed.question, missed.answer) == ([("Date", False)], [("5 May", False)])
    assert (missed.read_question, missed.read_answer) == (None, None)
    assert (invented.question, invented.answer) == (None, None)
    assert (invented.read_question, invented.read_answer) == ([("Fax", False)], [("0228", False)])


def test_all_pairs_of_a_failed_row_are_missed(tmp_path: Path) -> None:
    form = form_on(tmp_path / "a.png", LabelledPair("Date", "5 May"))
    counts = reported_form(form, row({"Date": ["5 May"]}), None, 0.0).counts
    assert (counts[Fate.MISSED], sum(counts.values())) == (1, 1)


def test_form_without_places_is_listed_but_not_drawn(tmp_path: Path) -> None:
    form = Form("a", tmp_path / "a.png", (QAPair("Date", "5 May"),))
    [pair] = reported_form(form, row({}), {}, 0.0).pairs
    assert (pair.fate, pair.drawn) == (Fate.MISSED, False)


@pytest.mark.parametrize(
    ("ocr_words", "place"),
    [((), A), ([[Word("Zoe", B, 0.9)]], B)],
    ids=["annotated words", "words of the OCR"],
)
def test_prediction_without_a_box_stands_where_its_words_stand(
    tmp_path: Path, ocr_words: list[list[Word]], place: Box
) -> None:
    form = Form("a", tmp_path / "a.png", (), words=((Word("Zoe", A, 1.0),),))
    [pair] = reported_form(form, row({}), {"Name": ["Zoe"]}, 0.0, ocr_words).pairs
    assert (pair.question_box, pair.answer_box) == (None, place)


def test_every_page_of_a_tiff_is_a_sheet_with_its_own_drawings(tmp_path: Path) -> None:
    path = tmp_path / "two.tiff"
    pages = [Image.new("L", (100, 50), "white"), Image.new("L", (200, 80), "white")]
    pages[0].save(path, save_all=True, append_images=pages[1:])
    form = form_on(
        path, LabelledPair("Date", "5 May", 1, A, B), LabelledPair("City", "Bonn", 2, A, B)
    )
    first, second = sheets_of(reported_form(form, row({}), {}, 0.0), PICTURE_BYTES)
    assert (first.picture and first.picture.width, second.picture and second.picture.width) == (
        100, 200,
    )  # fmt: skip
    assert [drawing.number for drawing in first.drawings] == [1]
    assert [drawing.number for drawing in second.drawings] == [2]


@pytest.mark.parametrize(
    ("content", "problem"),
    [(b"no image", "Expected a PNG, JPEG"), (None, "No such file")],
    ids=["no image", "no file"],
)
def test_image_that_cannot_be_shown_says_why(
    tmp_path: Path, content: bytes | None, problem: str
) -> None:
    path = tmp_path / "a.png"
    if content is not None:
        path.write_bytes(content)
    [sheet] = sheets_of(reported_form(form_on(path), row({}), {}, 1.0), PICTURE_BYTES)
    assert sheet.picture is None
    assert problem in sheet.problem


FRAME = "M8.5 8.5H21.5V21.5H8.5Z"
OUTLINES = {
    "answer alone": ((None, A), FRAME),
    "side by side: a level line": ((A, B), f"{FRAME}M38.5 8.5H61.5V21.5H38.5ZM21.5 15L38.5 15"),
    "answer on the left": ((B, A), f"M38.5 8.5H61.5V21.5H38.5Z{FRAME}M38.5 15L21.5 15"),
    "one below the other: an upright line": (
        (A, Box(10, 40, 20, 50)),
        f"{FRAME}M8.5 38.5H21.5V51.5H8.5ZM15 21.5L15 38.5",
    ),
    "across: from corner to corner": (
        (A, Box(40, 40, 60, 50)),
        f"{FRAME}M38.5 38.5H61.5V51.5H38.5ZM21.5 21.5L38.5 38.5",
    ),
    "one within the other: no line": ((A, A), FRAME + FRAME),
}


@pytest.mark.parametrize(("boxes", "outline"), OUTLINES.values(), ids=OUTLINES)
def test_outline(boxes: tuple[Box | None, Box], outline: str) -> None:
    drawing = outline_of(PlacedPair(7, Fate.FOUND, None, None, 1, *boxes))
    assert drawing.outline == outline
    assert drawing.read_outline == ""


def test_number_stands_at_the_middle_left_of_the_answer() -> None:
    drawing = outline_of(PlacedPair(7, Fate.WRONG_ANSWER, None, None, 1, A, B, A))
    assert (drawing.number, drawing.x, drawing.y) == (7, 40, 15)
    assert drawing.read_outline == FRAME
