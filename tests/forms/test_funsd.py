from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from ocr_model.errors import ConfigError, DatasetError
from ocr_model.forms.annotation import grouped, read_questions
from ocr_model.forms.funsd import (
    Form,
    QAPair,
    choose_random_annotation_names,
    extract_qa_pairs,
    holds_labels,
    load_annotation_file,
    load_annotation_items,
    load_forms,
)


def item(number: Any, label: str, text: str, *links: Any) -> dict[str, Any]:
    words = [{"text": word, "box": [0, 0, 9, 9]} for word in text.split(" ")]
    return {"id": number, "label": label, "text": text, "words": words, "linking": list(links)}


NAME = item(0, "question", "Name:", [0, 1])
ANN = item(1, "answer", "Ann Berg", [0, 1])
NAME_ANN = QAPair("Name:", "Ann Berg")

PAIRS: dict[str, tuple[list[Any], list[tuple[str, str]]]] = {
    "no items": ([], []),
    "one pair": ([NAME, ANN], [("Name:", "Ann Berg")]),
    "answer before its question": ([ANN, NAME], [("Name:", "Ann Berg")]),
    "several answers in the order of links": (
        [
            item(0, "question", "Ages", [0, 2], [0, 1]),
            item(1, "answer", "5"),
            item(2, "answer", "7"),
        ],
        [("Ages", "7"), ("Ages", "5")],
    ),
    "repeated question texts": (
        [
            item(0, "question", "Date", [0, 1]),
            item(1, "answer", "1 May"),
            item(2, "question", "Date", [2, 3]),
            item(3, "answer", "2 May"),
        ],
        [("Date", "1 May"), ("Date", "2 May")],
    ),
    "two questions share an answer": (
        [
            item(0, "question", "From", [0, 2]),
            item(1, "question", "To", [1, 2]),
            item(2, "answer", "Rome"),
        ],
        [("From", "Rome"), ("To", "Rome")],
    ),
    # FUNSD's 0011838621 lists [15, 59] twice.
    "link listed twice": (
        [item(0, "question", "A", [0, 1], [0, 1]), item(1, "answer", "x")],
        [("A", "x"), ("A", "x")],
    ),
    "link listed by the answer only": (
        [item(0, "question", "A"), item(1, "answer", "x", [0, 1])],
        [],
    ),
    "link from a header": ([item(0, "header", "A", [0, 1]), item(1, "answer", "x")], []),
    "link to a question": ([item(0, "question", "A", [0, 1]), item(1, "question", "B")], []),
    # FUNSD's 0011906503 links 23 to itself.
    "link to itself": ([item(0, "question", "A", [0, 0])], []),
    "link the wrong way round": ([item(0, "question", "A", [1, 0]), item(1, "answer", "x")], []),
    "foreign link": (
        [
            item(0, "question", "A", [2, 1]),
            item(1, "answer", "x"),
            item(2, "question", "B"),
        ],
        [],
    ),
    "dangling link": ([item(0, "question", "A", [0, 99]), ANN], []),
    "malformed links beside a good one": (
        [
            item(0, "question", "A", [], [0], [0, 1, 1], "01", None, 5, {}, [0, None])
            | {"linking": [[], [0], [0, 1, 1], "01", None, 5, {}, [0, None], [0, [1]], [0, 1]]},
            item(1, "answer", "x"),
        ],
        [("A", "x")],
    ),
    "true is not the id 1": ([item(0, "question", "A", [0, True]), item(1, "answer", "x")], []),
    "ids that are strings": (
        [item("q", "question", "A", ["q", "a"]), item("a", "answer", "x")],
        [("A", "x")],
    ),
    "empty answer": ([item(0, "question", "A", [0, 1]), item(1, "answer", "")], []),
    "blank answer": ([item(0, "question", "A", [0, 1]), item(1, "answer", "  ")], []),
    "empty question": ([item(0, "question", "", [0, 1]), item(1, "answer", "x")], []),
    "words win over text": (
        [NAME | {"text": "NAME"}, ANN | {"text": "Berg, Ann"}],
        [("Name:", "Ann Berg")],
    ),
    "empty word leaves its blank": (
        [NAME, ANN | {"words": [{"text": w} for w in ("", "Ann", "", "Berg", "")]}],
        [("Name:", "Ann  Berg")],
    ),
    "text where there are no words": (
        [
            {"id": 0, "label": "question", "text": " Name: ", "linking": [[0, 1]]},
            {"id": 1, "label": "answer", "text": "Ann", "words": []},
        ],
        [("Name:", "Ann")],
    ),
    "keys that are missing or null": (
        [
            NAME,
            {"id": 1, "label": "answer", "words": [{"text": "Ann"}, {}], "linking": None},
            {"id": 2, "label": "question", "text": "Blank"},
            {"id": 3, "text": None},
            {"label": "question", "text": "no id", "linking": [[None, 1]]},
            {},
        ],
        [("Name:", "Ann")],
    ),
    "pages repeat ids": (
        [
            [item(0, "question", "A", [0, 1]), item(1, "answer", "x")],
            [],
            [item(1, "question", "B", [1, 0]), item(0, "answer", "y")],
        ],
        [("A", "x"), ("B", "y")],
    ),
    "link to another page": ([[item(0, "question", "A", [0, 1])], [item(1, "answer", "x")]], []),
}


