from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from ocr_model.forms.funsd import load_forms
from scripts.workshop.drawing_kit import FACES
from scripts.workshop.synthetic_forms.__main__ import main
from scripts.workshop.synthetic_forms.form import SyntheticForm, _drawn, make_form
from scripts.workshop.synthetic_forms.grammar import plural, titled
from scripts.workshop.synthetic_forms.invention import code, made_up_name
from scripts.workshop.synthetic_forms.lexicon import WORDS, StyleName, half
from scripts.workshop.synthetic_forms.offensive import STEMS, is_offensive
from scripts.workshop.synthetic_forms.phrases import PHRASES
from scripts.workshop.synthetic_forms.slips import cut_out
from scripts.workshop.synthetic_forms.style import HELD_OUT, STYLES, TRAIN

Item = dict[str, Any]


@pytest.fixture(scope="module")
def forms() -> list[SyntheticForm]:
    return [make_form(TRAIN, 1, index) for index in range(30)]


@pytest.fixture(scope="module")
def items(forms: list[SyntheticForm]) -> list[Item]:
    return [item for form in forms for item in form.annotation["form"]]


def test_the_same_seed_draws_the_same_form(forms: list[SyntheticForm]) -> None:
    again = make_form(TRAIN, 1, 3)
    assert again.annotation == forms[3].annotation
    assert again.image.tobytes() == forms[3].image.tobytes()
    assert make_form(TRAIN, 2, 3).annotation != again.annotation


def test_a_form_that_left_its_paper_is_drawn_again() -> None:
    narrow = replace(TRAIN, widths=(300, 300), kinds={"fields": 0.5, "columns": 0.5})
    assert _drawn(narrow, np.random.default_rng([2, 7, narrow.number])) is None
    assert make_form(narrow, 2, 7).annotation["form"]


@pytest.mark.slow
def test_two_processes_write_the_bytes_of_one(tmp_path: Path) -> None:
    for name, processes in (("one", "1"), ("two", "2")):
        out = str(tmp_path / name)
        options = ["--n", "3", "--seed", "4", "--processes", processes]
        assert main(["--out", out, *options]) == 0
    written = sorted(path for path in (tmp_path / "one").rglob("*") if path.is_file())
    assert len(written) == 6
    for path in written:
        twin = tmp_path / "two" / path.relative_to(tmp_path / "one")
        assert twin.read_bytes() == path.read_bytes()


@pytest.mark.parametrize("style", sorted(STYLES))
def test_forms_are_read_as_funsd_is(style: StyleName, tmp_path: Path) -> None:
    main(["--out", str(tmp_path), "--n", "3", "--seed", "2", "--style", style])
    loaded = load_forms(tmp_path)
    assert [form.name for form in loaded] == [f"{style}-2-{index:05d}" for index in range(3)]
    assert sum(len(form.pairs) for form in loaded) > 5
    for form in loaded:
        with Image.open(form.image_path) as image:
            assert (image.mode, image.height <= 1000) == ("L", True)


def test_an_entity_is_its_words_and_its_box_holds_theirs(items: list[Item]) -> None:
    for item in items:
        boxes = np.array([word["box"] for word in item["words"]])
        assert item["text"] == " ".join(word["text"] for word in item["words"])
        assert item["box"] == [*boxes[:, :2].min(axis=0), *boxes[:, 2:].max(axis=0)]
        assert (boxes[:, 2:] > boxes[:, :2]).all()


def test_boxes_lie_on_the_page(forms: list[SyntheticForm]) -> None:
    for form in forms:
        boxes = np.array([item["box"] for item in form.annotation["form"]])
        assert boxes.min() >= 0
        assert (boxes[:, 2:] <= form.image.size).all()


def test_links_stand_at_both_ends_and_lead_down(forms: list[SyntheticForm]) -> None:
    allowed = {("question", "answer"), ("header", "question"), ("question", "question")}
    for form in forms:
        by_id = {item["id"]: item for item in form.annotation["form"]}
        assert len(by_id) == len(form.annotation["form"])
        for item in by_id.values():
            for source, target in item["linking"]:
                assert item["id"] in (source, target)
                assert [source, target] in by_id[source]["linking"]
                assert [source, target] in by_id[target]["linking"]
                assert (by_id[source]["label"], by_id[target]["label"]) in allowed


def test_every_answer_has_a_question(items: list[Item]) -> None:
    assert all(item["linking"] for item in items if item["label"] == "answer")


@pytest.mark.parametrize(
    ("label", "low", "high"),
    [("question", 15, 30), ("answer", 12, 27), ("header", 2, 6), ("other", 3, 9)],
)
def test_a_page_has_about_as_many_entities_as_real_ones(
    forms: list[SyntheticForm], label: str, low: float, high: float
) -> None:
    counts = Counter(item["label"] for form in forms for item in form.annotation["form"])
    assert low <= counts[label] / len(forms) <= high


def share(flags: list[bool]) -> float:
    return sum(flags) / len(flags)


