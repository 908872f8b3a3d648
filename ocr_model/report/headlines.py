"""The numbers and counts that a person looks at first, in words. Pure; for report and charts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from ocr_model.report.pair_matching import Fate

BINS = 10

# The fates of a labelled pair, and of one that was read.
LABELLED = (Fate.FOUND, Fate.WRONG_ANSWER, Fate.WRONG_KEY, Fate.MISSED)
PREDICTED = (Fate.FOUND, Fate.WRONG_ANSWER, Fate.WRONG_KEY, Fate.INVENTED)

FATE_LABELS = {
    Fate.FOUND: "found",
    Fate.WRONG_ANSWER: "wrong answer",
    Fate.WRONG_KEY: "wrong key",
    Fate.MISSED: "missed",
    Fate.INVENTED: "invented",
}
# Okabe and Ito's palette, told apart with any colour vision; lines differ in their dashes too.
FATE_COLOURS = {
    Fate.FOUND: "#009E73",
    Fate.WRONG_ANSWER: "#E69F00",
    Fate.WRONG_KEY: "#56B4E9",
    Fate.MISSED: "#D55E00",
    Fate.INVENTED: "#CC79A7",
}

FATE_DASHES = {
    Fate.FOUND: "",
    Fate.WRONG_ANSWER: "9 3 2 3",
    Fate.WRONG_KEY: "14 4",
    Fate.MISSED: "6 3",
    Fate.INVENTED: "2 2.5",
}
FATE_SIGNS = {
    Fate.FOUND: "✓",
    Fate.WRONG_ANSWER: "≠",
    Fate.WRONG_KEY: "?",
    Fate.MISSED: "\N{MINUS SIGN}",
    Fate.INVENTED: "+",
}

FATE_MEANINGS = {
    Fate.FOUND: "question and answer agree",
    Fate.WRONG_ANSWER: "the question was found, its answer differs",
    Fate.WRONG_KEY: "the answer was read under another question",
    Fate.MISSED: "labelled, but nothing like it was read",
    Fate.INVENTED: "read, but nothing like it is labelled",
}

# What an evaluation cost, beside what it scored.
MEASURES = (
    ("seconds_per_page", "seconds per page"),
    ("tokens_per_page", "tokens per page"),
    ("cost_usd_per_page", "US$ per page"),
    ("prompt_tokens", "prompt tokens"),
    ("completion_tokens", "completion tokens"),
)

# Metric, what people call it, what it counts. The first is the one to decide by.
_SCORES = (
    ("pair_f1_normalized", "Pair F1", "question and answer agree, case and punctuation aside"),
    ("pair_f1_strict", "Pair F1, strict", "the answer agrees character for character"),
    ("pair_f1_fuzzy", "Pair F1, fuzzy", "question and answer are each 80 % alike or more"),
    ("key_f1", "Question F1", "the question was found, whatever its answer"),
    ("value_accuracy", "Answer accuracy", "the answer is right where the question was found"),
    ("anls_star", "ANLS*", "edit distance over all questions and answers"),
    ("kieval_aligned", "KIEval aligned", "share of pairs nobody has to correct"),
    ("perfect_page_rate", "Perfect pages", "nothing to correct on the whole page"),
    ("grounded_keys", "Grounded questions", "the question stands on the page"),
    ("grounded_values", "Grounded answers", "the answer stands on the page"),
    ("format_compliance", "Format compliance", "the schema was met at the first try"),
    ("rule_compliance", "Business rules", "share of the field rules that hold"),
    ("key_value_accuracy/mean", "Key-value accuracy", "as published: inventing costs nothing"),
    ("key_value_accuracy/ceiling", "Key-value ceiling", "what a perfect extractor would get"),
)


@dataclass(frozen=True, slots=True)
class Score:
    """A share between 0 and 1; `low` and `high` bound its 95 % interval where one is known."""

    name: str
    label: str
    meaning: str
    value: float
    low: float | None
    high: float | None


def headline_scores(metrics: Mapping[str, float]) -> list[Score]:
    """The shares among the metrics that have a name here, most telling first."""
    return [
        Score(name, label, meaning, metrics[name], *_interval(name, metrics))
        for name, label, meaning in _SCORES
        if name in metrics
    ]


def _interval(name: str, metrics: Mapping[str, float]) -> tuple[float | None, float | None]:
    return metrics.get(f"{name}/ci_low"), metrics.get(f"{name}/ci_high")


def histogram(shares: Iterable[float]) -> list[int]:
    """Count shares in ten equal bins; 1.0 falls into the last.

    [0.0, 0.05, 0.3, 1.0] -> [2, 0, 0, 1, 0, 0, 0, 0, 0, 1]
    """
    counts = [0] * BINS
    for share in shares:
        counts[min(int(share * BINS), BINS - 1)] += 1
    return counts
