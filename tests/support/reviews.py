"""Reviews of a drawn form, made as the review page makes them: before, after, and each change."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

from ocr_model.review.record import (
    Change,
    Review,
    ReviewAnswer,
    ReviewPage,
    ReviewQuestion,
    ReviewState,
    ReviewWord,
)

# Where tests/conftest draws its form: (text, box), as an OCR might read it.
READ_WORDS = (
    ("Name:", (40, 40, 110, 70)),
    ("Ann Borg", (220, 40, 340, 70)),
    ("Date:", (40, 120, 100, 150)),
    ("14 May 2024", (220, 120, 360, 150)),
    ("Page 1 of 1", (480, 200, 580, 220)),
)


def question(
    text: str,
    *answers: str | tuple[str, tuple[float, float, float, float]],
    box: tuple[float, float, float, float] | None = None,
    **more: Any,
) -> ReviewQuestion:
    """Answers with their boxes, or without one."""
    key = "".join(letter for letter in text if letter.isalnum()) or "q"
    given = []
    for number, answer in enumerate(answers):
        said, place = (answer, None) if isinstance(answer, str) else answer
        given.append(ReviewAnswer(id=f"{key}-{number}", text=said, page=1, box=place))
    return ReviewQuestion(id=key, text=text, answers=tuple(given), page=1, box=box, **more)


def cells(name: str, *rows: Mapping[str, str]) -> ReviewQuestion:
    """A table: its rows by column."""
    given = tuple(
        ReviewAnswer(id=f"{name}-{number}-{column}", text=text, page=1, row=number, column=column)
        for number, row in enumerate(rows, start=1)
        for column, text in row.items()
    )
    return ReviewQuestion(id=name, text=name, answers=given, page=1)


def review(
    before: Sequence[ReviewQuestion] = (),
    after: Sequence[ReviewQuestion] = (),
    document: bytes = b"",
    **more: Any,
) -> Review:
    """One that is done, by ann."""
    words = tuple(ReviewWord(text=text, box=box, confidence=0.9) for text, box in READ_WORDS)
    page = ReviewPage(number=1, width=600, height=240, words=words)
    given: dict[str, Any] = {
        "document_id": "scans/form.png",
        "name": "form",
        "sha256": hashlib.sha256(document).hexdigest(),
        "state": ReviewState.DONE,
        "version": 2,
        "user": "ann",
        "changed_at": "2026-11-29T12:00:00+00:00",
        "outcome": "ok",
        "pages": (page,),
        "before": tuple(before),
        "questions": tuple(after),
    }
    return Review(**given | more)


NAME_BOX, DATE_BOX = (40, 40, 110, 70), (40, 120, 100, 150)
ANN_BOX, DAY_BOX = (220, 40, 340, 70), (220, 120, 360, 150)
MISREAD = (
    question("Name:", ("Ann Borg", ANN_BOX), box=NAME_BOX),
    question("Date:", ("14 May 2024", DAY_BOX), box=DATE_BOX),
    question("Page", "1"),
)
RIGHT = (
    question("Name:", ("Ann Berg", ANN_BOX), box=NAME_BOX),
    MISREAD[1],
    question("Signature:"),
)
CHANGES = (
    Change(
        at="2026-11-29T11:59:00+00:00",
        by="ann",
        what="edit answer",
        question="Name:",
        before="Ann Borg",
        after="Ann Berg",
    ),
)


def corrected(document: bytes, **more: Any) -> Review:
    """The form of conftest: one misread answer, one invented pair, one blank missed."""
    return review(MISREAD, RIGHT, document, **{"changes": CHANGES} | more)
