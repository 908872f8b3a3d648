"""How good a linker is on forms it was not fitted on: pair scores, and whether to believe it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ocr_model.linker.answers import answers_of, choose_links
from ocr_model.linker.boxes import Floats, Indices
from ocr_model.linker.stages import Linked
from ocr_model.linker.weights import Linker
from ocr_model.schema import Answer, pairs_of
from ocr_model.scoring.bootstrap import Interval
from ocr_model.scoring.form_scores import form_shares, run_intervals, run_scores
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

Pairs = dict[str, list[str]]


def predict(linker: Linker, forms: TrainingSet) -> list[tuple[Answer, ...]]:
    return [answers_of(labelled.page, 1, linker) for labelled in forms.pages]


def pairs_of_links(linked: Linked) -> Pairs:
    """What the chosen links of a page say, without confidences."""
    pairs: Pairs = {}
    for link in choose_links(linked):
        texts = linked.groups.texts
        pairs.setdefault(texts[link.question], []).append(texts[link.answer])
    return pairs


def pair_scores(
    predictions: Sequence[Pairs], references: Sequence[Pairs]
) -> tuple[dict[str, float], dict[str, Interval]]:
    """Scores of `SHOWN` and their 95 % intervals, as an evaluation of the model computes them."""
    shares = [form_shares(p, r) for p, r in zip(predictions, references, strict=True)]
    scores, intervals = run_scores(shares), run_intervals(shares)
    shown = {name: scores[name] for name in SHOWN}
    return shown, {name: intervals[name] for name in SHOWN if name in intervals}


def scores_of_answers(
    answers: Sequence[Sequence[Answer]], references: Sequence[Pairs]
) -> tuple[dict[str, float], dict[str, Interval]]:
    return pair_scores([pairs_of(page) for page in answers], references)


def calibration_error(confidences: Floats, right: Indices, bins: int = 10) -> float:
    """Expected calibration error over bins of equal size.

    Confidences 0.8, 0.8, 0.8, 0.8 of which three are right, in one bin -> 0.05
    """
    order = np.argsort(confidences, kind="stable")
    parts = [part for part in np.array_split(order, bins) if len(part)]
    gaps = [len(p) * abs(confidences[p].mean() - right[p].mean()) for p in parts]
    return float(sum(gaps) / max(len(order), 1))


def ranking_quality(confidences: Floats, right: Indices) -> float:
    """AUROC: how often a right pair is more confident than a wrong one; 0.5 where one is absent.

    Confidences 0.9, 0.4 right and 0.5 wrong -> 0.5
    """
    good, bad = confidences[right == 1], confidences[right == 0]
    if not len(good) or not len(bad):
        return 0.5
    higher = (good[:, None] > bad[None, :]).mean() + 0.5 * (good[:, None] == bad[None, :]).mean()
    return float(higher)
