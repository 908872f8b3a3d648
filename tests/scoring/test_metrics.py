from __future__ import annotations

import random
from typing import Any

import pytest

from ocr_model.errors import DatasetError
from ocr_model.scoring.metrics import (
    EQUALITIES,
    Counts,
    KeyComparison,
    key_comparison,
    key_value_accuracy,
    p90,
    pair_counts,
    pair_differences,
    pairs_in,
)
from tests.support.drawing import SEEDS, draw_pairs, shuffled

# predictions, references, share of reference answers found; worked out by hand.
ACCURACIES: dict[str, tuple[Any, dict[str, Any], float]] = {
    "perfect": ({"Name": ["Ann"]}, {"Name": ["Ann"]}, 1.0),
    "all wrong": ({"Name": ["Bob"]}, {"Name": ["Ann"]}, 0.0),
    "keys are cleaned on both sides": ({" na/me :": ["Ann"]}, {"(NAME)": ["Ann"]}, 1.0),
    "answers are not cleaned": ({"Name": ["ann", "Ann "]}, {"Name": ["Ann"]}, 0.0),
    "no part of an answer": ({"Name": ["Ann Berg"]}, {"Name": ["Ann"]}, 0.0),
    "share of answers, not of questions": (
        {"A": ["1", "2", "3"], "B": ["wrong"]},
        {"A": ["1", "2", "3"], "B": ["4"]},
        3 / 4,
    ),
    "right answer under another key": ({"B": ["1"], "A": ["2"]}, {"A": ["1"], "B": ["2"]}, 0.0),
    "order of answers": ({"A": ["2", "1"]}, {"A": ["1", "2"]}, 1.0),
    "invented pairs cost nothing": ({"A": ["1", "x"], "B": ["2"]}, {"A": ["1"]}, 1.0),
    "one prediction satisfies a repeated answer": ({"A": ["1"]}, {"A": ["1", "1", "2"]}, 2 / 3),
    "reference keys that collide join": ({"A": ["1"]}, {"A:": ["1"], "a": ["2"]}, 1 / 2),
    "predicted keys that collide join": ({"A:": "1", "a": ["2"]}, {"A": ["1", "2"]}, 1.0),
    "scalar prediction": ({"A": "12"}, {"A": ["12"]}, 1.0),
    "scalar prediction is not searched": ({"A": "12"}, {"A": ["1"]}, 0.0),
    "scalar reference": ({"A": ["12"]}, {"A": "12"}, 1.0),
    "number is not its text": ({"A": 5}, {"A": ["5"]}, 0.0),
    "nested prediction": ({"A": {"B": "1"}}, {"A": ["1"]}, 0.0),
    "null prediction": ({"A": None}, {"A": ["1"]}, 0.0),
    "blank references count nothing": ({"A": ["1"]}, {"A": ["1"], "B": []}, 1.0),
    "null reference counts nothing": ({"A": ["1"]}, {"A": ["1"], "B": None}, 1.0),
    "form without reference answers": ({}, {"A": []}, 0.0),
    "empty form": ({}, {}, 0.0),
    "no mapping: None": (None, {"A": ["1"]}, 0.0),
    "no mapping: list": ([{"A": ["1"]}], {"A": ["1"]}, 0.0),
    "no mapping: text": ("A: 1", {"A": ["1"]}, 0.0),
}


@pytest.mark.parametrize(
    ("predictions", "references", "accuracy"), ACCURACIES.values(), ids=ACCURACIES.keys()
)
def test_key_value_accuracy(predictions: Any, references: dict[str, Any], accuracy: float) -> None:
    assert key_value_accuracy(predictions, references) == accuracy


@pytest.mark.parametrize(
    ("scores", "expected"),
    [
        ([0.3], 0.3),
        ([0.2, 0.1], 0.2),
        ([0.1, 0.4, 0.3, 0.2], 0.4),
        ([n / 10 for n in range(10, 0, -1)], 1.0),
        ([n / 11 for n in range(11)], 9 / 11),
        ([0.0] * 18 + [0.5, 1.0], 0.5),
    ],
    ids=["one", "two", "four: index 3", "ten: index 9", "eleven: index 9", "twenty: index 18"],
)
def test_p90_is_the_element_at_nine_tenths(scores: list[float], expected: float) -> None:
    assert p90(scores) == expected


def test_p90_of_nothing_is_refused() -> None:
    with pytest.raises(DatasetError, match="at least one score"):
        p90([])