@pytest.mark.parametrize(("items", "pairs"), PAIRS.values(), ids=PAIRS.keys())
def test_pairs_of_items(items: list[Any], pairs: list[tuple[str, str]]) -> None:
    assert extract_qa_pairs(items) == [QAPair(*pair) for pair in pairs]


BLANKS = [
    item(0, "question", "Date", [0, 1]),
    item(1, "answer", "1 May"),
    item(2, "question", "Sign here"),
    item(3, "question", "Date", [3, 4], [3, 1]),
    item(4, "answer", "2 May"),
    item(5, "question", "Date"),
]


def test_repeated_questions_are_one_and_blank_ones_are_kept() -> None:
    read = ((one.question, [a.answer for a in one.answers]) for one in read_questions(BLANKS))
    assert grouped(read) == {"Date": ["1 May", "2 May", "1 May"], "Sign here": []}


BROKEN: dict[str, tuple[str, str]] = {
    "not JSON": ("{", "is not JSON in UTF-8: Expecting property name"),
    "empty file": ("", "is not JSON in UTF-8: Expecting value"),
    "deeply nested": ("[" * 100_000, "is not JSON in UTF-8: .*recursion"),
    "a number": ("5", r"expected \{\"form\": \[items\]\}, .* got 5"),
    "no form": ('{"from": []}', r"got \{'from': \[\]\}"),
    "form is no list": ('{"form": {"id": 1}}', "a list of pages of items, got"),
    "item is no object": ('{"form": [{}, 7]}', "item 1: expected an object, got 7"),
    "item among pages": ("[[], {}]", r"page 2: expected a list of items, got \{\}"),
    "page among items": ("[{}, []]", r"item 1: expected an object, got \[\]"),
    "item on a page": ("[[], [7]]", "page 2, item 0: expected an object, got 7"),
    "linking": ('[{"linking": "0 1"}]', "item 0: expected `linking` as list, got '0 1'"),
    "words": ('[{"words": "Ann"}]', "item 0: expected `words` as list, got 'Ann'"),
    "word": ('[{"words": ["Ann"]}]', "item 0: expected words with a text, got 'Ann'"),
    "word text": ('[{"words": [{"text": 5}]}]', r"expected words with a text, got \{'text': 5\}"),
    "text": ('[{"text": 5}]', "item 0: expected `text` as str, got 5"),
    "label": ('[{"label": ["question"]}]', "item 0: expected `label` as str"),
    "repeated id": ('[{"id": 3}, {"id": 3}]', "ids unique within a page, got 3 twice"),
}


@pytest.mark.parametrize(("content", "message"), BROKEN.values(), ids=BROKEN.keys())
def test_broken_annotation_names_its_file_and_fault(
    tmp_path: Path, content: str, message: str
) -> None:
    (tmp_path / "form 7.json").write_text(content)
    with pytest.raises(DatasetError, match=rf"form 7\.json.*{message}"):
        load_annotation_file("form 7", tmp_path)


