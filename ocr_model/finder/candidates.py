"""Scores of pieces -> runs of pieces that may be the value of a field, with evidence for each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from ocr_model.fields import ReadValue, read_value, skeleton
from ocr_model.finder.looking import Looked
from ocr_model.finder.memory import Values
from ocr_model.linker import Floats
from ocr_model.schema import FieldStatus

# The most likely first and last pieces.
_BEGINNINGS, _ENDS = 6, 10
_LONGER = 1.3
# The value of a missing score, in logits.
_NONE = -9.0
# Columns of the scores of each piece.
INSIDE, BEGINS, ENDS = 0, 1, 2
_STATUS = {FieldStatus.FOUND: 3.0, FieldStatus.AMBIGUOUS: 2.0}
# Columns of `evidence`: the joint score of the pieces, and similarity to known values.
_TOGETHER, _LIKE_KNOWN = 7, 16
EVIDENCE_WIDTH = 33


class Run(NamedTuple):
    """Pieces of a page, by page number, as text and as a read value."""

    page: int
    path: tuple[int, ...]
    text: str
    read: ReadValue


@dataclass(frozen=True, slots=True)
class Context:
    """Context for judging a field's candidates: `scores` with shape (fields, pieces, 3), values of
    training documents, and the number of pieces of the longest.
    """

    looked: Looked
    field: int
    scores: Floats
    known: Values
    longest: int


def likely_runs(context: Context) -> list[Run]:
    """The likely runs that can be read as the field's type."""
    looked = context.looked
    wanted = looked.fields[context.field]
    found: list[Run] = []
    for page, path in dict.fromkeys(_runs(context)):
        text = looked.document.pages[page].text(path)
        read = read_value(text, wanted, looked.habits)
        if read.status in _STATUS:
            found.append(Run(page, path, text, read))
    return found


def _runs(context: Context) -> Iterator[tuple[int, tuple[int, ...]]]:
    document = context.looked.document
    scores = context.scores[context.field]
    likeliest_ends = np.argsort(-scores[:, ENDS], kind="stable")[:_ENDS]
    ends = set(likeliest_ends.tolist())
    longest = int(_LONGER * context.longest) + 2
    starts = np.array(document.starts)
    for begin in np.argsort(-scores[:, BEGINS], kind="stable")[:_BEGINNINGS].tolist():
        page = int(np.searchsorted(starts, begin, side="right")) - 1
        # Pages without pieces begin where the next one does.
        base = document.starts[page]
        for path in document.pages[page].paths(begin - base, longest):
            if base + path[-1] in ends:
                yield page, path


def evidence(context: Context, runs: Sequence[Run]) -> Floats:
    """Shape (runs, EVIDENCE_WIDTH)."""
    if not runs:
        return np.zeros((0, EVIDENCE_WIDTH))
    known = context.known.likeness([skeleton(run.text) for run in runs])
    scores = np.clip(context.scores, 1e-4, 1 - 1e-4)
    logits = np.log(scores[context.field] / (1 - scores[context.field]))
    texts = [run.text for run in runs]
    rows = [
        (
            *_by_scores(context, run, logits),
            *_by_place(context, run),
            float(alike),
            *_by_text(context, run, texts.count(run.text)),
        )
        for run, alike in zip(runs, known, strict=True)
    ]
    table = np.array(rows, dtype=np.float64)
    together = table[:, _TOGETHER]
    rank = np.argsort(np.argsort(-together, kind="stable"), kind="stable")
    alike = table[:, _LIKE_KNOWN]
    return np.column_stack([table, together - together.max(), rank, alike - alike.max()])


def _by_scores(context: Context, run: Run, logits: Floats) -> tuple[float, ...]:
    page = context.looked.document.pages[run.page]
    base = context.looked.document.starts[run.page]
    own = [base + i for i in run.path]
    inside = logits[own, INSIDE]
    begins, ends = logits[own[0], BEGINS], logits[own[-1], ENDS]
    before = logits[own[0] - 1, INSIDE] if run.path[0] else _NONE
    after = [logits[base + i, INSIDE] for i in page.following[run.path[-1]]]
    scores = context.scores[context.field, :, INSIDE]
    return (
        begins,
        ends,
        inside.mean(),
        inside.min(),
        inside.sum(),
        before,
        max(after, default=_NONE),
        begins + ends + 2 * inside.mean(),
        logits[own[1:], BEGINS].max(initial=_NONE),
        logits[own[:-1], ENDS].max(initial=_NONE),
        scores.sum() - scores[own].sum(),
    )


def _by_place(context: Context, run: Run) -> tuple[float, ...]:
    page = context.looked.document.pages[run.page]
    first, last = run.path[0], run.path[-1]
    lines = [int(page.line_of[i]) for i in run.path]
    return (
        len(run.path),
        len(run.text),
        len(set(lines)),
        float(page.lines[lines[0]][0] == first),
        float(page.lines[lines[-1]][-1] == last),
    )


def _by_text(context: Context, run: Run, equal: int) -> tuple[float, ...]:
    looked, text = context.looked, run.text
    page = looked.document.pages[run.page]
    base = looked.document.starts[run.page]
    own = [base + i for i in run.path]
    marked = looked.marks[:, context.field]
    others = np.delete(context.scores[:, own, INSIDE].mean(axis=1), context.field)
    return (
        _STATUS[run.read.status],
        marked[own].mean(),
        float((marked > 0).sum() - (marked[own] > 0).sum()),
        looked.statuses[context.field],
        others.max(initial=0.0),
        int(page.line_of[run.path[0]]),
        min(page.page.words[page.words[i]].confidence for i in run.path),
        sum(sign in "()" for sign in text),
        text.count("(") - text.count(")"),
        float(text[-1] in ":-"),
        float(text[-1] in ".,"),
        float(text[0].isalnum()),
        equal,
    )
