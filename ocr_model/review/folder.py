"""A finished review -> the document and its labels, in the layout that `evaluate` and `train` read.

    images/<name>.<suffix>    the document, byte for byte
    annotations/<name>.json   pairs, in FUNSD's format
    fields/<name>.json        true fields, for a model with fields

Existing labels from elsewhere are kept as `<name>.json.before`.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

from ocr_model.documents import recognise
from ocr_model.errors import DatasetError
from ocr_model.fields import WantedFields
from ocr_model.forms import IMAGE_SUFFIXES
from ocr_model.review.annotation import annotation_of
from ocr_model.review.record import REVIEWS, Review, ReviewState, write_whole
from ocr_model.review.truth import truth_of_fields

_FOLDERS = {"pairs": "annotations", "fields": "fields"}


def finish(
    folder: Path, review: Review, document: bytes, wanted: WantedFields | None = None
) -> list[str]:
    """Write the document, unless it exists, and its labels; return the files, relative to `folder`.

    `wanted` are the model's fields, which define what is a list.

    Raises:
        DatasetError: the review is not done, or the bytes are another document; nothing is written.
    """
    _refuse(review, document)
    image = _image_path(folder, review, document)
    if not image.is_file():
        write_whole(image, document)
    labels = _labels_path(folder, review)
    content = (
        annotation_of(review)
        if review.kind == "pairs"
        else dict(truth_of_fields(review.questions, wanted))
    )
    _keep_foreign(folder, review, labels)
    data = _json(content)
    # Mark them as ours first: after a crash in between, they must not look like somebody else's.
    write_whole(_ours(folder, review), _sha256(data).encode())
    write_whole(labels, data)
    return [str(path.relative_to(folder)) for path in (image, labels)]


def reopen(folder: Path, review: Review) -> list[str]:
    """Remove the labels of a reopened review; return the removed files.

    The document stays. Labels from elsewhere, which the review had put aside, are restored.
    """
    labels, ours = _labels_path(folder, review), _ours(folder, review)
    if not labels.is_file() or not _is_ours(labels, ours):
        return []
    labels.unlink()
    ours.unlink(missing_ok=True)
    if (kept := _kept(labels)).is_file():
        kept.replace(labels)
    return [str(labels.relative_to(folder))]


def _refuse(review: Review, document: bytes) -> None:
    if review.state is not ReviewState.DONE:
        raise DatasetError(
            f"Expected the review of {review.document_id} to be done before its labels are "
            f"written, got one that is {review.state.value}."
        )
    if review.sha256 is not None and _sha256(document) != review.sha256:
        raise DatasetError(
            f"Expected the document {review.document_id} with SHA-256 {review.sha256}, which was "
            "reviewed, got another: the file has changed. Review it again."
        )


def _image_path(folder: Path, review: Review, document: bytes) -> Path:
    """Where the document is already stored, if it is in the folder of images."""
    if review.file is not None and Path(review.file).parent == Path("images"):
        return folder / review.file
    suffix = Path(review.document_id).suffix.lower()
    if suffix not in IMAGE_SUFFIXES:
        suffix = f".{recognise(document).lower()}"
    return folder / "images" / f"{review.name}{suffix}"


def _labels_path(folder: Path, review: Review) -> Path:
    return folder / _FOLDERS[review.kind] / f"{review.name}.json"


def _ours(folder: Path, review: Review) -> Path:
    """The digest of the labels written for this review."""
    return folder / REVIEWS / f".{review.name}.labels"


def _is_ours(labels: Path, ours: Path) -> bool:
    return ours.is_file() and ours.read_text() == _sha256(labels.read_bytes())


def _kept(labels: Path) -> Path:
    return labels.with_name(f"{labels.name}.before")


def _keep_foreign(folder: Path, review: Review, labels: Path) -> None:
    if labels.is_file() and not _is_ours(labels, _ours(folder, review)):
        labels.replace(_kept(labels))


def _json(content: dict[str, Any]) -> bytes:
    return json.dumps(content, ensure_ascii=False, indent=1).encode("utf-8", "replace")


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