def test_annotation_in_another_encoding_names_its_file(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_bytes("[{'text': 'é'}]".encode("latin-1"))
    with pytest.raises(DatasetError, match=r"a\.json is not JSON in UTF-8"):
        load_annotation_file("a", tmp_path)


def test_missing_annotation_is_named(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match=r"nowhere\.json, got No such file"):
        load_annotation_file("nowhere", tmp_path)


def write_forms(folder: Path, *names: str, suffix: str = ".png") -> Path:
    """`name` is asked and answered on each form."""
    (folder / "annotations").mkdir(parents=True)
    (folder / "images").mkdir()
    for name in names:
        items = [item(0, "question", "Form", [0, 1]), item(1, "answer", name)]
        items.append(item(2, "question", "Signed"))
        (folder / "annotations" / f"{name}.json").write_text(json.dumps({"form": items}))
        (folder / "images" / f"{name}{suffix}").write_bytes(b"")
    return folder


@pytest.mark.parametrize("name", ["v1.2", "v1.2.json"])
@pytest.mark.parametrize("kind", [str, Path])
@pytest.mark.parametrize("below", ["", "annotations"])
def test_annotation_is_found_by_name(tmp_path: Path, name: str, kind: Any, below: str) -> None:
    write_forms(tmp_path, "v1.2")
    pairs = load_annotation_file(kind(name), directory=tmp_path / below)
    assert pairs == [QAPair("Form", "v1.2")]


def test_annotation_is_found_by_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = write_forms(tmp_path / "forms", "a") / "annotations"
    monkeypatch.chdir(tmp_path)
    expected = json.loads((folder / "a.json").read_text())["form"]
    assert load_annotation_items(folder / "a.json") == expected
    assert load_annotation_items(folder / "a") == expected
    assert load_annotation_items(Path("forms/annotations/a.json")) == expected
    with pytest.raises(DatasetError, match=r"data/sample/forms/annotations/a\.json"):
        load_annotation_items("forms/annotations/a.json")


@pytest.mark.parametrize(
    "content",
    [
        {"form": [NAME, ANN]},
        [NAME, ANN],
        {"form": [[NAME], [ANN]]},
        [[NAME, ANN]],
        [],
        {"form": []},
    ],
    ids=["form", "items", "form of pages", "pages", "no items", "empty form"],
)
def test_items_come_as_they_stand_in_the_file(tmp_path: Path, content: Any) -> None:
    (tmp_path / "a.json").write_text("\ufeff" + json.dumps(content), encoding="utf-8")
    items = content["form"] if isinstance(content, dict) else content
    assert load_annotation_items("a", tmp_path) == items


@pytest.mark.parametrize(
    ("content", "pairs"),
    [
        ({"form": [NAME, ANN]}, [NAME_ANN]),
        ([[NAME, ANN], [NAME, ANN]], [NAME_ANN, NAME_ANN]),
        ({"form": [[], [NAME, ANN]]}, [NAME_ANN]),
        ({"form": [[NAME], [ANN]]}, []),
        ({"form": []}, []),
        ([], []),
    ],
    ids=["one page", "two pages", "first page empty", "no link across pages", "empty form", "none"],
)
def test_pairs_of_all_pages_come_in_one_list(
    tmp_path: Path, content: Any, pairs: list[QAPair]
) -> None:
    (tmp_path / "a.json").write_text(json.dumps(content), encoding="utf-8")
    assert load_annotation_file("a", tmp_path) == pairs


NAMES = ["a", "b", "c", "d", "e"]


def test_draw_depends_on_the_seed_alone(tmp_path: Path) -> None:
    write_forms(tmp_path, *reversed(NAMES))
    drawn = choose_random_annotation_names(tmp_path, 3, seed=7)
    assert len(set(drawn)) == 3
    assert set(drawn) < set(NAMES)
    assert drawn == choose_random_annotation_names(tmp_path / "annotations", 3, seed=7)
    assert {tuple(choose_random_annotation_names(tmp_path, 3, seed)) for seed in range(40)} > {
        tuple(drawn)
    }


@pytest.mark.parametrize("n", [0, 5, 6])
def test_all_names_come_sorted(tmp_path: Path, n: int) -> None:
    write_forms(tmp_path, *reversed(NAMES))
    (tmp_path / "annotations" / "._a.json").write_text("left by macOS")
    (tmp_path / "annotations" / "notes.txt").write_text("no annotation")
    assert choose_random_annotation_names(tmp_path, n, seed=1) == NAMES


def test_negative_number_of_names_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="0 \\(all\\) or more, got -1"):
        choose_random_annotation_names(tmp_path, -1, seed=1)


def test_missing_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match=r"nowhere'\. Fetch FUNSD with"):
        choose_random_annotation_names(tmp_path / "nowhere", 1, seed=1)


def test_empty_folder_is_named(tmp_path: Path) -> None:
    write_forms(tmp_path)
    with pytest.raises(DatasetError, match=r"\(\*\.json\) in .*annotations, got none"):
        choose_random_annotation_names(tmp_path, 1, seed=1)


