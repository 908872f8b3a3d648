"""The result of erasing a document, place by place, without any of its content."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any

import pyarrow as pa
from mlflow.exceptions import MlflowException
from sqlalchemy.exc import SQLAlchemyError

from ocr_model.errors import OcrModelError

_FAULTS = (
    MlflowException,
    SQLAlchemyError,
    OcrModelError,
    OSError,
    sqlite3.Error,
    pa.ArrowException,
    ValueError,
    LookupError,
    NotImplementedError,
)


# Places that store digests but no ids.
NO_DIGEST = "no SHA-256 of the document is known: give it, as sha256sum prints it"


class State(StrEnum):
    """FOUND is for a dry run; nothing that failed is ERASED."""

    FOUND = "found"
    ERASED = "erased"
    KEPT = "kept"
    NOT_REACHABLE = "not reachable"
    LEFT_TO_OTHERS = "left to others"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Line:
    """`count` entries of a kind at one place; `reason` if they are not simply erased."""

    place: str
    what: str
    count: int
    state: State
    reason: str = ""


@dataclass(slots=True)
class Receipt:
    """The lines so far. With `erases` False nothing is changed."""

    erases: bool
    lines: list[Line] = field(default_factory=list)

    def add(self, place: str, what: str, count: int, state: State, reason: str = "") -> None:
        self.lines.append(Line(place, what, count, state, reason))

    def done(self, place: str, what: str, count: int, reason: str = "") -> None:
        """Add what was found, and erased unless this is a dry run; nothing for a count of 0."""
        if count:
            state = State.ERASED if self.erases else State.FOUND
            self.add(place, what, count, state, reason if self.erases else "")

    @contextmanager
    def at(self, place: str, what: str) -> Iterator[None]:
        """Inside, an error becomes a line, and the other places continue."""
        try:
            yield
        except _FAULTS as err:
            # Its text may quote the document.
            told = type(err).__name__
            if isinstance(err, MlflowException):
                told = f"MLflow said {err.error_code}"
            elif isinstance(err, OSError | OcrModelError):
                told = str(err).rstrip(".")
            self.add(place, what, 0, State.FAILED, f"{told}. It may be there still: run this again")

    @property
    def failed(self) -> bool:
        return any(line.state is State.FAILED for line in self.lines)

    def to_plain(self) -> list[dict[str, Any]]:
        return [{**asdict(line), "state": line.state.value} for line in self.lines]
