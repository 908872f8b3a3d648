"""The bundled forms: their boxes hold their words, and the set holds what makes forms hard."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

SAMPLE = Path(__file__).parents[2] / "data" / "sample"
IMAGES = {path.stem: path for path in sorted((SAMPLE / "images").iterdir())}
NAMES = list(IMAGES)
every_form = pytest.mark.parametrize("name", NAMES)


def read_page(name: str) -> np.ndarray[Any, np.dtype[np.float64]]:
    with Image.open(IMAGES[name]) as image:
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


def test_the_sums_cover_every_file_and_hold() -> None:
    lines = (SAMPLE / "SHA256SUMS").read_text().splitlines()
    sums = {path: digest for digest, path in (line.split("  ") for line in lines)}
    files = {
        path.relative_to(SAMPLE).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for folder in ("images", "annotations")
        for path in (SAMPLE / folder).iterdir()
    }
    assert files == sums
    assert len(files) == 2 * 17


def test_the_sample_is_small() -> None:
    sizes = [path.stat().st_size for path in SAMPLE.rglob("*") if path.is_file()]
    assert sum(sizes) < 2_500_000
    assert max(IMAGES[name].stat().st_size for name in NAMES) < 250_000


@every_form
def test_pages_are_grey_scans_of_funsd_size(name: str) -> None:
    with Image.open(IMAGES[name]) as image:
        assert image.mode == "L"
        assert image.height == 1000
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
    assert len(NAMES) / 4 < len(colons) < len(NAMES) * 3 / 4
