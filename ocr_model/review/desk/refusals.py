"""Errors for documents that cannot be opened or saved."""

from __future__ import annotations

from collections.abc import Sequence

from ocr_model.errors import OcrModelError
from ocr_model.review.record import Review, ReviewAnswer, ReviewPage, ReviewQuestion

# A box of the model may extend beyond the page by the width of a stroke.
_STROKE_PX = 9

_Box = tuple[float, float, float, float]


class NotFoundError(OcrModelError):
    """No document of the list has this name."""


class NotKeptError(OcrModelError):
    """The document cannot be opened: its pages are missing, or it was not read yet."""


class InvalidSaveError(OcrModelError):
    """The sent data is not a version of this document."""


class ConflictError(OcrModelError):
    """Somebody saved in between; `other` is what they saved."""

    def __init__(self, other: Review) -> None:
        who = other.user or "somebody"
        super().__init__(f"{who} saved version {other.version} in between.")
        self.other = other


def refuse_save(
    questions: Sequence[ReviewQuestion], latest: Review, pages: Sequence[ReviewPage]
) -> None:
    """Raises:
    InvalidSaveError: the message says what is wrong.
    """
    parts: list[ReviewQuestion | ReviewAnswer] = [*questions]
    parts += [answer for question in questions for answer in question.answers]
    ids = [part.id for part in parts]
    if len(set(ids)) != len(ids):
        raise InvalidSaveError("Expected an id of its own for every question and answer.")
    if latest.kind == "fields":
        expected, got = ([q.text for q in given] for given in (latest.before, questions))
        if sorted(expected) != sorted(got):
            raise InvalidSaveError("Expected the fields of the model, each once, got others.")
    for part in parts:
        if part.box is not None:
            refuse_box(part.box, page_of(pages, part.page))


def page_of(pages: Sequence[ReviewPage], number: int | None) -> ReviewPage:
    """Raises:
    InvalidSaveError: the document has no such page.
    """
    page = next((page for page in pages if page.number == number), None)
    if page is None:
        raise InvalidSaveError(f"Expected a page of the document, got {number}.")
    return page


def refuse_box(box: _Box, page: ReviewPage) -> None:
    """Raises:
    InvalidSaveError: it is not on the page.
    """
    left, top, right, bottom = box
    across = -_STROKE_PX <= left < right <= page.width + _STROKE_PX
    if not (across and -_STROKE_PX <= top < bottom <= page.height + _STROKE_PX):
        raise InvalidSaveError(
            f"Expected a box within page {page.number} ({page.width} x {page.height}), got {box}."
        )
