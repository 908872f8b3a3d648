"""The sample forms: drawn again they are the committed ones, and their boxes hold their words."""

from __future__ import annotations

import hashlib
import io
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from scripts.workshop import make_sample
from scripts.workshop.make_sample import FORMS, SUMS_FILE
from scripts.workshop.sample_forms import fonts
from scripts.workshop.sample_forms.hand import Hand, glyph_strokes, smooth
from scripts.workshop.sample_forms.scan import Scan, scan_sheet
from scripts.workshop.sample_forms.sheet import Sheet

SAMPLE = Path(__file__).parents[2] / "data" / "sample"
NAMES = sorted(FORMS)
MISSING = fonts.missing_faces()

needs_fonts = pytest.mark.skipif(
    bool(MISSING), reason=f"the sample forms cannot be drawn: {MISSING[:1]}"
)
every_form = pytest.mark.parametrize("name", NAMES)


def image_path(name: str) -> Path:
    return SAMPLE / "images" / f"{name}.{FORMS[name].suffix}"


def read_page(name: str) -> np.ndarray[Any, np.dtype[np.float64]]:
    with Image.open(image_path(name)) as image:
        return np.asarray(image, dtype=np.float64)


def read_items(name: str) -> list[dict[str, Any]]:
    path = SAMPLE / "annotations" / f"{name}.json"
    form: list[dict[str, Any]] = json.loads(path.read_text())["form"]
    return form


def answers_by_question(name: str) -> list[tuple[str, list[str]]]:
    items = read_items(name)
    by_id = {item["id"]: item for item in items}
    return [
        (
            item["text"],
            [
                by_id[target]["text"]
                for source, target in item["linking"]
                if source == item["id"] and by_id[target]["label"] == "answer"
            ],
        )
        for item in items
        if item["label"] == "question"
    ]


@pytest.mark.integration
@needs_fonts
@every_form
def test_drawing_a_form_again_gives_the_committed_page(name: str) -> None:
    page, annotation = make_sample.render(name)
    assert annotation["form"] == read_items(name)
    with Image.open(io.BytesIO(make_sample.encode(name, page))) as drawn:
        # FreeType and JPEG releases may differ by some grey levels at the edges of letters.
        assert np.abs(np.asarray(drawn, dtype=np.float64) - read_page(name)).mean() < 0.5


@needs_fonts
def test_the_command_writes_the_same_bytes_twice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    chosen = {name: FORMS[name] for name in ("clinic_intake", "fax_cover")}
    monkeypatch.setattr(make_sample, "FORMS", chosen)
    folders = [tmp_path / "first", tmp_path / "second"]
    for folder in folders:
        assert make_sample.main(["--out", str(folder)]) == 0
    first, second = (
        {path.relative_to(folder): path.read_bytes() for path in folder.rglob("*.*")}
        for folder in folders
    )
    assert len(first) == 2 * len(chosen)
    assert first == second
    sums = [(folder / SUMS_FILE).read_text().splitlines() for folder in folders]
    assert sums[0] == sums[1]
    assert len(sums[0]) == 2 * len(chosen)


def test_a_missing_font_package_is_named_with_the_remedy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(fonts.FACES, "nobody", (("font_of_nobody", "files"), "Nobody.ttf"))
    monkeypatch.setattr(make_sample, "missing_faces", lambda: fonts.missing_faces()[-1:])
    assert make_sample.main(["--out", str(tmp_path)]) == 2
    assert "'font_of_nobody'" in (message := capsys.readouterr().err)
    assert "pip install" in message
    assert not list(tmp_path.iterdir())


def test_the_sums_cover_every_file_and_hold() -> None:
    lines = (SAMPLE / SUMS_FILE).read_text().splitlines()
    sums = {path: digest for digest, path in (line.split("  ") for line in lines)}
    files = {
        path.relative_to(SAMPLE).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for folder in ("images", "annotations")
        for path in (SAMPLE / folder).iterdir()
    }
    assert files == sums
    assert len(files) == 2 * len(FORMS)


def test_the_sample_is_small() -> None:
    sizes = [path.stat().st_size for path in SAMPLE.rglob("*") if path.is_file()]
    assert sum(sizes) < 2_500_000
    assert max(image_path(name).stat().st_size for name in NAMES) < 250_000


@every_form
def test_pages_are_grey_scans_of_funsd_size(name: str) -> None:
    with Image.open(image_path(name)) as image:
        assert image.mode == "L"
        assert image.size == (FORMS[name].width, 1000)
        assert 750 <= image.width <= 863


@every_form
def test_every_word_box_lies_on_the_page_and_is_full_of_ink(name: str) -> None:
    page = read_page(name)
    height, width = page.shape
    for item in read_items(name):
        for word in item["words"]:
            left, top, right, bottom = word["box"]
            assert 0 <= left < right <= width
            assert 0 <= top < bottom <= height
            region = page[top:bottom, left:right]
            around = page[max(0, top - 8) : bottom + 8, max(0, left - 8) : right + 8]
            paper = np.percentile(around, 90)
            # The palest stamp of the set still stands 30 grey levels off its paper.
            assert region.min() < paper - 30
            dark = region < paper - 0.3 * (paper - region.min())
            rows, columns = np.flatnonzero(dark.any(axis=1)), np.flatnonzero(dark.any(axis=0))
            assert max(rows[0], columns[0]) <= 2
            assert bottom - top - 1 - rows[-1] <= 2
            assert right - left - 1 - columns[-1] <= 2