# predictions, references, (tp, predicted, reference) strict, the same normalized.
Triple = tuple[int, int, int]
COUNTS: dict[str, tuple[Any, dict[str, Any], Triple, Triple]] = {
    "perfect": ({"A": ["1", "2"]}, {"A": ["1", "2"]}, (2, 2, 2), (2, 2, 2)),
    "all wrong": ({"A": ["2"]}, {"A": ["1"]}, (0, 1, 1), (0, 1, 1)),
    "empty page": ({}, {}, (0, 0, 0), (0, 0, 0)),
    "nothing predicted": ({}, {"A": ["1"]}, (0, 0, 1), (0, 0, 1)),
    "nothing to find": ({"A": ["1"]}, {}, (0, 1, 0), (0, 1, 0)),
    "duplicate prediction": ({"A": ["1", "1"]}, {"A": ["1"]}, (1, 2, 1), (1, 2, 1)),
    "duplicate reference": ({"A": ["1"]}, {"A": ["1", "1"]}, (1, 1, 2), (1, 1, 2)),
    "repeated questions": ({"A": ["1"], "A:": ["1"]}, {"A": ["1", "1"]}, (2, 2, 2), (2, 2, 2)),
    "answer under another key": ({"B": ["1"]}, {"A": ["1"]}, (0, 1, 1), (0, 1, 1)),
    "case of the answer": ({"A": ["ANN"]}, {"A": ["Ann"]}, (0, 1, 1), (1, 1, 1)),
    "punctuation of the answer": ({"A": ["$5-0."]}, {"A": ["5 0"]}, (0, 1, 1), (1, 1, 1)),
    # clean_key deletes the slash; fold_text makes a blank of it.
    "slash in the key": ({"IO": ["1"]}, {"I/O": ["1"]}, (1, 1, 1), (0, 1, 1)),
    "hyphen in the key": ({"e mail": ["1"]}, {"E-Mail": ["1"]}, (0, 1, 1), (1, 1, 1)),
    "number for its text": ({"A": [5]}, {"A": ["5"]}, (1, 1, 1), (1, 1, 1)),
    "scalar": ({"A": "12"}, {"A": ["12"]}, (1, 1, 1), (1, 1, 1)),
    "blank answers are no pairs": (
        {"A": ["", " ", None, "1"], "B": None, "C": []},
        {"A": ["1"], "B": []},
        (1, 1, 1),
        (1, 1, 1),
    ),
    "nested answer is a wrong pair": ({"A": [{"B": "1"}]}, {"A": ["1"]}, (0, 1, 1), (0, 1, 1)),
    "no mapping: None": (None, {"A": ["1"]}, (0, 0, 1), (0, 0, 1)),
    "no mapping: list": ([["A", "1"]], {"A": ["1"]}, (0, 0, 1), (0, 0, 1)),
}


@pytest.mark.parametrize(
    ("predictions", "references", "strict", "normalized"), COUNTS.values(), ids=COUNTS.keys()
)
def test_pairs_are_counted_as_multisets(
    predictions: Any, references: dict[str, Any], strict: Triple, normalized: Triple
) -> None:
    assert pair_counts(predictions, references, "strict") == Counts(*strict)
    assert pair_counts(predictions, references, "normalized") == Counts(*normalized)


# predictions, references, (tp, predicted, reference) fuzzy.
FUZZY: dict[str, tuple[Any, dict[str, Any], Triple]] = {
    "perfect": ({"Name": ["Ann"]}, {"Name": ["Ann"]}, (1, 1, 1)),
    "all wrong": ({"Name": ["Ann"]}, {"Town": ["Rome"]}, (0, 1, 1)),
    "empty page": ({}, {}, (0, 0, 0)),
    "nothing predicted": ({}, {"A": ["1"]}, (0, 0, 1)),
    "nothing to find": ({"A": ["1"]}, {}, (0, 1, 0)),
    "no mapping": (None, {"A": ["1"]}, (0, 0, 1)),
    # One sign of five is 0.8, one of four 0.75.
    "question at the limit": ({"Totai": ["1"]}, {"Total": ["1"]}, (1, 1, 1)),
    "question below the limit": ({"Nane": ["1"]}, {"Name": ["1"]}, (0, 1, 1)),
    "answer at the limit": ({"A": ["12345"]}, {"A": ["12346"]}, (1, 1, 1)),
    "answer below the limit": ({"A": ["1234"]}, {"A": ["1235"]}, (0, 1, 1)),
    "both must be similar": ({"Total": ["1234"]}, {"Total": ["9876"]}, (0, 1, 1)),
    "folded before they are compared": ({"TOTAL:": ["$5"]}, {"total": ["5"]}, (1, 1, 1)),
    "duplicate prediction": ({"A": ["12345", "12346"]}, {"A": ["12345"]}, (1, 2, 1)),
    "duplicate reference": ({"A": ["12345"]}, {"A": ["12345", "12346"]}, (1, 1, 2)),
    # The exact one must leave its twin to the other, which fits nothing else.
    "assignment takes most pairs, not the best first": (
        {"A": ["abcdefghij", "abcdefghik"]},
        {"A": ["abcdefghij", "abcdefghix", "zzzzz"]},
        (2, 2, 3),
    ),
    "chain of neighbours": (
        {"A": ["aaaaaaaaaa", "aaaaaaabbb"]},
        {"A": ["aaaaaaaaab", "aaaaaaaaaa"]},
        (2, 2, 2),
    ),
}


