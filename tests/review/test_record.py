"""A review's file: whole or not at all, and checked when it is read."""

from __future__ import annotations

from pathlib import Path

import pytest

from ocr_model.errors import DatasetError
from ocr_model.review.record import (
    Review,
    ReviewAnswer,
    ReviewQuestion,
    load_reviews,
    read_review,
    write_review,
)

TOTAL = ReviewQuestion(id="q1", text="Total", answers=(ReviewAnswer(id="a1", text="9.00"),))
REVIEW = Review(document_id="scan.png", name="scan", sha256="0" * 64, questions=(TOTAL,))


def test_what_is_written_is_read_again(tmp_path: Path) -> None:
    later = REVIEW.model_copy(update={"name": "a", "version": 3})
    assert read_review(write_review(tmp_path, REVIEW)) == REVIEW
    write_review(tmp_path, later)
    assert load_reviews(tmp_path) == [later, REVIEW]
    assert [file.name for file in sorted((tmp_path / "reviews").iterdir())] == [
        "a.json",
        "scan.json",
    ]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("{", "is no review"),
        ('{"document_id": "a"}', "name: Field required"),
        (REVIEW.model_dump_json().replace('"q1"', '"../q"'), "questions.0.id"),
        (REVIEW.model_dump_json().replace('"9.00"', "9"), "questions.0.answers.0.text"),
        (REVIEW.model_dump_json().replace("null", 'null, "own": 1', 1), "own: Extra inputs"),
    ],
)
def test_a_broken_review_is_named_with_what_is_wrong(
    content: str, said: str, tmp_path: Path
) -> None:
    file = tmp_path / "broken.json"
    file.write_text(content)
    with pytest.raises(DatasetError, match=r"broken\.json") as told:
        read_review(file)
    assert said in str(told.value)
