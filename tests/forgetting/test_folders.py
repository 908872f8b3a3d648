from __future__ import annotations

import json
import os
from datetime import UTC, datetime
from pathlib import Path

from ocr_model.forgetting.folders import digests_in_reviews, forget_in_folder
from ocr_model.forgetting.receipt import Receipt, State
from ocr_model.forgetting.subject import Subject
from ocr_model.review.folder import finish
from ocr_model.review.record import write_review
from tests.support.canaries import CANARIES, found_in
from tests.support.reviews import question, review

DOCUMENT = b"\x89PNG\r\n\x1a\nof this test"


def write_folder(folder: Path) -> None:
    """A review of form.png with its labels, and what a model read of it and of another."""
    asks, answer = CANARIES
    done = review([question(asks, f"{answer}?")], [question(asks, answer)], DOCUMENT)
    finish(folder, done, DOCUMENT)
    write_review(folder, done)
    rows = [
        {"document_id": name, "text": text}
        for name, text in (("scans/form.png", answer), ("other.png", "of another"))
    ]
    read = folder / "reviews" / ".read-1.jsonl"
    read.write_text("".join(f"{json.dumps(row)}\n" for row in rows))


def test_review_labels_document_and_what_was_read_of_it_leave_by_id(tmp_path: Path) -> None:
    write_folder(tmp_path)
    digests = digests_in_reviews({"scans/form.png"}, tmp_path)
    receipt = Receipt(erases=True)
    forget_in_folder(Subject(frozenset({"scans/form.png"}), frozenset(digests)), tmp_path, receipt)
    assert found_in(tmp_path, CANARIES) == {}
    left = [path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*.*")]
    assert left == ["reviews/.read-1.jsonl"]
    assert "of another" in (tmp_path / left[0]).read_text()
    assert {line.state for line in receipt.lines} == {State.ERASED}


def test_by_age_rows_that_were_read_leave_with_their_old_file(tmp_path: Path) -> None:
    write_folder(tmp_path)
    read = tmp_path / "reviews" / ".read-1.jsonl"
    os.utime(read, (1_000_000_000, 1_000_000_000))
    for second, size in ((1_000_000_000, read.stat().st_size), (1_000_000_001, 0)):
        receipt = Receipt(erases=True)
        before = datetime.fromtimestamp(second, UTC)
        forget_in_folder(Subject(before=before), tmp_path, receipt)
        assert read.stat().st_size == size
        [unreached] = [line for line in receipt.lines if line.state is State.NOT_REACHABLE]
        assert unreached.what == "documents and labels without a review"
