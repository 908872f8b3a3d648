"""The exception tree.

OcrModelError
├── ConfigError            the model or a command is set up wrongly; raised before any page is read
│   └── PromptError        a prompt cannot be loaded, rendered, or differs from the pinned one
├── DatasetError           labelled forms cannot be read: the file and what is wrong with it
└── ExtractionError        one document failed; becomes the `outcome` of its row
    ├── DocumentError      the bytes are not a readable page, or exceed a limit
    └── LLMError           the endpoint failed, refused or broke off
        └── ParseError     it replied, but not with pairs

Messages say what was expected, what was got, and what to do.
"""

from __future__ import annotations

import re
from pathlib import Path

from ocr_model.schema import Outcome, Usage

_EXCERPT_CHARS = 200
_ENDPOINT = re.compile(r"endpoint (\S+)")
_QUOTED = re.compile(r"b?['\"].*['\"…]", re.DOTALL)


def excerpt(value: object) -> str:
    """`repr` cut to a length that fits a message."""
    text = repr(value)
    return text if len(text) <= _EXCERPT_CHARS else f"{text[:_EXCERPT_CHARS]}… ({len(text)} chars)"


def where_looked(path: str | Path) -> str:
    """The end of an error message: where a relative path was searched, and what to write instead.

    "scans" -> " A relative path is one from /work/project, …"; "/work/scans" -> ""
    """
    if not str(path) or Path(path).is_absolute():
        return ""
    return (
        f" {str(path)!r} was looked for in {Path.cwd()} (under `mlflow run`, that is the project's "
        f"folder, not yours). Give an absolute path, like {_absolute_example(path)}."
    )


def _absolute_example(path: str | Path) -> str:
    return f"/home/me/{Path(path).name or path}"


def said_by_mlflow(err: Exception) -> str:
    """MLflow's message; a server's refusal without paths and status codes."""
    said = str(getattr(err, "message", err)).strip()
    if getattr(err, "error_code", "") == "PERMISSION_DENIED":
        place = _ENDPOINT.search(said)
        at = f" at {place[1]}" if place else ""
        return f"permission denied{at}; who may do what: docs/access.md."
    return said


class OcrModelError(Exception):
    """Root of everything this package raises on purpose."""


class ConfigError(OcrModelError):
    """The model or command is set up wrongly."""


class PromptError(ConfigError):
    """A prompt cannot be loaded, rendered, or differs from the pinned one."""


class DatasetError(OcrModelError):
    """Labelled forms cannot be read."""


class ExtractionError(OcrModelError):
    """One document failed. `outcome` goes into its row."""

    def __init__(self, message: str, outcome: Outcome) -> None:
        super().__init__(message)
        self.outcome = outcome

    def hide_text(self) -> None:
        """Remove from the message whatever may be text of the page."""


class DocumentError(ExtractionError):
    """The bytes are not a readable page (`bad_input`) or exceed a limit (`too_large`)."""

    def hide_text(self) -> None:
        # Quoted content of a document is between the first and the last quote.
        self.args = (_QUOTED.sub("[not shown]", str(self)),)


class LLMError(ExtractionError):
    """The endpoint failed, refused or broke off.

    `aborts_batch` marks faults that every further request would meet (bad key, unknown model,
    exhausted quota). `usage` and `text` keep what was paid for and received before the fault;
    `notes` are for the row. `without_text` is the message without quotes of what was received.
    """

    notes: tuple[str, ...] = ()
    without_text: str | None = None

    def __init__(
        self,
        message: str,
        outcome: Outcome,
        *,
        aborts_batch: bool = False,
        usage: Usage | None = None,
        text: str | None = None,
    ) -> None:
        super().__init__(message, outcome)
        self.aborts_batch = aborts_batch
        self.usage = usage or Usage()
        self.text = text

    def hide_text(self) -> None:
        if self.without_text is not None:
            self.args = (self.without_text,)
        self.text = None


class ParseError(LLMError):
    """A completion without a list of pairs. `text` is the raw completion.

    `looped` is true if the LLM repeated itself; `reason` is sent to it with the retry.
    """

    def __init__(
        self,
        message: str,
        *,
        text: str | None,
        outcome: Outcome = Outcome.UNPARSEABLE,
        reason: str = "it was not the JSON object described above",
        looped: bool = False,
    ) -> None:
        super().__init__(message, outcome, text=text)
        self.reason = reason
        self.looped = looped
        self.without_text = (
            f"Expected what was asked for in the LLM's reply, got none that can be read "
            f"({outcome.value}). Its text is not shown, as `trace_content` keeps none."
        )
