"""Forms as training sees them: pixels as the served model has them, truth in those of the file."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from PIL import Image, ImageDraw, ImageFont

from ocr_model.forms import Form, LabelledPair, QAPair, load_forms
from ocr_model.training.read_words import read_first_pages
from ocr_model.training.training_set import _labelled, _on_first_page

COARSE = 1058 / 2200


def test_a_fax_is_trained_on_as_it_is_read(tmp_path: Path) -> None:
    """Annotated in the pixels of the file, which are twice as high as wide."""
    for folder in ("images", "annotations"):
        (tmp_path / folder).mkdir()
    sheet, font = Image.new("L", (1728, 2200), 255), ImageFont.load_default(40)
    items = []
    for line in range(12):
        for left, text, label in (
            (150, "Amount:", "question"),
            (500, str(58_000 + line), "answer"),
        ):
            top = 150 + 120 * line
            ImageDraw.Draw(sheet).text((left, top), text, 0, font)
            box = [left, top * COARSE, left + font.getlength(text), (top + 48) * COARSE]
            word = {"text": text, "box": box}
            items.append({"id": len(items), "label": label, "linking": [], **word, "words": [word]})
        items[-1]["linking"] = items[-2]["linking"] = [[len(items) - 2, len(items) - 1]]
    coarse = sheet.resize((1728, 1058), Image.Resampling.BOX).point(lambda grey: 255 * (grey > 150))
    coarse.convert("1").save(tmp_path / "images/fax.tif", dpi=(204, 98))
    (tmp_path / "annotations/fax.json").write_text(json.dumps({"form": items}))
    (form,) = load_forms(tmp_path)
    (words,) = read_first_pages([form], tmp_path / "words")
    page = _labelled(form, words)
    assert len(page.page.words) == 24
    assert page.page.boxes[:, 3].max() > 1_400
    assert sorted(page.truth.item_of.tolist()) == list(range(24))
    assert page.page.unit == pytest.approx(60, abs=20)


def test_only_what_stands_on_the_first_page_is_expected_of_it() -> None:
    places = (LabelledPair("Name", "Ann"), LabelledPair("Name", "Bob"), LabelledPair("End", "x", 2))
    pairs = tuple(QAPair(place.question, place.answer) for place in places)
    form = Form("a", Path("a.tif"), pairs, places=places)
    assert form.references == {"Name": ["Ann", "Bob"], "End": ["x"]}
    assert _on_first_page(form) == {"Name": ["Ann", "Bob"]}