@pytest.mark.parametrize(
    ("predictions", "references", "expected"), FUZZY.values(), ids=FUZZY.keys()
)
def test_similar_pairs_are_assigned_one_to_one(
    predictions: Any, references: dict[str, Any], expected: Triple
) -> None:
    assert pair_counts(predictions, references, "fuzzy") == Counts(*expected)


# predictions, references, (tp, predicted, reference) of keys, agreeing answers of how many.
KEYS: dict[str, tuple[Any, dict[str, Any], Triple, tuple[int, int]]] = {
    "perfect": ({"A": ["1", "2"]}, {"A": ["1", "2"]}, (1, 1, 1), (2, 2)),
    "all wrong": ({"Name": ["1"]}, {"Town": ["1"]}, (0, 1, 1), (0, 0)),
    "empty page": ({}, {}, (0, 0, 0), (0, 0)),
    "no mapping": (None, {"A": ["1"]}, (0, 0, 1), (0, 0)),
    "found and misread": ({"Name": ["Anne"]}, {"Name": ["Ann"]}, (1, 1, 1), (0, 1)),
    "misread question, answer right": ({"Totai": ["ANN"]}, {"Total:": ["Ann"]}, (1, 1, 1), (1, 1)),
    "one answer too many": ({"A": ["1", "2"]}, {"A": ["1"]}, (1, 1, 1), (1, 2)),
    "one answer missing": ({"A": ["1"]}, {"A": ["1", "2"]}, (1, 1, 1), (1, 2)),
    "repeated answer": ({"A": ["1", "1"]}, {"A": ["1", "2"]}, (1, 1, 1), (1, 2)),
    "questions that fold alike are one": (
        {"A:": ["1"], "a": ["2"]},
        {"A": ["1", "2"]},
        (1, 1, 1),
        (2, 2),
    ),
    "similar questions match one to one": (
        {"Line 01": ["x"], "Line 02": ["y"]},
        {"Line 01": ["x"], "Line 03": ["z"]},
        (2, 2, 2),
        (1, 2),
    ),
    "blank questions are left out": ({"A": [], "B": ["1"]}, {"A": ["1"]}, (0, 1, 1), (0, 0)),
}


@pytest.mark.parametrize(
    ("predictions", "references", "keys", "answers"), KEYS.values(), ids=KEYS.keys()
)
def test_finding_questions_and_reading_answers_are_told_apart(
    predictions: Any, references: dict[str, Any], keys: Triple, answers: tuple[int, int]
) -> None:
    expected = KeyComparison(Counts(*keys), *answers)
    assert key_comparison(predictions, references) == expected


# predictions, references with their blank questions, (tp, predicted, reference) ignored and scored.
BLANK: dict[str, tuple[Any, dict[str, Any], Triple, Triple]] = {
    "blank on both sides": ({"A": []}, {"A": []}, (0, 0, 0), (1, 1, 1)),
    "filled in where it is blank": ({"A": ["1"]}, {"A": []}, (0, 1, 0), (0, 1, 1)),
    "blank where it is filled in": ({"A": []}, {"A": ["1"]}, (0, 0, 1), (0, 1, 1)),
    "invented blank question": ({"A": []}, {}, (0, 0, 0), (0, 1, 0)),
    "missed blank question": ({}, {"A": []}, (0, 0, 0), (0, 0, 1)),
    "white space and null are blank": (
        {"A": [" ", None], "B": None},
        {"A": []},
        (0, 0, 0),
        (1, 2, 1),
    ),
    "a blank beside an answer is nothing": ({"A": ["", "1"]}, {"A": ["1"]}, (1, 1, 1), (1, 1, 1)),
}


