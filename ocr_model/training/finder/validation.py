"""Fit a finder and judge it by cross-validation: no document is read by what had seen it.

Documents are parted into folds. The first step is fitted without each fold, and without each two:
what judges fold a is fitted to scores that first steps gave fold b which saw neither a nor b.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from joblib import Parallel, delayed

from ocr_model.finder import (
    Finder,
    FirstSteps,
    Found,
    SecondStep,
    find,
    judged,
)
from ocr_model.linker import Floats, Indices
from ocr_model.ocr import usable_cores
from ocr_model.schema import FieldValue
from ocr_model.training.finder.examples import Example
from ocr_model.training.finder.fitting import fit_first, fit_second
from ocr_model.training.finder.judging import judgement_of

# Pieces from which starting processes pays.
_WORTH_A_PROCESS = 1_000
# Two are left out of a fit at a time.
MIN_FOLDS = 3
Left = frozenset[int]


@dataclass(frozen=True)
class Fitted:
    """A finder fitted to all documents, and the fields of each by one that never saw it."""

    finder: Finder
    unseen: tuple[tuple[FieldValue, ...], ...]


def fit_finder(
    examples: Sequence[Example], folds: int, seed: int, tell: Callable[[], object] = lambda: None
) -> Fitted:
    """The same documents, seed and versions of numpy and scikit-learn give the same weights.

    `folds` are at least MIN_FOLDS and at most as many as documents; `tell` is
    called after each of `count_fits` fits.
    """
    fold_of = np.random.default_rng(seed).permutation(len(examples)) % folds
    firsts = _first_steps(examples, fold_of, folds, seed, tell)
    found: dict[int, Sequence[Found | None]] = {}
    for fold in range(folds):
        second = _second_steps(examples, fold_of, firsts, frozenset([fold]), seed)
        first = firsts[frozenset([fold])].steps
        for i in np.flatnonzero(fold_of == fold).tolist():
            found[i] = find(examples[i].looked, first, second)
    unseen = []
    for i, example in enumerate(examples):
        others = {j: examples[j] for j in range(len(examples)) if fold_of[j] != fold_of[i]}
        judgement = judgement_of(others, found)
        unseen.append(judged(example.values, example.looked, found[i], judgement))
    every = dict(enumerate(examples))
    finder = Finder(
        tuple((field.name, field.type) for field in examples[0].looked.fields),
        firsts[frozenset()].steps,
        _second_steps(examples, fold_of, firsts, frozenset(), seed),
        judgement_of(every, found),
        tuple(sorted({example.sha256 for example in examples})),
    )
    return Fitted(finder, tuple(unseen))


def count_fits(folds: int) -> int:
    return 1 + folds + folds * (folds - 1) // 2


@dataclass(frozen=True)
class _First:
    """First steps that were fitted without some folds, and their scores of documents of these."""

    steps: FirstSteps
    scores: Mapping[int, Floats]


def _first_steps(
    examples: Sequence[Example],
    fold_of: Indices,
    folds: int,
    seed: int,
    tell: Callable[[], object],
) -> dict[Left, _First]:
    left_out = [frozenset(some) for size in range(3) for some in combinations(range(folds), size)]
    pieces = sum(len(example.looked.document) for example in examples)
    # Processes, not threads: scikit-learn changes Python's warnings while it fits.
    jobs = usable_cores() if pieces >= _WORTH_A_PROCESS else 1
    fitted = Parallel(n_jobs=jobs, return_as="generator")(
        delayed(_fit_without)(examples, fold_of, some, seed) for some in left_out
    )
    firsts = {}
    for some, first in zip(left_out, fitted, strict=True):
        firsts[some] = first
        tell()
    return firsts


def _fit_without(
    examples: Sequence[Example], fold_of: Indices, left_out: Left, seed: int
) -> _First:
    rest = {i: one for i, one in enumerate(examples) if int(fold_of[i]) not in left_out}
    steps = fit_first(rest, seed)
    scores = {i: steps.scores(one.looked) for i, one in enumerate(examples) if i not in rest}
    return _First(steps, scores)


def _second_steps(
    examples: Sequence[Example],
    fold_of: Indices,
    firsts: Mapping[Left, _First],
    left_out: Left,
    seed: int,
) -> tuple[SecondStep, ...]:
    rest = {i: one for i, one in enumerate(examples) if int(fold_of[i]) not in left_out}
    scores = {i: firsts[left_out | {int(fold_of[i])}].scores[i] for i in rest}
    return fit_second(rest, scores, seed)