@pytest.mark.parametrize(
    "scan",
    [
        Scan("copy", 0.9, specks=0, ragged=0.0),
        Scan("copy", -1.0, stretch=(0.985, 0.99), specks=0, ragged=0.0),
        Scan("fax", 0.6, specks=0, ragged=0.0),
        Scan("grey", -0.7, specks=0, grain=0.0, blur_px=0.1),
    ],
    ids=["skewed", "skewed_and_stretched", "faxed", "grey"],
)
@pytest.mark.parametrize("spot", [(40, 60), (640, 950), (330, 500)])
def test_the_box_of_a_lone_word_is_where_its_ink_comes_out_of_the_scan(
    scan: Scan, spot: tuple[int, int]
) -> None:
    sheet = Sheet(780, 1000, np.random.default_rng(7))
    sheet.write(spot, "Jaegdly", Hand(15, nib=1.8))
    page, annotation = scan_sheet(sheet, scan)
    dark = np.asarray(page) < 160
    rows, columns = np.flatnonzero(dark.any(axis=1)), np.flatnonzero(dark.any(axis=0))
    found = [columns[0], rows[0], columns[-1] + 1, rows[-1] + 1]
    box: Any = annotation["form"][0]["box"]
    assert np.abs(np.array(found) - np.array(box)).max() <= 2


def test_a_stamp_that_hangs_over_the_edge_is_refused() -> None:
    sheet = Sheet(200, 200, np.random.default_rng(7))
    with pytest.raises(ValueError, match="hangs over the edge; move it"):
        sheet.stamp((20, 100), [("RECEIVED", Hand(30))], 0, frame=False)


@every_form
def test_items_enclose_their_words_and_spell_them(name: str) -> None:
    for item in read_items(name):
        boxes = np.array([word["box"] for word in item["words"]])
        assert item["box"] == [*boxes[:, :2].min(axis=0), *boxes[:, 2:].max(axis=0)]
        assert item["text"] == " ".join(word["text"] for word in item["words"])
        assert all(isinstance(value, int) for value in item["box"])
        assert item["label"] in {"question", "answer", "header", "other"}


@every_form
def test_ids_are_unique_and_links_stand_at_both_ends(name: str) -> None:
    items = read_items(name)
    by_id = {item["id"]: item for item in items}
    assert len(by_id) == len(items)
    for item in items:
        for source, target in item["linking"]:
            assert item["id"] in (source, target)
            assert [source, target] in by_id[source]["linking"]
            assert [source, target] in by_id[target]["linking"]
            ends = (by_id[source]["label"], by_id[target]["label"])
            assert ends in {("question", "answer"), ("header", "question")}


@every_form
def test_every_answer_belongs_to_one_question(name: str) -> None:
    for item in read_items(name):
        if item["label"] == "answer":
            assert len(item["linking"]) == 1


@every_form
def test_words_do_not_overlap_unless_stamped(name: str) -> None:
    items = [item for item in read_items(name) if item["label"] != "other"]
    boxes = np.array([word["box"] for item in items for word in item["words"]]).reshape(-1, 4)
    for index, (left, top, right, bottom) in enumerate(boxes):
        others = boxes[index + 1 :]
        across = np.minimum(others[:, 2], right) - np.maximum(others[:, 0], left)
        down = np.minimum(others[:, 3], bottom) - np.maximum(others[:, 1], top)
        assert not np.any((across > 2) & (down > 5))


def test_one_page_has_nothing_to_extract() -> None:
    empty = [n for n in NAMES if not any(given for _, given in answers_by_question(n))]
    assert empty == ["closing_notice"]


def test_the_set_holds_what_makes_forms_hard() -> None:
    forms = {name: answers_by_question(name) for name in NAMES}
    repeated = [n for n, qs in forms.items() if len({q for q, _ in qs}) < len(qs)]
    several = [n for n, qs in forms.items() if any(len(given) > 1 for _, given in qs)]
    blank = [n for n, qs in forms.items() if any(not given for _, given in qs)]
    colons = [n for n, qs in forms.items() if sum(q.endswith(":") for q, _ in qs) * 2 > len(qs)]
    assert len(repeated) >= 3
    assert len(several) >= 10
    assert len(blank) >= 12
    assert len(FORMS) / 4 < len(colons) < len(FORMS) * 3 / 4


def test_a_smooth_stroke_passes_through_its_points() -> None:
    points = np.array([[0.0, 0.0], [1.0, 2.0], [3.0, 1.0]])
    curve = smooth(points, steps=4)
    assert curve[[0, 4, 8]].tolist() == points.tolist()


def test_a_character_the_hand_never_learnt_is_refused() -> None:
    assert len(glyph_strokes("i")) == 2
    with pytest.raises(KeyError, match="@"):
        glyph_strokes("@")
