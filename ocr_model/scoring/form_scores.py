"""Score a form, and aggregate forms to a run. Pure.

A score is kept as part and whole: the score of a run, and of any resample of its pages, is the sum
of the parts over the sum of the wholes (micro average).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from ocr_model.errors import DatasetError
from ocr_model.scoring.anls import anls_star
from ocr_model.scoring.bootstrap import (
    Array,
    Interval,
    bootstrap_interval,
    ninth_decile,
    open_ended,
)
from ocr_model.scoring.metrics import (
    EQUALITIES,
    BlankFields,
    Counts,
    key_comparison,
    key_value_accuracy,
    p90,
    pair_counts,
    pairs_in,
)

KEY_VALUE_ACCURACY = "key_value_accuracy"
_PERFECT = "perfect_page"
PERFECT_DOCUMENT = "perfect_document"
# Scores that are 0 or 1 on every page.
_YES_OR_NO = (_PERFECT, PERFECT_DOCUMENT, "format_compliance", "outcome/")
# Names of means over pages in a run, if they differ from the name for a page.
_RUN_NAMES = {
    KEY_VALUE_ACCURACY: f"{KEY_VALUE_ACCURACY}/mean",
    _PERFECT: "perfect_page_rate",
    PERFECT_DOCUMENT: "perfect_document_rate",
}


class Share(NamedTuple):
    """Numerator and denominator of a score; of a mean over pages, 1 is the denominator."""

    part: float
    whole: float


Shares = Mapping[str, Share]


def form_shares(
    predictions: Any, references: Mapping[str, Any], blank_fields: BlankFields = "ignore"
) -> dict[str, Share]:
    """All shares that a form adds to the scores of a run.

    With `blank_fields="score"`, `references` has the blank questions, too, with `[]`.
    """
    shares = {KEY_VALUE_ACCURACY: Share(key_value_accuracy(predictions, references), 1)}
    counts = {
        equality: pair_counts(predictions, references, equality, blank_fields)
        for equality in EQUALITIES
    }
    for equality in EQUALITIES:
        shares |= _f1_shares("pair", f"_{equality}", counts[equality])
    compared = key_comparison(predictions, references, blank_fields)
    shares |= _f1_shares("key", "", compared.keys)
    if compared.answers:
        # If no question was found, no answer can be judged.
        shares["value_accuracy"] = Share(compared.agreeing, compared.answers)
    shares["kieval_aligned"] = _kieval_aligned(counts["normalized"])
    was_read = isinstance(predictions, Mapping)
    shares["anls_star"] = Share(_anls_star(predictions, references, blank_fields), 1)
    shares[_PERFECT] = Share(float(was_read and _is_perfect(counts["normalized"])), 1)
    return shares


def _f1_shares(prefix: str, suffix: str, counts: Counts) -> dict[str, Share]:
    return {
        f"{prefix}_precision{suffix}": Share(counts.tp, counts.predicted),
        f"{prefix}_recall{suffix}": Share(counts.tp, counts.reference),
        f"{prefix}_f1{suffix}": Share(2 * counts.tp, counts.predicted + counts.reference),
    }


def _kieval_aligned(counts: Counts) -> Share:
    """TP / (TP + substitutions + additions or deletions): a person's work to correct the page.

    2 right, 1 invented, 3 missed -> 1 substitution and 2 additions: 2 / 5
    """
    invented, missed = counts.predicted - counts.tp, counts.reference - counts.tp
    return Share(counts.tp, counts.tp + max(invented, missed))


def _anls_star(predictions: Any, references: Mapping[str, Any], blank: BlankFields) -> float:
    # The package scores two empty lists 1.0, but an unread page is not an empty one.
    if not isinstance(predictions, Mapping):
        return 0.0
    return anls_star(list(pairs_in(predictions, blank)), list(pairs_in(references, blank)))


def _is_perfect(counts: Counts) -> bool:
    return counts.tp == counts.predicted == counts.reference


def page_scores(shares: Shares) -> dict[str, float]:
    """Scores of one form.

    A form without reference pairs scores 1.0 if an empty mapping was predicted: it was read right.
    No mapping is a failure, not an empty page: 0.0. The same holds for fields.
    """
    perfect = shares.get(_PERFECT) or shares.get(PERFECT_DOCUMENT)
    of_nothing = 1.0 if perfect and perfect.part else 0.0
    return {
        name: share.part / share.whole if share.whole else of_nothing
        for name, share in shares.items()
    }


def run_scores(pages: Sequence[Shares]) -> dict[str, float]:
    """Micro scores over forms, and mean and p90 of `key_value_accuracy`.

    Micro: the pairs of all forms are pooled, so that a form with many pairs has more weight.

    Raises:
        DatasetError: there are no forms.
    """
    if not pages:
        raise DatasetError("Expected at least one form to score, got none.")
    scores = {}
    for name in _names(pages):
        part, whole = share_array(pages, name).sum(axis=0)
        scores[_RUN_NAMES.get(name, name)] = float(part / whole) if whole else 0.0
    if KEY_VALUE_ACCURACY in pages[0]:
        accuracies = [page[KEY_VALUE_ACCURACY].part for page in pages]
        scores[f"{KEY_VALUE_ACCURACY}/p90"] = p90(accuracies)
    return scores


def run_intervals(pages: Sequence[Shares], seed: int = 0) -> dict[str, Interval]:
    """95 % page-bootstrap intervals under the names of `run_scores`, if they are defined."""
    intervals = {
        _RUN_NAMES.get(name, name): _interval(share_array(pages, name), name, seed)
        for name in _names(pages)
    }
    if KEY_VALUE_ACCURACY in pages[0]:
        accuracies = share_array(pages, KEY_VALUE_ACCURACY)
        intervals[f"{KEY_VALUE_ACCURACY}/p90"] = bootstrap_interval(
            accuracies, ninth_decile, seed=seed
        )
    return {name: found for name, found in intervals.items() if not np.isnan(found.low)}


def _interval(shares: Array, name: str, seed: int) -> Interval:
    found = bootstrap_interval(shares, seed=seed)
    if name.startswith(_YES_OR_NO):
        return open_ended(found, pages=shares[:, 1].sum())
    return found


def share_array(pages: Sequence[Shares], name: str) -> Array:
    """Parts and wholes of one score, shape (pages, 2); a page without it adds nothing."""
    return np.array([page.get(name, Share(0, 0)) for page in pages], dtype=np.float64)


def _names(pages: Sequence[Shares]) -> list[str]:
    return list(dict.fromkeys(name for page in pages for name in page))
