"""Fit the two steps of a finder so that each sees only what it will see when it is used.

The second step is fitted to scores of first steps that were fitted without the document scored.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from ocr_model.finder import (
    EVIDENCE_WIDTH,
    Context,
    FirstStep,
    FirstSteps,
    SecondStep,
    Values,
    evidence,
    first_rows,
    likely_runs,
    together,
    values_of,
)
from ocr_model.linker import Floats
from ocr_model.training.boosting import Growth, fit_forest
from ocr_model.training.finder.examples import BEGINS, ENDS, INSIDE, Example

# Few documents have few beginnings of a field: small leaves.
_FIRST = Growth(60, leaves=12, learning_rate=0.1, leaf_rows=5, features_per_split=0.25)
_SECOND = Growth(40, leaves=6, learning_rate=0.1, leaf_rows=5, l2=2.0)
# Of many documents, pieces that are no part of the field are drawn.
_MOST_ROWS = 60_000
# Weights stay below 4 MB; a word takes 6 bytes, and 4 for each field.
_WORDS_BYTES = 2_400_000
_MOST_VALUES = 2_000


def fit_first(examples: Mapping[int, Example], seed: int) -> FirstSteps:
    """From documents by their numbers; at least one."""
    fields = range(len(next(iter(examples.values())).looked.fields))
    words = together([example.words for example in examples.values()])
    words = words.most_telling(_WORDS_BYTES // (6 + 4 * len(fields)))
    lines = [
        values_of([(i, text) for i, one in examples.items() for text in one.lines(field)])
        for field in fields
    ]
    rows = {i: first_rows(one.looked, words, lines, one.words, i) for i, one in examples.items()}
    steps = []
    for field in fields:
        known = [i for i, example in examples.items() if example.known[field]]
        # Where nothing is known of a field, no piece is part of it.
        some = known or [next(iter(examples))]
        table = np.concatenate([rows[i][field] for i in some])
        targets = np.concatenate([examples[i].targets[field] for i in some])
        steps.append(_fit_pieces(table, targets, Values(lines[field].texts[:_MOST_VALUES]), seed))
    return FirstSteps(words, tuple(steps))


def _fit_pieces(table: Floats, targets: NDArray[np.bool_], lines: Values, seed: int) -> FirstStep:
    drawn = _drawn(targets[:, INSIDE], seed)
    inside, begins, ends = (
        fit_forest(table[drawn], targets[drawn, column].astype(np.int64), 2, _FIRST, seed)
        for column in (INSIDE, BEGINS, ENDS)
    )
    return FirstStep((inside, begins, ends), lines)


def _drawn(inside: NDArray[np.bool_], seed: int) -> NDArray[np.int64]:
    """Rows to fit to: all of the field, and as many others as there is room for."""
    if len(inside) <= _MOST_ROWS:
        return np.arange(len(inside))
    others = np.flatnonzero(~inside)
    room = max(_MOST_ROWS - int(inside.sum()), _MOST_ROWS // 2)
    drawn = np.random.default_rng(seed).choice(others, min(room, len(others)), replace=False)
    return np.sort(np.concatenate([np.flatnonzero(inside), drawn]))


def fit_second(
    examples: Mapping[int, Example], scores: Mapping[int, Floats], seed: int
) -> tuple[SecondStep, ...]:
    """`scores` of each document are by first steps that were fitted without it."""
    fields = range(len(next(iter(examples.values())).looked.fields))
    return tuple(_fit_field(examples, scores, field, seed) for field in fields)


def _fit_field(
    examples: Mapping[int, Example], scores: Mapping[int, Floats], field: int, seed: int
) -> SecondStep:
    longest = max(example.longest(field) for example in examples.values())
    said = [(i, text) for i, example in examples.items() for text in example.texts(field)]
    rows: list[Floats] = [np.zeros((0, EVIDENCE_WIDTH))]
    right: list[Sequence[bool]] = []
    for i, example in examples.items():
        if not example.known[field]:
            continue
        others = values_of([(j, text) for j, text in said if j != i])
        context = Context(example.looked, field, scores[i], others, longest)
        runs = likely_runs(context)
        rows.append(evidence(context, runs))
        right.append([example.is_right(field, run.text) for run in runs])
    classes = np.concatenate([np.zeros(0, dtype=np.int64), *map(np.asarray, right)])
    forest = fit_forest(np.concatenate(rows), classes.astype(np.int64), 2, _SECOND, seed)
    return SecondStep(forest, values_of(said[:_MOST_VALUES]), longest)
