"""A drawn form's boxes hold its ink after the scan, and its annotation loads as FUNSD's do."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from ocr_model.errors import ConfigError
from ocr_model.forms import load_forms
from scripts.workshop.drawing_kit import Faults, Hand, Print, Sheet, fitted, scan, tick, wrapped
from scripts.workshop.drawing_kit.faces import FACES, Face, load_face
from scripts.workshop.drawing_kit.hand import glyph_strokes, smooth

QUIET = {"noise": 0.0, "edges": 0.0, "holes": 0.0, "streaks": 0.0}


def blank_sheet(width: int = 400, height: int = 300) -> Sheet:
    return Sheet(width, height, np.random.default_rng(7))


def boxes_of_lone_word(
    sheet: Sheet, faults: Faults, dark: int = 170
) -> tuple[list[int], list[int]]:
    """The box the annotation gives the only word, and where the scanned page is dark."""
    image, annotation = scan(sheet, faults)
    rows, columns = np.nonzero(np.asarray(image) < dark)
    [[word]] = [item["words"] for item in annotation["form"]]
    return word["box"], [columns.min(), rows.min(), columns.max() + 1, rows.max() + 1]


@pytest.mark.parametrize("skew_deg", [0.0, 0.8, -1.2], ids=["level", "left", "right"])
def test_a_box_is_tight_around_the_ink_after_the_scan(skew_deg: float) -> None:
    sheet = blank_sheet()
    sheet.write((60, 80), "Quantity", Print("grotesque-bold", 15), "question")
    faults = Faults(skew_deg=skew_deg, stretch=(1.01, 0.99), shear=0.003, noise=0.0, threshold=200)
    box, dark = boxes_of_lone_word(sheet, faults)
    assert np.abs(np.subtract(box, dark)).max() <= 1


@pytest.mark.parametrize(
    "faults",
    [
        Faults("copy", 0.9, **QUIET),
        Faults("copy", -1.0, stretch=(0.985, 0.99), **QUIET),
        Faults("fax", 0.6, **QUIET),
        Faults("grey", -0.7, blur_px=0.1, **QUIET),
    ],
    ids=["skewed", "skewed_and_stretched", "faxed", "grey"],
)
@pytest.mark.parametrize("spot", [(40, 60), (640, 950), (330, 500)])
def test_the_box_of_a_written_word_is_where_its_ink_comes_out_of_the_scan(
    faults: Faults, spot: tuple[int, int]
) -> None:
    sheet = blank_sheet(780, 1000)
    sheet.write(spot, "Jaegdly", Hand(15, pen_px=1.8))
    box, dark = boxes_of_lone_word(sheet, faults, dark=160)
    assert np.abs(np.subtract(box, dark)).max() <= 2


@pytest.mark.parametrize("angle_deg", [90, -90, 7], ids=["up", "down", "stamp"])
def test_a_turned_word_has_a_tight_box(angle_deg: float) -> None:
    sheet = blank_sheet()
    style = Print("printer-bold", 16)
    sheet.add("other", sheet.turned_ink((200, 150), "30415927", style, angle_deg))
    box, dark = boxes_of_lone_word(sheet, Faults(noise=0.0, blur_px=0.0, threshold=200))
    assert np.abs(np.subtract(box, dark)).max() <= 1


def test_a_drawn_form_is_loaded_with_its_pairs(tmp_path: Path) -> None:
    sheet = blank_sheet()
    printed = Print("grotesque", 11)
    question = sheet.write((40, 60), "Ship\nto:", printed, "question")
    answer = sheet.write((120, 60), "Ann Berg", Hand(12), "answer")
    answer.words += sheet.ink((120, 80), "Quay 7", Hand(12))
    sheet.link(question, [answer])
    paid = sheet.write((60, 140), "Paid", printed, "question")
    sheet.frame((40, 131, 49, 140))
    sheet.link(paid, [sheet.add("answer", [tick(sheet, (40, 131), 9, "cross")])])
    for folder in ("images", "annotations"):
        (tmp_path / folder).mkdir()
    image, annotation = scan(sheet, Faults("copy", 0.3))
    image.save(tmp_path / "images" / "form.png")
    (tmp_path / "annotations" / "form.json").write_text(json.dumps(annotation))
    [form] = load_forms(tmp_path)
    assert form.references == {"Ship to:": ["Ann Berg Quay 7"], "Paid": ["☑"]}


def test_ink_beyond_the_paper_is_refused() -> None:
    with pytest.raises(ValueError, match=r"got a word at .* move it"):
        blank_sheet().write((380, 100), "Quantity", Print("grotesque", 15))


def test_a_missing_font_package_is_named_with_the_remedy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(FACES, "nobody", Face("font_of_nobody", "files", "Nobody.ttf"))
    with pytest.raises(
        ConfigError, match=r"'font_of_nobody'.*pip install 'ocr_model\[synthetic\]'"
    ):
        load_face("nobody", 30)


def test_text_is_wrapped_to_the_width_and_cut_only_where_one_word_is_too_wide() -> None:
    style = Print("printer", 10)
    letter = style.length("n")
    assert wrapped("aaa bbb ccc", style, 7.5 * letter) == ["aaa bbb", "ccc"]
    assert fitted("aaaaaaaaaa", style, 4.5 * letter) == "aaaa"


def test_a_smooth_stroke_passes_through_its_points() -> None:
    points = np.array([[0.0, 0.0], [1.0, 2.0], [3.0, 1.0]])
    curve = smooth(points, steps=4)
    assert curve[[0, 4, 8]].tolist() == points.tolist()


def test_a_character_the_hand_never_learnt_is_refused() -> None:
    assert len(glyph_strokes("i")) == 2
    with pytest.raises(KeyError, match="@"):
        glyph_strokes("@")
    assert Hand(12).writable("a@b") == "ab"
