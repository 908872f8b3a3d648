"""A folder of reviews reads like one of labelled forms, and loses nobody's labels."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ocr_model.errors import DatasetError
from ocr_model.forms import load_forms
from ocr_model.review.folder import finish, reopen
from ocr_model.review.record import ReviewState, write_review
from tests.support.reviews import cells, corrected, question, review

GIF = b"GIF89a rest of it"


def test_a_folder_is_read_as_labelled_forms(tmp_path: Path, form_png: bytes) -> None:
    done = corrected(form_png)
    assert finish(tmp_path, done, form_png) == ["images/form.png", "annotations/form.json"]
    write_review(tmp_path, done)
    [form] = load_forms(tmp_path)
    assert form.image_path.read_bytes() == form_png
    assert form.references == {"Name:": ["Ann Berg"], "Date:": ["14 May 2024"]}
    assert form.blank_questions == ("Signature:",)
    assert form.places[0].answer_box == (220, 40, 340, 70)


def test_fields_are_read_as_true_fields(tmp_path: Path, form_png: bytes) -> None:
    said = [
        question("total", "9.00"),
        question("due", absent=True),
        cells("items", {"article": "Bolt", "price": "9.00"}),
    ]
    done = review(after=said, document=form_png, kind="fields")
    assert finish(tmp_path, done, form_png) == ["images/form.png", "fields/form.json"]
    [form] = load_forms(tmp_path)
    assert not form.annotated
    assert form.fields == {
        "total": "9.00",
        "due": None,
        "items": [{"article": "Bolt", "price": "9.00"}],
    }


@pytest.mark.parametrize(
    ("document_id", "file", "kept"),
    [
        ("a/b.TIF", None, "images/form.tif"),
        ("message 17", None, "images/form.gif"),
        ("b.tif", "images/kept.gif", "images/kept.gif"),
        ("b.pdf", "b.pdf", "images/form.pdf"),
    ],
    ids=["its own suffix", "by content", "kept there already", "kept elsewhere"],
)
def test_the_document_is_kept_under_a_suffix_that_forms_have(
    document_id: str, file: str | None, kept: str, tmp_path: Path
) -> None:
    done = corrected(GIF, document_id=document_id, file=file)
    [image, _] = finish(tmp_path, done, GIF)
    assert image == kept
    assert (tmp_path / image).read_bytes() == GIF


def test_only_a_done_review_of_these_bytes_is_written(tmp_path: Path, form_png: bytes) -> None:
    with pytest.raises(DatasetError, match="to be done before its labels are written"):
        finish(tmp_path, corrected(form_png, state=ReviewState.DRAFT), form_png)
    with pytest.raises(DatasetError, match="the file has changed"):
        finish(tmp_path, corrected(form_png), form_png + b"\0")
    assert list(tmp_path.iterdir()) == []


def test_a_review_that_is_reopened_has_no_labels(tmp_path: Path, form_png: bytes) -> None:
    done = corrected(form_png)
    finish(tmp_path, done, form_png)
    assert reopen(tmp_path, done) == ["annotations/form.json"]
    assert reopen(tmp_path, done) == []
    assert [file.name for file in tmp_path.rglob("*") if file.is_file()] == ["form.png"]


def test_labels_from_elsewhere_are_put_aside_and_come_back(tmp_path: Path, form_png: bytes) -> None:
    labels = tmp_path / "annotations" / "form.json"
    labels.parent.mkdir()
    labels.write_text('{"form": []}')
    done = corrected(form_png)
    finish(tmp_path, done, form_png)
    finish(tmp_path, done, form_png)  # said again, ours is not taken for somebody's
    assert json.loads(labels.read_text())["form"]
    reopen(tmp_path, done)
    assert labels.read_text() == '{"form": []}'
    assert list(labels.parent.iterdir()) == [labels]


def test_labels_changed_by_hand_are_not_removed(tmp_path: Path, form_png: bytes) -> None:
    done = corrected(form_png)
    finish(tmp_path, done, form_png)
    labels = tmp_path / "annotations" / "form.json"
    labels.write_text('{"form": []}')
    assert reopen(tmp_path, done) == []
    assert labels.is_file()
