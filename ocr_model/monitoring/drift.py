"""Two sets of documents -> how far each measure moved, with an interval and a verdict.

Means are compared by Welch's interval, which allows unequal variances; shares are means of 0 and 1.
All intervals of one check are widened together (Bonferroni), so that of twenty checks in which
nothing changed at most one reports a change.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from scipy.stats import t

from ocr_model.monitoring.facts import DocumentFacts

_ALPHA = 0.05
# Minimum sample for a mean.
_FEWEST = 20


class DriftVerdict(StrEnum):
    """STEADY needs evidence, too: the whole interval is within differences that do not matter."""

    STEADY = "steady"
    CHANGED = "changed"
    TOO_LITTLE_SEEN = "too little seen"


@dataclass(frozen=True, slots=True)
class Measure:
    """A monitored measure. A change matters from `least` on: absolute for shares, relative to the
    baseline for other measures.
    """

    name: str
    label: str
    is_share: bool
    least: float


MEASURES = (
    Measure("failed", "documents not read", True, 0.05),
    Measure("empty", "documents without an answer", True, 0.05),
    Measure("needs_review", "documents that need review", True, 0.10),
    Measure("confidence", "lowest confidence", True, 0.10),
    Measure("answers", "answers per document", False, 0.25),
    Measure("fields_found", "fields found", True, 0.10),
    Measure("unknown_questions", "questions not seen before", True, 0.15),
    Measure("tokens_per_page", "tokens per page", False, 0.25),
    Measure("cost_usd_per_page", "cost per page, USD", False, 0.25),
    Measure("seconds_per_page", "seconds per page", False, 0.50),
    Measure("letter_height_px", "height of letters, px", False, 0.25),
    Measure("skew_deg", "skew, degrees", False, 1.00),
    Measure("unsure_share", "text read unsurely", True, 0.10),
)


@dataclass(frozen=True, slots=True)
class Change:
    """Means before and now, their difference, and `low` to `high` around it; NaN where unknown."""

    measure: Measure
    before: float
    now: float
    low: float
    high: float
    documents: int
    verdict: DriftVerdict

    @property
    def difference(self) -> float:
        return self.now - self.before

    @property
    def least_that_matters(self) -> float:
        return least_that_matters(self.measure, self.before)


def changes_of(baseline: Sequence[DocumentFacts], seen: Sequence[DocumentFacts]) -> list[Change]:
    """Every measure known for both, in the order of `MEASURES`."""
    known = [
        (measure, before, now)
        for measure in MEASURES
        if (before := _values(measure, baseline, baseline)).size
        and (now := _values(measure, seen, baseline)).size
    ]
    return [_change(measure, before, now, len(known)) for measure, before, now in known]


def overall_verdict(changes: Iterable[Change]) -> DriftVerdict:
    """The worst verdict: changed, else too little seen, else steady."""
    verdicts = {change.verdict for change in changes}
    if DriftVerdict.CHANGED in verdicts:
        return DriftVerdict.CHANGED
    return (
        DriftVerdict.STEADY if verdicts == {DriftVerdict.STEADY} else DriftVerdict.TOO_LITTLE_SEEN
    )


def new_questions(
    baseline: Sequence[DocumentFacts], seen: Sequence[tuple[str, str]], most: int = 10
) -> list[tuple[str, int]]:
    """The questions, given with digests, that the baseline does not have, most frequent first."""
    known = {digest for facts in baseline for digest in facts.questions}
    return Counter(text for text, digest in seen if digest not in known).most_common(most)


def least_that_matters(measure: Measure, before: float) -> float:
    """The smallest difference that matters, in the unit of the measure."""
    return measure.least if measure.is_share else measure.least * max(abs(before), 1e-9)


def _values(
    measure: Measure, documents: Sequence[DocumentFacts], baseline: Sequence[DocumentFacts]
) -> np.ndarray:
    if measure.name == "unknown_questions":
        return _unknown_shares(documents, baseline)
    values = [getattr(facts, measure.name) for facts in documents]
    return np.array([value for value in values if value is not None], dtype=float)


def _unknown_shares(
    documents: Sequence[DocumentFacts], baseline: Sequence[DocumentFacts]
) -> np.ndarray:
    """Per document, the share of its questions that no other document of the baseline asks."""
    counts = Counter(digest for facts in baseline for digest in set(facts.questions))
    own = 1 if documents is baseline else 0
    return np.array(
        [
            np.mean([counts[digest] <= own for digest in facts.questions])
            for facts in documents
            if facts.questions
        ]
    )


def _change(measure: Measure, before: np.ndarray, now: np.ndarray, looks: int) -> Change:
    old, new = float(before.mean()), float(now.mean())
    low, high = _welch(before, now, _ALPHA / looks)
    least = least_that_matters(measure, old)
    verdict = DriftVerdict.TOO_LITTLE_SEEN
    if min(before.size, now.size) >= _FEWEST:
        if -least <= low and high <= least:
            verdict = DriftVerdict.STEADY
        elif (low > 0 or high < 0) and abs(new - old) > least:
            verdict = DriftVerdict.CHANGED
    return Change(measure, old, new, low, high, int(now.size), verdict)


def _welch(before: np.ndarray, now: np.ndarray, alpha: float) -> tuple[float, float]:
    """Interval of the difference of two means (Welch 1947; Satterthwaite's degrees of freedom).

    A sample of one has no variance: NaN.
    """
    if min(before.size, now.size) < 2:
        return math.nan, math.nan
    difference = float(now.mean() - before.mean())
    # No variance: adding half a document of the other kind avoids an interval of width 0.
    of_means = [
        max(float(values.var(ddof=1)), 0.25 / values.size**2) / values.size
        for values in (before, now)
    ]
    error = math.sqrt(sum(of_means))
    freedom = sum(of_means) ** 2 / sum(
        part**2 / (values.size - 1) for part, values in zip(of_means, (before, now), strict=True)
    )
    half = float(t.ppf(1 - alpha / 2, freedom)) * error
    return difference - half, difference + half