def test_pages_differ_in_how_full_they_are(forms: list[SyntheticForm]) -> None:
    pairs = [sum(item["label"] == "answer" for item in form.annotation["form"]) for form in forms]
    assert 12 <= np.mean(pairs) <= 28
    assert min(pairs) <= 6
    assert max(pairs) >= 35


def test_questions_are_blank_and_end_in_a_colon_about_as_often_as_real_ones(
    items: list[Item],
) -> None:
    questions = [item for item in items if item["label"] == "question"]
    sources = [{pair[0] for pair in item["linking"]} for item in questions]
    blank = [item["id"] not in ids for item, ids in zip(questions, sources, strict=True)]
    assert 0.2 <= share(blank) <= 0.5
    assert 0.12 <= share([item["text"].endswith(":") for item in questions]) <= 0.5


def test_some_entities_run_over_several_lines(items: list[Item]) -> None:
    for label, least in (("question", 0.02), ("answer", 0.02), ("header", 0.02)):
        tall = [
            item["box"][3] - item["box"][1] > 1.8 * np.median(_heights(item))
            for item in items
            if item["label"] == label
        ]
        assert least <= share(tall) <= 0.25


def _heights(item: Item) -> list[int]:
    return [word["box"][3] - word["box"][1] for word in item["words"]]


def test_no_offensive_word_is_drawn(items: list[Item]) -> None:
    assert [item["text"] for item in items if is_offensive(item["text"])] == []


def test_no_offensive_word_stands_in_the_vocabulary() -> None:
    assert not is_offensive(json.dumps([WORDS, PHRASES]))


def test_made_up_names_and_codes_pass_the_filter() -> None:
    rng = np.random.default_rng(0)
    texts = [made_up_name(rng) for _ in range(3000)] + [code(rng) for _ in range(3000)]
    assert not any(is_offensive(text) for text in texts)


@pytest.mark.parametrize("shape", ["{}", "{}ton", "Mar{}", "X {}-17"])
def test_the_filter_finds_a_stem_anywhere_in_a_word(shape: str) -> None:
    assert all(is_offensive(shape.format(stem.upper())) for stem in STEMS - {"sex"})


@pytest.mark.parametrize("text", ["Canal Street", "Sex: M", "Document No.", "Shell Analysis"])
def test_the_filter_passes_honest_words(text: str) -> None:
    assert not is_offensive(text)


def test_the_styles_share_neither_faces_nor_vocabulary() -> None:
    faces = [{*style.typed_faces, *style.printed_faces} for style in (TRAIN, HELD_OUT)]
    assert faces[0].isdisjoint(faces[1])
    assert faces[0] | faces[1] <= FACES.keys()
    for name in ("nouns", "participles", "last_names", "trades"):
        words = WORDS[name]
        assert set(half(words, "train")).isdisjoint(half(words, "held-out"))
    assert make_form(HELD_OUT, 1, 3).annotation != make_form(TRAIN, 1, 3).annotation


def test_no_word_stands_twice_in_a_list_that_is_split() -> None:
    for name in WORDS.keys() - {"units"}:
        repeated = [word for word, n in Counter(WORDS[name]).items() if n > 1]
        assert (name, repeated) == (name, [])


@pytest.mark.parametrize(
    ("noun", "expected"), [("branch", "branches"), ("city", "cities"), ("day", "days")]
)
def test_plurals(noun: str, expected: str) -> None:
    assert plural(noun) == expected


def test_small_words_stay_small_in_titles() -> None:
    assert titled("bill of lading") == "Bill of Lading"


def line(number: int, top: int, links: list[list[int]]) -> Item:
    box = [10, top, 60, top + 12]
    word = {"text": f"word{number}", "box": box}
    return {"id": number, "box": box, "label": "question", "linking": links, "words": [word]}


def test_a_slip_holds_whole_items_and_only_the_links_between_them() -> None:
    lines = [line(i, 20 + 40 * i, [[i, i + 1]] if i < 23 else []) for i in range(24)]
    page = Image.new("L", (200, 1000), 255)
    slip, kept = cut_out(page, lines, np.random.default_rng(3))
    ids = [item["id"] for item in kept]
    assert 4 <= len(ids) < 24
    assert ids == list(range(ids[0], ids[-1] + 1))
    assert slip.width == 200
    assert 120 <= slip.height < 600
    for item in kept:
        left, top, right, bottom = item["box"]
        assert (left, right, bottom - top) == (10, 60, 12)
        assert item["words"][0]["box"] == item["box"]
        assert top >= 8
        assert bottom <= slip.height - 8
        assert all(set(link) <= set(ids) for link in item["linking"])
    assert [item["linking"] for item in kept[:-1]] == [[[i, i + 1]] for i in ids[:-1]]
    assert kept[-1]["linking"] == []


def test_a_page_with_next_to_nothing_on_it_is_not_cut() -> None:
    page, lines = Image.new("L", (200, 1000), 255), [line(0, 500, []), line(1, 900, [])]
    assert cut_out(page, lines, np.random.default_rng(0)) == (page, lines)
