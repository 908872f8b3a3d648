from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from ocr_model.errors import DatasetError
from ocr_model.fields import parse_fields
from ocr_model.forms import (
    Form,
    QAPair,
    choose_random_annotation_names,
    labelled_forms,
    load_forms,
    true_fields,
)

WANTED = parse_fields(
    """
fields:
  - {name: total, labels: [Amount due], type: currency}
  - {name: due_date, type: date}
  - {name: phones, type: list}
  - {name: paid, type: boolean}
  - {name: supplier, labels: []}
  - {name: items, type: table, columns: [{name: article}]}
"""
)


def form(*pairs: tuple[str, str], blank: tuple[str, ...] = (), fields: Any = None) -> Form:
    return Form("a", Path("a.png"), tuple(QAPair(*pair) for pair in pairs), blank, fields=fields)


@pytest.mark.parametrize(
    ("labelled", "truth"),
    [
        (form(("Amount due:", "9.00"), ("Total", "8.00")), {"total": "9.00 8.00"}),
        (form(("Total", "9.00"), ("TOTAL:", "9.00")), {"total": "9.00"}),
        (form(("Sum", "9.00")), {}),
        (form(blank=("Due date:",)), {"due_date": None}),
        (form(("Due date", "1 May"), blank=("Due date:",)), {"due_date": "1 May"}),
        (form(("Phones", "2"), ("Phones", "1"), ("Phones", "2")), {"phones": ["2", "1", "2"]}),
        (form(blank=("Phones",)), {"phones": []}),
        (form(("Paid", "X")), {"paid": "X"}),
        # Labels do not say whether a box stands there.
        (form(blank=("Paid",)), {}),
        (form(("Supplier", "ACME")), {"supplier": "ACME"}),
        # Nor which cells share a row.
        (form(("Article", "Bolt"), ("Items", "Bolt")), {}),
        (form(("Total", "9.00"), fields={"Total": "8", "due_date": None, "other": "x"}),
         {"total": "8", "due_date": None}),
        (form(("Total", "9.00"), fields={}), {"total": "9.00"}),
        (form(fields={"items": [{"article": "Bolt"}]}), {"items": [{"article": "Bolt"}]}),
        (form(fields={"items": [], "phones": "1"}), {"items": None, "phones": "1"}),
    ],
    ids=[
        "name and label, joined", "equal once", "not asked", "blank", "blank and answered", "list",
        "blank list", "ticked", "not ticked", "no labels", "table by pairs", "file wins",
        "file says nothing", "table", "empty table",
    ],
)  # fmt: skip
def test_truth_is_what_the_labels_say(labelled: Form, truth: dict[str, Any]) -> None:
    assert true_fields(labelled, WANTED) == truth


@pytest.mark.parametrize(
    ("fields", "match"),
    [
        ({"total": ["1", "2"]}, r"fields/a\.json, total: expected one text, as the model has it"),
        ({"items": "Bolt"}, r"items: expected rows, as the model has it as table, got 'Bolt'"),
        ({"phones": [{"a": "1"}]}, r"phones: expected texts"),
    ],
)
def test_truth_of_another_shape_is_refused(fields: Any, match: str) -> None:
    with pytest.raises(DatasetError, match=match):
        true_fields(form(fields=fields), WANTED)


def test_forms_that_say_nothing_of_the_fields_are_left_out() -> None:
    says = form(("Total", "9"))
    assert labelled_forms([form(("Name", "Ann")), says], WANTED) == [says]
    assert len(labelled_forms([form(), says], None)) == 2


def test_forms_that_all_say_nothing_are_refused() -> None:
    with pytest.raises(
        DatasetError, match=r"say what total, due_date, .* should be, got none in 1"
    ):
        labelled_forms([form(("Name", "Ann"))], WANTED)
    light = parse_fields("fields: [{name: total, weight: 0}, {name: due}]")
    with pytest.raises(DatasetError, match="say what due should be"):
        labelled_forms([form(("Total", "9"))], light)


def document(folder: Path, name: str, truth: dict[str, Any]) -> None:
    for part in ("images", "fields"):
        (folder / part).mkdir(exist_ok=True, parents=True)
    Image.new("RGB", (40, 30), "white").save(folder / "images" / f"{name}.png")
    (folder / "fields" / f"{name}.json").write_text(json.dumps(truth), encoding="utf-8")


def test_folder_with_images_and_fields_is_enough(tmp_path: Path) -> None:
    document(tmp_path, "b", {"total": "9.00"})
    document(tmp_path, "a", {"total": None})
    first, second = load_forms(tmp_path)
    assert (first.name, first.fields, first.annotated) == ("a", {"total": None}, False)
    assert (second.name, second.fields) == ("b", {"total": "9.00"})
    assert second.image_path == tmp_path / "images" / "b.png"
    assert [form.name for form in load_forms(tmp_path, ["b"])] == ["b"]
    assert choose_random_annotation_names(tmp_path, 0) == ["a", "b"]
    with pytest.raises(DatasetError, match="without fields, got a with fields/ only"):
        labelled_forms([first, second], None)


def test_document_without_truth_or_image_is_named(tmp_path: Path) -> None:
    document(tmp_path, "a", {})
    (tmp_path / "images" / "c.png").touch()
    with pytest.raises(DatasetError, match=r"true fields in .*c\.json, got no such file"):
        load_forms(tmp_path, ["c"])
    (tmp_path / "images" / "a.png").unlink()
    with pytest.raises(DatasetError, match=r"Expected an image .*a\.\*"):
        load_forms(tmp_path)


def test_annotated_folder_has_the_forms_of_its_annotations(tmp_path: Path) -> None:
    document(tmp_path, "a", {"total": "8"})
    document(tmp_path, "b", {"total": "9"})
    (tmp_path / "annotations").mkdir()
    (tmp_path / "annotations" / "a.json").write_text('{"form": []}')
    [form] = load_forms(tmp_path)
    assert (form.name, form.annotated, form.fields) == ("a", True, {"total": "8"})