@pytest.mark.parametrize("suffix", [".png", ".jpg", ".jpeg", ".tif", ".TIFF", ".pdf"])
def test_form_carries_image_pairs_and_blank_questions(tmp_path: Path, suffix: str) -> None:
    write_forms(tmp_path, "b", "a", suffix=suffix)
    first, second = load_forms(tmp_path)
    assert first == Form(
        "a", tmp_path / "images" / f"a{suffix}", (QAPair("Form", "a"),), ("Signed",)
    )
    assert second.references == {"Form": ["b"]}


def test_references_join_repeated_questions() -> None:
    pairs = (QAPair("Date", "1"), QAPair("Name", "Ann"), QAPair("Date", "2"), QAPair("Date", "1"))
    form = Form("a", Path("a.png"), pairs)
    assert form.references == {"Date": ["1", "2", "1"], "Name": ["Ann"]}


@pytest.mark.parametrize(
    ("halves", "read", "form"),
    [
        (["."], ".", "."),
        (["testing_data", "training_data"], ".", "testing_data"),
        (["training_data"], ".", "training_data"),
        (["testing_data", "training_data"], "training_data", "training_data"),
        (["testing_data", "training_data"], "training_data/annotations", "training_data"),
        (["dataset/testing_data", "dataset/training_data"], ".", "dataset/testing_data"),
        (["dataset/testing_data", "dataset/training_data"], "dataset", "dataset/testing_data"),
        (["dataset/training_data"], ".", "dataset/training_data"),
    ],
)
def test_layout_is_recognised(tmp_path: Path, halves: list[str], read: str, form: str) -> None:
    for half in halves:
        write_forms(tmp_path / half, f"of {half}".replace("/", "-"))
    (loaded,) = load_forms(str(tmp_path / read))
    assert loaded.name == f"of {form}".replace("/", "-")
    assert loaded.image_path == tmp_path / form / "images" / f"{loaded.name}.png"


def test_named_forms_come_in_the_order_given(tmp_path: Path) -> None:
    write_forms(tmp_path, *NAMES)
    assert [form.name for form in load_forms(tmp_path, ["d", "b.json"])] == ["d", "b"]
    assert load_forms(tmp_path, []) == []


def test_png_wins_over_other_images_of_the_form(tmp_path: Path) -> None:
    write_forms(tmp_path, "a")
    (tmp_path / "images" / "a.jpg").write_bytes(b"")
    assert load_forms(tmp_path)[0].image_path.name == "a.png"


def test_missing_image_is_named(tmp_path: Path) -> None:
    write_forms(tmp_path, "a", "b")
    (tmp_path / "images" / "b.png").unlink()
    assert [form.name for form in load_forms(tmp_path, ["a"])] == ["a"]
    with pytest.raises(DatasetError, match=r"images/b\.\* \(\.png, .*\), got none"):
        load_forms(tmp_path)


def test_unknown_form_is_named(tmp_path: Path) -> None:
    write_forms(tmp_path, "a")
    with pytest.raises(DatasetError, match=r"annotations/z\.json, got No such file"):
        load_forms(tmp_path, ["z"])


def test_broken_form_stops_the_loading(tmp_path: Path) -> None:
    write_forms(tmp_path, "a")
    (tmp_path / "annotations" / "a.json").write_text("[7]")
    with pytest.raises(DatasetError, match=r"a\.json: item 0: expected an object"):
        load_forms(tmp_path)


def test_funsd_training_half_has_its_known_pairs() -> None:
    """3,049 distinct links between non-empty texts, counted apart; four are listed twice."""
    folder = os.environ.get("FUNSD_DIR")
    if folder is None:
        pytest.skip("FUNSD_DIR is not set: the reader was not tested on FUNSD itself")
    root = Path(folder)
    forms = load_forms(next(root.glob("**/training_data"), root))
    assert len(forms) == 149
    assert sum(len(form.pairs) for form in forms) == 3049 + 4
    assert sum(not form.pairs for form in forms) == 2


def test_labels_are_where_annotations_or_true_fields_are(tmp_path: Path) -> None:
    assert not holds_labels(tmp_path)
    assert not holds_labels(tmp_path / "nowhere")
    (tmp_path / "fields").mkdir()
    assert holds_labels(tmp_path)
    (tmp_path / "half" / "testing_data" / "annotations").mkdir(parents=True)
    assert holds_labels(tmp_path / "half")
