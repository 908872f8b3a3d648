"""How good a linker is on forms it was not fitted on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ocr_model.linker import Linker, answers_of
from ocr_model.schema import Answer, pairs_of
from ocr_model.scoring import (
    Difference,
    Interval,
    form_shares,
    paired_difference,
    run_intervals,
    run_scores,
    share_array,
)
from ocr_model.training.training_set import TrainingSet

SHOWN = (
    "pair_f1_fuzzy",
    "pair_f1_normalized",
    "pair_f1_strict",
    "pair_precision_fuzzy",
    "pair_recall_fuzzy",
    "key_f1",
    "key_value_accuracy/mean",
)


def predict(linker: Linker, forms: TrainingSet) -> list[tuple[Answer, ...]]:
    return [answers_of(labelled.page, 1, linker) for labelled in forms.pages]


def scores_of_answers(
    answers: Sequence[Sequence[Answer]], references: Sequence[Mapping[str, list[str]]]
) -> tuple[dict[str, float], dict[str, Interval]]:
    """Scores of `SHOWN` and their 95 % intervals, as an evaluation of the model computes them."""
    shares = [form_shares(pairs_of(p), r) for p, r in zip(answers, references, strict=True)]
    scores, intervals = run_scores(shares), run_intervals(shares)
    shown = {name: scores[name] for name in SHOWN}
    return shown, {name: intervals[name] for name in SHOWN if name in intervals}


def difference_of_answers(
    answers: Sequence[Sequence[Answer]],
    others: Sequence[Sequence[Answer]],
    references: Sequence[Mapping[str, list[str]]],
    name: str,
) -> Difference:
    """How much better `answers` are than `others` on the same forms, in one of the scores."""
    ours, theirs = (
        share_array(
            [form_shares(pairs_of(p), r) for p, r in zip(found, references, strict=True)], name
        )
        for found in (answers, others)
    )
    return paired_difference(theirs, ours)
