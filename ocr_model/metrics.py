"""Score predicted pairs against reference pairs. Pure: knows no files, no MLflow, no model.

Predictions and references are mappings of question to answers: a list, or one value for a list of
one; `[]` and None are no answer. A prediction that is no mapping (None after a failed extraction)
predicts nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from ocr_model.errors import DatasetError
from ocr_model.normalize import clean_key, fold_text, normalize_dict_keys

Equality = Literal["strict", "normalized"]
EQUALITIES: tuple[Equality, ...] = ("strict", "normalized")

Pair = tuple[str, str]


@dataclass(frozen=True, slots=True)
class PairCounts:
    """How many pairs were predicted, how many exist, how many are both; `+` sums over pages.

    A share of nothing is 0.0, also for a total over pages that hold nothing at all.
    """

    tp: int
    predicted: int
    reference: int

    @property
    def precision(self) -> float:
        return _share(self.tp, self.predicted)

    @property
    def recall(self) -> float:
        return _share(self.tp, self.reference)

    @property
    def f1(self) -> float:
        return _share(2 * self.tp, self.predicted + self.reference)

    def __add__(self, other: PairCounts) -> PairCounts:
        return PairCounts(
            self.tp + other.tp, self.predicted + other.predicted, self.reference + other.reference
        )


def _share(part: int, whole: int) -> float:
    return part / whole if whole else 0.0


def pair_counts(predictions: Any, references: Mapping[str, Any], equality: Equality) -> PairCounts:
    """Count pairs as multisets: a pair predicted twice is right twice only if it is there twice.

    {"Name:": ["Ann", "Bob"]}, {"NAME": ["Ann"]} -> PairCounts(tp=1, predicted=2, reference=1)
    """
    predicted = Counter(_folded(pair, equality) for pair in _pairs(predictions))
    reference = Counter(_folded(pair, equality) for pair in _pairs(references))
    return PairCounts((predicted & reference).total(), predicted.total(), reference.total())


def pair_differences(
    predictions: Any, references: Mapping[str, Any], equality: Equality
) -> tuple[list[Pair], list[Pair]]:
    """List the pairs that were missed and those that were invented, each spelt as it stands.

    {"Name": ["Anne"]}, {"Name": ["Ann"]} -> ([("Name", "Ann")], [("Name", "Anne")])
    """
    return (
        _unmatched(references, predictions, equality),
        _unmatched(predictions, references, equality),
    )


def _unmatched(these: Any, those: Any, equality: Equality) -> list[Pair]:
    available = Counter(_folded(pair, equality) for pair in _pairs(those))
    left = []
    for pair in _pairs(these):
        folded = _folded(pair, equality)
        if available[folded]:
            available[folded] -= 1
        else:
            left.append(pair)
    return left


def _pairs(pairs: Any) -> Iterator[Pair]:
    """Pairs whose answer is not blank; a number, as LLMs write for a text, counts as its text."""
    if not isinstance(pairs, Mapping):
        return
    for question, answers in pairs.items():
        for answer in _as_list(answers):
            if answer is not None and str(answer).strip():
                yield str(question), str(answer)


def _as_list(answers: Any) -> list[Any]:
    if answers is None:
        return []
    return list(answers) if isinstance(answers, list | tuple) else [answers]


def _folded(pair: Pair, equality: Equality) -> Pair:
    question, answer = pair
    if equality == "strict":
        return clean_key(question), answer
    return fold_text(question), fold_text(answer)


def key_value_accuracy(predictions: Any, references: Mapping[str, Any]) -> float:
    """Share of reference answers that stand in the list predicted under the equal key; one form.

    {"Name:": ["Ann"]}, {"NAME": ["Ann", "Bob"]} -> 0.5

    As published, for comparison, and never the only number: keys are cleaned, answers must agree
    character for character (5 is not "5"), one predicted answer satisfies every equal reference
    answer, and invented pairs cost nothing. 0 for a form without reference answers, even when
    correctly empty, and for a prediction that is no mapping.
    """
    if not isinstance(predictions, Mapping):
        return 0.0
    predicted = normalize_dict_keys(predictions)
    found = total = 0
    for key, answers in normalize_dict_keys(references).items():
        given = _as_list(predicted.get(key, []))
        expected = _as_list(answers)
        found += sum(answer in given for answer in expected)
        total += len(expected)
    return _share(found, total)


def p90(scores: Sequence[float]) -> float:
    """Pick `sorted(scores)[int(0.9 * n)]`, as published; not numpy's interpolated percentile.

    [0.1, 0.2, …, 1.0] -> 1.0. The index is at most n - 1, as 0.9 * n is below n.
    """
    if not scores:
        raise DatasetError("Expected at least one score for a 90th percentile, got none.")
    return sorted(scores)[int(0.9 * len(scores))]


def score_form(predictions: Any, references: Mapping[str, Any]) -> dict[str, float]:
    """Score one form under the base names of the run metrics.

    Pair scores of a form without reference pairs are 1.0 if a mapping without pairs was predicted:
    it was read right. No mapping is a failure, not a page found empty: 0.0.
    """
    scores = {"key_value_accuracy": key_value_accuracy(predictions, references)}
    for equality in EQUALITIES:
        counts = pair_counts(predictions, references, equality)
        rightly_empty = isinstance(predictions, Mapping) and counts == PairCounts(0, 0, 0)
        scores |= _pair_scores(PairCounts(1, 1, 1) if rightly_empty else counts, equality)
    return scores


def score_forms(
    predictions: Sequence[Any], references: Sequence[Mapping[str, Any]]
) -> dict[str, float]:
    """Score forms of a run: mean and p90 of `key_value_accuracy`, and micro pair scores.

    Micro: the pairs of all forms are counted together, so that a form with many weighs more.

    Raises:
        DatasetError: there are no forms, or not one prediction for each reference.
    """
    if not references or len(predictions) != len(references):
        raise DatasetError(
            "Expected one prediction for each of at least one reference form, got "
            f"{len(predictions)} predictions for {len(references)} references."
        )
    forms = list(zip(predictions, references, strict=True))
    accuracies = [key_value_accuracy(*form) for form in forms]
    scores = {
        "key_value_accuracy/mean": sum(accuracies) / len(accuracies),
        "key_value_accuracy/p90": p90(accuracies),
    }
    for equality in EQUALITIES:
        counts = (pair_counts(*form, equality) for form in forms)
        scores |= _pair_scores(sum(counts, PairCounts(0, 0, 0)), equality)
    return scores


def _pair_scores(counts: PairCounts, equality: Equality) -> dict[str, float]:
    return {
        f"pair_precision_{equality}": counts.precision,
        f"pair_recall_{equality}": counts.recall,
        f"pair_f1_{equality}": counts.f1,
    }
