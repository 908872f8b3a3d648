"""Every metric that is shown: its name, its label, its meaning.

One table for the terminal, the first screen of the HTML report and its section on confidences.
"""

from __future__ import annotations

from collections.abc import Container
from typing import NamedTuple


class Metric(NamedTuple):
    """`in_overview`: a share from 0 to 1 that the first screen of the report shows."""

    name: str
    label: str
    meaning: str = ""
    in_overview: bool = True


# The first one that was measured decides; for a model with fields no pairs are scored.
_SCORES = (
    Metric("field_f1_normalized", "Field F1", "the value agrees, case and punctuation aside"),
    Metric(
        "field_precision_normalized",
        "Field precision",
        "share of what was found",
        in_overview=False,
    ),
    Metric("field_recall_normalized", "Field recall", "share of what is there", in_overview=False),
    Metric("field_f1_typed", "Field F1, typed", "the value is equal, however it is written"),
    Metric("field_f1_exact", "Field F1, exact", "the value agrees character for character"),
    Metric("perfect_document_rate", "Perfect documents", "no field to correct"),
    Metric(
        "pair_f1_normalized", "Pair F1", "question and answer agree, case and punctuation aside"
    ),
    Metric(
        "pair_precision_normalized", "Pair precision", "share of the pairs read", in_overview=False
    ),
    Metric(
        "pair_recall_normalized", "Pair recall", "share of the labelled pairs", in_overview=False
    ),
    Metric("pair_f1_strict", "Pair F1, strict", "the answer agrees character for character"),
    Metric("pair_f1_fuzzy", "Pair F1, fuzzy", "question and answer are each 80 % alike or more"),
    Metric("key_f1", "Question F1", "the question was found, whatever its answer"),
    Metric("value_accuracy", "Answer accuracy", "the answer is right where the question was found"),
    Metric("anls_star", "ANLS*", "edit distance over all questions and answers"),
    Metric("kieval_aligned", "KIEval aligned", "share of pairs nobody has to correct"),
    Metric("perfect_page_rate", "Perfect pages", "nothing to correct on the whole page"),
    Metric(
        "key_value_accuracy/mean", "Key-value accuracy", "as published: inventing costs nothing"
    ),
    Metric(
        "key_value_accuracy/p90",
        "Key-value accuracy, 90th percentile",
        "as published",
        in_overview=False,
    ),
    Metric("key_value_accuracy/ceiling", "Key-value ceiling", "what a perfect extractor would get"),
    Metric("grounded_keys", "Grounded questions", "the question is on the page"),
    Metric("grounded_values", "Grounded answers", "the answer is on the page"),
    Metric("box_iou50", "Box IoU ≥ 0.5", "the box of a right answer is the labelled one"),
)
CONFIDENCE = (
    Metric(
        "confidence_auroc",
        "Confidence AUROC",
        "a right answer has the higher confidence; 0.5 is chance",
    ),
    Metric(
        "confidence_ece",
        "ECE",
        "how far confidence and share of right answers lie apart; 0 is best",
        in_overview=False,
    ),
    Metric(
        "confidence_brier",
        "Brier score",
        "squared error of the confidence; 0 is best",
        in_overview=False,
    ),
    Metric(
        "confidence_aurc",
        "AURC",
        "share of wrong answers, over all coverages; 0 is best",
        in_overview=False,
    ),
    Metric(
        "coverage_at_95_precision",
        "Coverage at 95 %",
        "share of answers, surest first, of which 95 % are right",
    ),
)
_COMPLIANCE = (
    Metric("rule_compliance", "Business rules", "share of the field rules that hold"),
    Metric("format_compliance", "Format compliance", "the schema was met at the first try"),
)
COSTS = (
    Metric("seconds_per_page", "seconds per page", in_overview=False),
    Metric("tokens_per_page", "tokens per page", in_overview=False),
    Metric("cost_usd_per_page", "US$ per page", in_overview=False),
    Metric("prompt_tokens", "prompt tokens", in_overview=False),
    Metric("completion_tokens", "completion tokens", in_overview=False),
)
# The order people read in: how good, where it loses, how confident, at what cost.
METRICS = (*_SCORES, *CONFIDENCE, *_COMPLIANCE, *COSTS)


class Headline(NamedTuple):
    """The deciding number, what 1 means, and its precision and recall."""

    name: str
    is_one: str
    beside: tuple[tuple[str, str], ...]


_HEADLINES = (
    Headline(
        "field_f1_normalized",
        "every field found with its value and nothing invented",
        (("field_precision_normalized", "precision"), ("field_recall_normalized", "recall")),
    ),
    Headline(
        "pair_f1_normalized",
        "every question found with its answer and nothing invented",
        (("pair_precision_normalized", "precision"), ("pair_recall_normalized", "recall")),
    ),
)


def headline_of(names: Container[str]) -> Headline:
    """The headline of fields if they were scored, else that of pairs."""
    return next((one for one in _HEADLINES if one.name in names), _HEADLINES[-1])
