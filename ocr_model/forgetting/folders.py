"""Erase a document from folders of reviews and labels, and from reports on this machine."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterator
from datetime import datetime
from html import unescape
from pathlib import Path

from ocr_model.forgetting.receipt import NO_DIGEST, Receipt, State
from ocr_model.forgetting.subject import Subject
from ocr_model.review.record import REVIEWS, Review, load_reviews, read_review

_LABELS = ("annotations", "fields")
_IMAGES = "images"


def forget_in_folder(subject: Subject, folder: Path, receipt: Receipt) -> None:
    """Erase reviews, labels, rows, and the document itself if the folder has it."""
    if not folder.is_dir():
        receipt.add(str(folder), "reviews", 0, State.FAILED, "there is no such folder")
        return
    with receipt.at(str(folder), "reviews and labels"):
        files = sorted(set(_files_of(subject, folder)))
        for file in files if receipt.erases else ():
            file.unlink()
        receipt.done(str(folder), "files of reviews, labels and documents", len(files))
        _say_unreached(subject, folder, len(files), receipt)
    with receipt.at(str(folder), "rows of what was read"):
        _forget_read(subject, folder, receipt)


def digests_in_reviews(ids: Collection[str], folder: Path) -> set[str]:
    """The SHA-256 of these documents, if they were reviewed."""
    found = {review.sha256 for review in load_reviews(folder) if review.document_id in ids}
    return {digest for digest in found if digest}


def _say_unreached(subject: Subject, folder: Path, found: int, receipt: Receipt) -> None:
    """Report what may still be here of it."""
    what = "documents and labels without a review"
    if subject.before is not None:
        reason = "when they came is not known; remove them, or name documents"
        receipt.add(str(folder), what, 0, State.NOT_REACHABLE, reason)
    elif not subject.digests and not found:
        receipt.add(str(folder), what, 0, State.NOT_REACHABLE, NO_DIGEST)


def forget_reports(subject: Subject, folder: Path, receipt: Receipt) -> None:
    with receipt.at(str(folder), "reports"):
        files = [file for file in sorted(folder.rglob("*.html")) if _shows(file, subject)]
        for file in files if receipt.erases else ():
            file.unlink()
        receipt.done(str(folder), "reports that showed it, whole", len(files))


def _shows(file: Path, subject: Subject) -> bool:
    if subject.before is not None:
        return subject.is_all_of(file)
    return subject.in_text(unescape(file.read_text("utf-8", "replace")))


def _files_of(subject: Subject, folder: Path) -> Iterator[Path]:
    for path in sorted((folder / REVIEWS).glob("*.json")):
        review = read_review(path)
        if _is_of(review, subject, path):
            yield from _files_named(folder, review.name)
            if review.file is not None and (kept := folder / review.file).is_file():
                yield kept
    for place in (folder, folder / _IMAGES):
        for file in sorted(place.glob("*")):
            if file.is_file() and subject.before is None and _is_document(file, subject):
                yield file
                yield from _files_named(folder, file.stem)


def _is_of(review: Review, subject: Subject, path: Path) -> bool:
    if subject.before is None:
        return subject.names(review.document_id, review.sha256)
    if review.changed_at is None:
        return subject.is_all_of(path)
    changed = datetime.fromisoformat(review.changed_at)
    return changed.replace(tzinfo=changed.tzinfo or subject.before.tzinfo) < subject.before


def _is_document(file: Path, subject: Subject) -> bool:
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest() in subject.digests


def _files_named(folder: Path, name: str) -> Iterator[Path]:
    labels = [folder / kind / f"{name}.json{end}" for kind in _LABELS for end in ("", ".before")]
    notes = [folder / REVIEWS / f".{name}{end}" for end in (".labels", ".to-send")]
    record = folder / REVIEWS / f"{name}.json"
    yield from (file for file in (record, *notes, *labels) if file.is_file())


def _forget_read(subject: Subject, folder: Path, receipt: Receipt) -> None:
    """Erase rows of the model that reads for reviewers; by age, those of old files."""
    for file in sorted((folder / REVIEWS).glob(".read-*.jsonl")):
        lines = file.read_bytes().splitlines(keepends=True)
        is_old = subject.is_all_of(file)
        kept = [line for line in lines if not (is_old or _row_is_of(line, subject))]
        if len(kept) < len(lines) and receipt.erases:
            partial = file.with_suffix(".tmp")
            partial.write_bytes(b"".join(kept))
            partial.replace(file)
        receipt.done(str(file), "rows", len(lines) - len(kept))


def _row_is_of(line: bytes, subject: Subject) -> bool:
    try:
        row = json.loads(line)
    except ValueError:  # a partial line after a kill; its document is unknown
        return subject.before is None
    return subject.before is None and subject.names(row.get("document_id"), row.get("sha256"))
