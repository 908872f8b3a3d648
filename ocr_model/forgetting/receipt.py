"""What became of a document, place by place; holds no content of it."""

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


# Where things bear digests and no ids.
NO_DIGEST = "no SHA-256 of the document is known: give it, as sha256sum prints it"


class State(StrEnum):
    """FOUND is that of a dry run; nothing that failed is ERASED."""

    FOUND = "found"
    ERASED = "erased"
    KEPT = "kept"
    NOT_REACHABLE = "not reachable"
    LEFT_TO_OTHERS = "left to others"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Line:
    """`count` things of a kind at one place; `reason` where they are not simply erased."""

    place: str
    what: str
    count: int
    state: State
    reason: str = ""


@dataclass(slots=True)
class Receipt:
    """Lines as they come about. With `erases` False nothing is touched."""

    erases: bool
    lines: list[Line] = field(default_factory=list)

    def add(self, place: str, what: str, count: int, state: State, reason: str = "") -> None:
        self.lines.append(Line(place, what, count, state, reason))

    def done(self, place: str, what: str, count: int) -> None:
        """Found, and by now erased where this erases; nothing is said of what was not there."""
        if count:
            state = State.ERASED if self.erases else State.FOUND
            self.add(place, what, count, state)

    @contextmanager
    def at(self, place: str, what: str) -> Iterator[None]:
        """A fault within is a line, and the other places go on."""
        try:
            yield
        except _FAULTS as err:
            # Its text may quote what was read.
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
