"""Compare predicted pairs with reference pairs. Pure: knows no files, no MLflow, no model.

Predictions and references map questions to answers: a list, or one value for a list of one; `[]`,
None and white space mean no answer. A prediction that is not a mapping (None after a failed
extraction) predicts nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args

import numpy as np

from ocr_model.errors import DatasetError
from ocr_model.normalize import clean_key, fold_text, normalize_dict_keys
from ocr_model.scoring.fuzzy import assign_similar, similarities

Equality = Literal["strict", "normalized", "fuzzy"]
EQUALITIES: tuple[Equality, ...] = get_args(Equality)

# Handling of questions without an answer. `ignore`: left out on both sides, so they count neither
# for nor against. `score`: the answer is "", which has to be predicted like any other.
BlankFields = Literal["ignore", "score"]

Pair = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Counts:
    """How many were predicted, how many are in the reference, how many are in both."""

    tp: int
    predicted: int
    reference: int


@dataclass(frozen=True, slots=True)
class KeyComparison:
    """Questions found, and their answers: `agreeing` of `answers`."""

    keys: Counts
    agreeing: int
    answers: int


def pair_counts(
    predictions: Any,
    references: Mapping[str, Any],
    equality: Equality,
    blank_fields: BlankFields = "ignore",
) -> Counts:
    """Count pairs one to one: a pair predicted twice is right twice only if it occurs twice.

    {"Name:": ["Ann", "Bob"]}, {"NAME": ["Ann"]} -> Counts(tp=1, predicted=2, reference=1)

    Fuzzy: question and answer, both folded, are each similar to at least 0.8.
    """
    predicted = list(pairs_in(predictions, blank_fields))
    reference = list(pairs_in(references, blank_fields))
    count = _similar_pairs if equality == "fuzzy" else _equal_pairs
    tp = count([_folded(p, equality) for p in predicted], [_folded(p, equality) for p in reference])
    return Counts(tp, len(predicted), len(reference))


def _equal_pairs(predicted: Sequence[Pair], reference: Sequence[Pair]) -> int:
    return (Counter(predicted) & Counter(reference)).total()


def _similar_pairs(predicted: Sequence[Pair], reference: Sequence[Pair]) -> int:
    questions, answers = (
        similarities([pair[part] for pair in predicted], [pair[part] for pair in reference])
        for part in (0, 1)
    )
    return len(assign_similar(np.minimum(questions, answers)))


def key_comparison(
    predictions: Any, references: Mapping[str, Any], blank_fields: BlankFields = "ignore"
) -> KeyComparison:
    """Match the distinct questions of a page, then compare the answers of those that match.

    {"Narne": ["Ann", "x"], "Age": ["7"]}, {"Name": ["ann"], "Town": ["Rome"]}
        -> KeyComparison(Counts(tp=1, predicted=2, reference=2), agreeing=1, answers=2)

    Questions match one to one with a similarity of at least 0.8, so that finding a question is
    scored separately from reading it. Answers agree if equal normalized; an extra answer is wrong.
    """
    predicted = _answers_by_key(predictions, blank_fields)
    reference = _answers_by_key(references, blank_fields)
    # Sorted, so that ties do not depend on the order of the input.
    ours, theirs = sorted(predicted), sorted(reference)
    matched = [
        (predicted[ours[row]], reference[theirs[column]])
        for row, column in assign_similar(similarities(ours, theirs))
    ]
    return KeyComparison(
        Counts(len(matched), len(ours), len(theirs)),
        agreeing=sum((given & expected).total() for given, expected in matched),
        answers=sum(max(given.total(), expected.total()) for given, expected in matched),
    )


def _answers_by_key(pairs: Any, blank_fields: BlankFields) -> dict[str, Counter[str]]:
    grouped: dict[str, Counter[str]] = {}
    for pair in pairs_in(pairs, blank_fields):
        question, answer = _folded(pair, "normalized")
        grouped.setdefault(question, Counter())[answer] += 1
    return grouped


def pair_differences(
    predictions: Any,
    references: Mapping[str, Any],
    equality: Literal["strict", "normalized"],
    blank_fields: BlankFields = "ignore",
) -> tuple[list[Pair], list[Pair]]:
    """List the missed and the invented pairs, in their original spelling.

    {"Name": ["Anne"]}, {"Name": ["Ann"]} -> ([("Name", "Ann")], [("Name", "Anne")])
    """
    predicted = list(pairs_in(predictions, blank_fields))
    reference = list(pairs_in(references, blank_fields))
    return _unmatched(reference, predicted, equality), _unmatched(predicted, reference, equality)


def _unmatched(these: Sequence[Pair], those: Sequence[Pair], equality: Equality) -> list[Pair]:
    available = Counter(_folded(pair, equality) for pair in those)
    left = []
    for pair in these:
        folded = _folded(pair, equality)
        if available[folded]:
            available[folded] -= 1
        else:
            left.append(pair)
    return left


def pairs_in(pairs: Any, blank_fields: BlankFields = "ignore") -> Iterator[Pair]:
    """Every question with every answer; a number, which LLMs write for a text, counts as its text.

    {"Name": ["Ann", " "], "Age": 7, "Date": []} -> ("Name", "Ann"), ("Age", "7")
    """
    if not isinstance(pairs, Mapping):
        return
    for question, answers in pairs.items():
        given = [str(a) for a in _as_list(answers) if a is not None and str(a).strip()]
        if not given and blank_fields == "score":
            given = [""]
        for answer in given:
            yield str(question), answer


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
    """Share of reference answers in the list predicted under the same key; one form.

    {"Name:": ["Ann"]}, {"NAME": ["Ann", "Bob"]} -> 0.5

    As published, for comparison, and never the only number: keys are cleaned, answers must agree
    character for character (5 is not "5"), one predicted answer satisfies every equal reference
    answer, and invented pairs cost nothing. 0 for a form without reference answers, even if
    correctly empty, and for a prediction that is not a mapping.
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
    return found / total if total else 0.0


def p90(scores: Sequence[float]) -> float:
    """Pick `sorted(scores)[int(0.9 * n)]`, as published; not numpy's interpolated percentile.

    [0.1, 0.2, …, 1.0] -> 1.0. The index is at most n - 1, as 0.9 * n is below n.
    """
    if not scores:
        raise DatasetError("Expected at least one score for a 90th percentile, got none.")
    return sorted(scores)[int(0.9 * len(scores))]
