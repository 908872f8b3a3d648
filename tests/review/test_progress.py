from __future__ import annotations

import math
from pathlib import Path

import pytest

from ocr_model.review.progress import what_is_known
from ocr_model.review.record import ReviewState, write_review
from tests.support.reviews import RIGHT, cells, corrected, question, review


def _write(folder: Path, count: int, **more: object) -> None:
    for number in range(count):
        document = bytes([number])
        write_review(folder, corrected(document, name=f"form-{number}", **more))


def test_an_empty_folder_says_how_many_are_needed(tmp_path: Path) -> None:
    known = what_is_known(tmp_path)
    assert (known.forms, known.enough_to_promote) == (0, False)
    assert math.isnan(known.estimate)
    assert known.sentence == "No form is reviewed yet; 30 are needed to promote a model on."


def test_what_was_read_is_scored_against_what_is_right(tmp_path: Path) -> None:
    _write(tmp_path, 1)
    # 1 of 3 pairs read is right, 2 are there: 2 * 1 / (3 + 2).
    known = what_is_known(tmp_path)
    assert (known.metric, known.estimate) == ("pair_f1_normalized", 0.4)
    assert math.isnan(known.low)
    assert known.sentence == (
        "1 form reviewed: pair_f1_normalized of the model 0.40, on too few forms for an interval; "
        "29 more to go before a model can be promoted on them."
    )


def test_thirty_forms_are_enough_and_five_have_an_interval(tmp_path: Path) -> None:
    _write(tmp_path, 4)
    second = review(RIGHT, RIGHT, b"right", name="z", model_uri="models:/ocr-extractor/2")
    write_review(tmp_path, second)
    known = what_is_known(tmp_path)
    assert "of the 2 models that read them 0." in known.sentence
    assert known.low < known.estimate < known.high
    assert not known.enough_to_promote
    _write(tmp_path, 29)
    known = what_is_known(tmp_path)
    assert (known.forms, known.enough_to_promote) == (30, True)
    assert known.sentence.endswith("; enough to promote a model on.")


def test_drafts_do_not_count_and_a_changed_review_is_read_again(tmp_path: Path) -> None:
    _write(tmp_path, 2, state=ReviewState.DRAFT)
    assert what_is_known(tmp_path).forms == 0
    write_review(tmp_path, corrected(b"0", name="form-0", version=12))
    assert what_is_known(tmp_path).forms == 1


def test_documents_the_model_learned_from_do_not_count(tmp_path: Path) -> None:
    done = corrected(b"learned")
    write_review(tmp_path, done)
    _write(tmp_path, 1)
    known = what_is_known(tmp_path, {done.sha256 or ""})
    assert (known.forms, known.learned) == (1, 1)
    assert known.sentence.endswith("1 more form is not counted: the model learned from it.")


def test_fields_are_compared_as_folded_texts(tmp_path: Path) -> None:
    before = [
        question("total", "9.00"),
        question("supplier", "Blue Horon"),
        cells("items", {"article": "Bolt", "price": "9.00"}),
        question("due", "1 May"),
    ]
    after = [
        question("total", "$9.00"),
        question("supplier", "Blue Heron"),
        before[2],
        question("due", absent=True),
    ]
    write_review(tmp_path, review(before, after, kind="fields"))
    known = what_is_known(tmp_path)
    # total and two cells equal, of 5 found and 4 there.
    assert known.metric == "field_f1_normalized"
    assert known.estimate == pytest.approx(2 * 3 / (5 + 4))


def test_forms_without_an_answer_tell_nothing(tmp_path: Path) -> None:
    write_review(tmp_path, review([], [question("Date")]))
    known = what_is_known(tmp_path)
    assert "nothing can be scored; 30 more to go" in known.sentence
