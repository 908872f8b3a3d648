"""One document under review: the model's answers, the reviewer's answers, and every change.

`reviews/<name>.json` of a review folder. A pair and a field have the same shape: a question (for a
model with fields, the field's name) and its answers; cells of a table are answers with row and
column.
"""

from __future__ import annotations

import os
import secrets
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from ocr_model.errors import DatasetError, excerpt

REVIEWS = "reviews"

_Pixels = Annotated[float, Field(allow_inf_nan=False)]
_Box = tuple[_Pixels, _Pixels, _Pixels, _Pixels]
_Id = Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[\w-]+$")]
_Text = Annotated[str, Field(max_length=20_000)]


class ReviewState(StrEnum):
    """OPEN: unchanged; DRAFT: started; DONE: a person confirmed that it is right."""

    OPEN = "open"
    DRAFT = "draft"
    DONE = "done"


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class ReviewWord(_Part):
    """A word of the page as the OCR read it, in pixels of the page as it was sent."""

    text: _Text
    box: _Box
    confidence: float | None = None


class ReviewPage(_Part):
    """`words` is empty if the page was not read yet."""

    number: Annotated[int, Field(ge=1)]
    width: Annotated[int, Field(ge=1)]
    height: Annotated[int, Field(ge=1)]
    words: tuple[ReviewWord, ...] = ()


class ReviewAnswer(_Part):
    """One answer; `checked` if the reviewer accepted, changed or added it."""

    id: _Id
    text: _Text
    page: Annotated[int, Field(ge=1)] | None = None
    box: _Box | None = None
    confidence: float | None = None
    row: Annotated[int, Field(ge=1)] | None = None
    column: _Text | None = None
    checked: bool = False


class ReviewQuestion(_Part):
    """Without answers it is `absent` from the page, or else it was left blank."""

    id: _Id
    text: _Text
    answers: tuple[ReviewAnswer, ...] = ()
    page: Annotated[int, Field(ge=1)] | None = None
    box: _Box | None = None
    absent: bool = False
    checked: bool = False
    reason: _Text | None = None


class Change(_Part):
    """One step of one person, `at` in UTC (ISO 8601)."""

    at: str
    by: str
    what: Annotated[str, Field(max_length=200)]
    question: _Text
    before: _Text | None = None
    after: _Text | None = None


class Review(_Part):
    """Version 0 has the model's answers; every save increments the version.

    `name` is the name of its files in the folder, without a suffix; `file` the document, relative
    to the folder, once it is stored there; `trace_id` and `model_uri` are the origin of `before`.
    """

    schema_version: Literal[1] = 1
    document_id: str
    name: str
    sha256: str | None
    file: str | None = None
    kind: Literal["pairs", "fields"] = "pairs"
    model_uri: str | None = None
    trace_id: str | None = None
    outcome: str | None = None
    error: str | None = None
    state: ReviewState = ReviewState.OPEN
    version: int = 0
    user: str | None = None
    changed_at: str | None = None
    pages: tuple[ReviewPage, ...] = ()
    before: tuple[ReviewQuestion, ...] = ()
    questions: tuple[ReviewQuestion, ...] = ()
    changes: tuple[Change, ...] = ()


def read_review(path: Path) -> Review:
    """Raises:
    DatasetError: names the file and its fault.
    """
    try:
        return Review.model_validate_json(path.read_bytes())
    except OSError as err:
        raise DatasetError(f"Expected a review in {path}, got {err.strerror or err}.") from err
    except ValidationError as err:
        fault = err.errors()[0]
        place = ".".join(map(str, fault["loc"])) or "file"
        raise DatasetError(
            f"{path} is no review: {place}: {fault['msg']}, got {excerpt(fault['input'])}."
        ) from err


def write_review(folder: Path, review: Review) -> Path:
    """Save it under its name in `folder`/reviews; a crash leaves the previous version intact."""
    path = folder / REVIEWS / f"{review.name}.json"
    write_whole(path, review.model_dump_json(indent=1).encode())
    return path


def write_whole(path: Path, content: bytes) -> None:
    """Write a file atomically: it has either all of its new content or the old."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
    with partial.open("xb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    partial.replace(path)


def load_reviews(folder: Path) -> list[Review]:
    """All reviews of a folder, by name; none if it has no reviews.

    Raises:
        DatasetError: a review cannot be read.
    """
    files = (folder / REVIEWS).glob("*.json")
    return [read_review(file) for file in sorted(files) if not file.name.startswith(".")]
