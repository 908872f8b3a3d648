"""The numbers and counts of the report's first screen, in words. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from ocr_model.report.metric_table import METRICS
from ocr_model.report.pair_matching import Fate

BINS = 10

# The fates of a labelled pair, and of a predicted one.
LABELLED = (Fate.FOUND, Fate.WRONG_ANSWER, Fate.WRONG_KEY, Fate.MISSED)
PREDICTED = (Fate.FOUND, Fate.WRONG_ANSWER, Fate.WRONG_KEY, Fate.INVENTED)


class FateStyle(NamedTuple):
    """Name and style of a fate. `dash` is the pattern of its lines, empty for a solid line."""

    label: str
    meaning: str
    sign: str
    colour: str
    dash: str


# Okabe and Ito's palette: distinct with any colour vision; the lines also differ in their dashes.
FATE_STYLES = {
    Fate.FOUND: FateStyle("found", "question and answer agree", "✓", "#009E73", ""),
    Fate.WRONG_ANSWER: FateStyle(
        "wrong answer", "the question was found, its answer differs", "≠", "#E69F00", "9 3 2 3"
    ),
    Fate.WRONG_KEY: FateStyle(
        "wrong key", "the answer was read under another question", "?", "#56B4E9", "14 4"
    ),
    Fate.MISSED: FateStyle(
        "missed", "labelled, but nothing like it was read", "\N{MINUS SIGN}", "#D55E00", "6 3"
    ),
    Fate.INVENTED: FateStyle(
        "invented", "read, but nothing like it is labelled", "+", "#CC79A7", "2 2.5"
    ),
}
# Of fields; their names are given, so that none is read under another.
FIELD_STYLES = {
    Fate.FOUND: FATE_STYLES[Fate.FOUND]._replace(label="right", meaning="the value agrees"),
    Fate.WRONG_ANSWER: FATE_STYLES[Fate.WRONG_ANSWER]._replace(
        label="wrong", meaning="another value was found"
    ),
    Fate.MISSED: FATE_STYLES[Fate.MISSED]._replace(meaning="it is there and was not found"),
    Fate.INVENTED: FATE_STYLES[Fate.INVENTED]._replace(meaning="found, but it is not there"),
}


class Score(NamedTuple):
    """A share between 0 and 1; `low` and `high` bound its 95 % interval, if known."""

    name: str
    label: str
    meaning: str
    value: float
    low: float | None
    high: float | None


def headline_scores(metrics: Mapping[str, float]) -> list[Score]:
    """The measured shares of the overview, most important first."""
    return [
        Score(
            shown.name,
            shown.label,
            shown.meaning,
            metrics[shown.name],
            metrics.get(f"{shown.name}/ci_low"),
            metrics.get(f"{shown.name}/ci_high"),
        )
        for shown in METRICS
        if shown.in_overview and shown.name in metrics
    ]


def histogram(shares: Iterable[float]) -> list[int]:
    """Count shares in ten equal bins; 1.0 falls into the last.

    [0.0, 0.05, 0.3, 1.0] -> [2, 0, 0, 1, 0, 0, 0, 0, 0, 1]
    """
    counts = [0] * BINS
    for share in shares:
        counts[min(int(share * BINS), BINS - 1)] += 1
    return counts