@pytest.mark.parametrize("equality", EQUALITIES)
@pytest.mark.parametrize(
    ("predictions", "references", "ignored", "scored"), BLANK.values(), ids=BLANK.keys()
)
def test_blank_questions_follow_the_rule(
    predictions: Any, references: dict[str, Any], ignored: Triple, scored: Triple, equality: Any
) -> None:
    assert pair_counts(predictions, references, equality) == Counts(*ignored)
    assert pair_counts(predictions, references, equality, "ignore") == Counts(*ignored)
    assert pair_counts(predictions, references, equality, "score") == Counts(*scored)


def test_scored_blank_questions_are_found_and_listed() -> None:
    predictions: dict[str, list[str]] = {"Name": [], "Town": []}
    references: dict[str, list[str]] = {"Name": [], "Date": []}
    assert key_comparison(predictions, references, "score").keys == Counts(1, 2, 2)
    assert pair_differences(predictions, references, "normalized", "score") == (
        [("Date", "")],
        [("Town", "")],
    )


def test_pairs_keep_their_spelling_and_order() -> None:
    pairs = {"Name:": ["Ann", " "], "Age": 7, "Date": [], "B": None}
    assert list(pairs_in(pairs)) == [("Name:", "Ann"), ("Age", "7")]


# predictions, references, what was missed, what was invented (normalized).
Listed = list[tuple[str, str]]
DIFFERENCES: dict[str, tuple[Any, dict[str, Any], Listed, Listed]] = {
    "none": ({"NAME": ["ann"]}, {"Name:": ["Ann"]}, [], []),
    "misread": ({"Name": ["Anne"]}, {"Name:": ["Ann"]}, [("Name:", "Ann")], [("Name", "Anne")]),
    "duplicates": (
        {"A": ["1", "1"]},
        {"A": ["2", "1", "2"]},
        [("A", "2"), ("A", "2")],
        [("A", "1")],
    ),
    "no mapping": (None, {"A": ["1"]}, [("A", "1")], []),
    "empty page": ({"A": ["1"]}, {}, [], [("A", "1")]),
}


@pytest.mark.parametrize(
    ("predictions", "references", "missed", "invented"),
    DIFFERENCES.values(),
    ids=DIFFERENCES.keys(),
)
def test_differences_are_spelt_as_they_stand(
    predictions: Any, references: dict[str, Any], missed: Listed, invented: Listed
) -> None:
    assert pair_differences(predictions, references, "normalized") == (missed, invented)


def test_differences_follow_the_equality() -> None:
    assert pair_differences({"A": ["x"]}, {"A": ["X"]}, "normalized") == ([], [])
    assert pair_differences({"A": ["x"]}, {"A": ["X"]}, "strict") == ([("A", "X")], [("A", "x")])


# Properties, on drawn pages whose few words make hits, repetitions and blanks frequent.


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("equality", EQUALITIES)
def test_counts_mirror_and_do_not_depend_on_order(seed: int, equality: Any) -> None:
    draw = random.Random(seed)
    ours, theirs = draw_pairs(draw), draw_pairs(draw)
    there, back = pair_counts(ours, theirs, equality), pair_counts(theirs, ours, equality)
    assert there == Counts(back.tp, back.reference, back.predicted)
    assert there == pair_counts(shuffled(draw, ours), shuffled(draw, theirs), equality)
    assert key_comparison(ours, theirs) == key_comparison(
        shuffled(draw, ours), shuffled(draw, theirs)
    )


@pytest.mark.parametrize("seed", SEEDS)
def test_a_looser_equality_finds_no_less(seed: int) -> None:
    draw = random.Random(seed)
    ours, theirs = draw_pairs(draw), draw_pairs(draw)
    normalized = pair_counts(ours, theirs, "normalized")
    assert pair_counts(ours, theirs, "fuzzy").tp >= normalized.tp


@pytest.mark.parametrize("seed", SEEDS)
def test_differences_are_what_the_counts_leave(seed: int) -> None:
    draw = random.Random(seed)
    predictions, references = draw_pairs(draw), draw_pairs(draw)
    for equality in ("strict", "normalized"):
        counts = pair_counts(predictions, references, equality)
        missed, invented = pair_differences(predictions, references, equality)
        assert len(missed) == counts.reference - counts.tp
        assert len(invented) == counts.predicted - counts.tp
