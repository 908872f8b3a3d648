"""Learned trees and words -> the value of each known field, with its confidence.

Two steps: every piece of the pages is scored as start, inside and end of each field; then likely
runs of pieces are judged as a whole.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from ocr_model.fields import Column, Decision, PageContent, WantedFields, decide_fields
from ocr_model.finder.candidates import Context, Run, evidence, likely_runs
from ocr_model.finder.looking import Looked, look_at
from ocr_model.finder.memory import Values, Words
from ocr_model.linker import Floats, Forest
from ocr_model.schema import FieldStatus, FieldValue


@dataclass(frozen=True)
class FirstStep:
    """Scores pieces for one field: trees for inside, start, end; lines of known values."""

    forests: tuple[Forest, Forest, Forest]
    lines: Values


@dataclass(frozen=True)
class FirstSteps:
    """The first steps of all fields, and their shared words of the training documents."""

    words: Words
    fields: tuple[FirstStep, ...]

    def scores(self, looked: Looked) -> Floats:
        """Shape (fields, pieces, 3)."""
        tables = first_rows(looked, self.words, [step.lines for step in self.fields])
        return np.stack(
            [
                np.column_stack([forest.probabilities(rows)[:, 1] for forest in step.forests])
                for step, rows in zip(self.fields, tables, strict=True)
            ]
        )


def first_rows(
    looked: Looked,
    words: Words,
    lines: Sequence[Values],
    own: Words | None = None,
    number: int | None = None,
) -> list[Floats]:
    """The trees' features of each piece, for each field, shape (pieces, features).

    For a training document of the words, `own` are its own words, `number` is its number.
    """
    shares, documents = words.features(looked.keys, own)
    rows = []
    for field, known in enumerate(lines):
        alike = [
            _around(known.likeness(page, number))[pieces.line_of]
            for page, pieces in zip(looked.lines, looked.document.pages, strict=True)
        ]
        columns = [looked.described, shares[:, :, field], documents, np.concatenate(alike)]
        rows.append(np.concatenate([*columns, looked.marks], axis=1))
    return rows


def _around(alike: Floats) -> Floats:
    """Each line, the one above and the one below, shape (lines, 3)."""
    padded = np.concatenate([[0.0], alike, [0.0]])
    return np.column_stack([alike, padded[:-2], padded[2:]])


@dataclass(frozen=True)
class SecondStep:
    """Judges whole runs for one field: trees, known values, and the longest one's pieces."""

    forest: Forest
    values: Values
    longest: int


# A value that is not more likely right than wrong is not returned.
LIKELY = 0.5
# Piecewise linear, from score to the share that was right.
Points = tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class Trust:
    """The training result for a field, compared with the other source (labels, types and formats).

    The finder `fills` a field without a value from the other source if it was right more often than
    wrong there, which fails if such fields are mostly absent. The other source is `overruled` if
    the finder was right more often where both had different values; `against` is the share of the
    other source's values that were right there, `alone` where the finder had none.
    """

    fills: bool
    overruled: bool
    against: float
    alone: float


@dataclass(frozen=True, slots=True)
class Found:
    """The most likely run of one field; `score` is not calibrated."""

    run: Run
    score: float


@dataclass(frozen=True)
class Judgement:
    """Turns scores into decisions: calibration points for scores, for each field the result for the
    other source, and calibration points for values that no finder looks for, cells and ticks; none
    if unknown.
    """

    calibration: Points
    trust: tuple[Trust, ...]
    others: Points = ()

    def confidence(self, score: float) -> float:
        return _between(self.calibration, score)

    def of_other(self, value: FieldValue) -> FieldValue:
        """A value of a field that the finder does not know, with calibrated confidence."""
        if value.confidence is None or not self.others:
            return value
        return replace(value, confidence=round(_between(self.others, value.confidence), 4))


def _between(points: Points, score: float) -> float:
    scores, shares = zip(*points, strict=True)
    return float(np.interp(score, scores, shares))


@dataclass(frozen=True)
class Finder:
    """`fields` are names and types; `documents_sha256` the documents it learned from."""

    fields: tuple[tuple[str, str], ...]
    first: FirstSteps
    second: tuple[SecondStep, ...]
    judgement: Judgement
    documents_sha256: tuple[str, ...] = ()

    def columns(self, wanted: WantedFields) -> list[Column]:
        """The wanted fields, in the order of the finder's; `pinned` has checked that they match."""
        known = [wanted.field(name) for name, _ in self.fields]
        return [field for field in known if field is not None]


def find(looked: Looked, first: FirstSteps, second: Sequence[SecondStep]) -> list[Found | None]:
    """The most likely run of each field; None if nothing can be read as its type."""
    scores = first.scores(looked)
    return [
        likeliest(Context(looked, field, scores, step.values, step.longest), step.forest)
        for field, step in enumerate(second)
    ]


def likeliest(context: Context, forest: Forest) -> Found | None:
    runs = likely_runs(context)
    if not runs:
        return None
    scores = forest.probabilities(evidence(context, runs))[:, 1]
    best = int(np.argmax(scores))
    return Found(runs[best], float(scores[best]))


def decide(
    wanted: WantedFields, contents: Sequence[PageContent], finder: Finder | None = None
) -> Decision:
    """The fields of one document, its pages in order, with the finder, if there is one.

    If both sources have different values, the finder's counts if it was right more often in
    training, and its confidence is higher than the other source's share of right values there.
    """
    decision = decide_fields(wanted, contents)
    if finder is None or not any(content.words for content in contents):
        return decision
    looked = look_at(contents, finder.columns(wanted), decision.values)
    found = find(looked, finder.first, finder.second)
    return Decision(judged(decision.values, looked, found, finder.judgement), decision.notes)


def judged(
    values: Sequence[FieldValue],
    looked: Looked,
    found: Sequence[Found | None],
    judgement: Judgement,
) -> tuple[FieldValue, ...]:
    """Each value decided without the finder, or the finder's value instead."""
    known = {field.name: number for number, field in enumerate(looked.fields)}
    return tuple(
        _one(looked, known[value.name], found[known[value.name]], judgement)
        if value.name in known
        else judgement.of_other(value)
        for value in values
    )


def _one(looked: Looked, number: int, found: Found | None, judgement: Judgement) -> FieldValue:
    name, trust = looked.fields[number].name, judgement.trust[number]
    said = looked.said[number] or FieldValue(name, FieldStatus.MISSING)
    sure = judgement.confidence(found.score) if found is not None else 0.0
    is_said = said.status is FieldStatus.FOUND
    if found is None or sure <= LIKELY or not (is_said or trust.fills):
        return replace(said, confidence=round(trust.alone, 4)) if is_said else said
    # For equal values take the finder's text: it has learned which words belong to it.
    differs = is_said and said.value != found.run.read.value
    if differs and not (trust.overruled and sure > trust.against):
        return replace(said, confidence=round(trust.against, 4))
    page, read = looked.document.pages[found.run.page], found.run.read
    box = page.page.around(page.word_indices(found.run.path))
    return FieldValue(
        name,
        read.status,
        read.value,
        found.run.text,
        page.page.number,
        box,
        round(sure, 4),
        read.reason,
    )
