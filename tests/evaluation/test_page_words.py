from __future__ import annotations

import sys
from pathlib import Path

import pytest
from PIL import Image

from ocr_model.errors import ConfigError
from ocr_model.evaluation import page_words
from ocr_model.evaluation.page_words import words_of_forms
from ocr_model.forms.funsd import Form
from ocr_model.scoring.grounding import count_grounded


def test_words_of_a_drawn_form_ground_its_pairs(tmp_path: Path, form_image: Image.Image) -> None:
    path = tmp_path / "form.png"
    form_image.save(path)
    words = words_of_forms([Form("form", path, ())])
    found = count_grounded({"Name": ["Ann Berg"], "Date": ["15 May 2042"]}, words["form"])
    assert (found.grounded_keys, found.grounded_values) == (2, 1)
    assert found.ungrounded == [("Date", "15 May 2042")]


def test_file_that_is_no_page_is_left_out(tmp_path: Path) -> None:
    path = tmp_path / "broken.png"
    path.write_bytes(b"no image")
    assert words_of_forms([Form("broken", path, ())]) == {}


def test_missing_ocr_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "rapidocr", None)
    page_words._reader.cache_clear()
    with pytest.raises(ConfigError, match="ocr_model\\[local\\]"):
        words_of_forms([])
