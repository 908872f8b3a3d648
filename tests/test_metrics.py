from __future__ import annotations

import random
from typing import Any

import pytest

from ocr_model.errors import DatasetError
from ocr_model.metrics import (
    Equality,
    PairCounts,
    key_value_accuracy,
    p90,
    pair_counts,
    pair_differences,
    score_form,
    score_forms,
)

Pairs = dict[str, list[str]]

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
Counts = tuple[int, int, int]
COUNTS: dict[str, tuple[Any, dict[str, Any], Counts, Counts]] = {
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
    predictions: Any, references: dict[str, Any], strict: Counts, normalized: Counts
) -> None:
    assert pair_counts(predictions, references, "strict") == PairCounts(*strict)
    assert pair_counts(predictions, references, "normalized") == PairCounts(*normalized)


@pytest.mark.parametrize(
    ("counts", "precision", "recall", "f1"),
    [
        (PairCounts(1, 2, 4), 1 / 2, 1 / 4, 1 / 3),
        (PairCounts(3, 3, 3), 1.0, 1.0, 1.0),
        (PairCounts(0, 2, 2), 0.0, 0.0, 0.0),
        (PairCounts(0, 0, 2), 0.0, 0.0, 0.0),
        (PairCounts(0, 2, 0), 0.0, 0.0, 0.0),
        (PairCounts(0, 0, 0), 0.0, 0.0, 0.0),
    ],
    ids=["partly", "perfect", "all wrong", "none predicted", "none to find", "neither"],
)
def test_scores_of_counts(counts: PairCounts, precision: float, recall: float, f1: float) -> None:
    assert counts.precision == precision
    assert counts.recall == recall
    assert counts.f1 == pytest.approx(f1)


def test_counts_add_up() -> None:
    assert PairCounts(1, 2, 3) + PairCounts(10, 20, 30) == PairCounts(11, 22, 33)


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


def test_form_is_scored_under_the_names_of_the_run() -> None:
    predictions = {"Name": ["Ann"], "Date": ["1 may"], "Total": ["5", "6"]}
    references = {"NAME:": ["Ann"], "Date": ["1 May"]}
    assert score_form(predictions, references) == pytest.approx(
        {
            "key_value_accuracy": 1 / 2,
            "pair_precision_strict": 1 / 4,
            "pair_recall_strict": 1 / 2,
            "pair_f1_strict": 2 / 6,
            "pair_precision_normalized": 2 / 4,
            "pair_recall_normalized": 2 / 2,
            "pair_f1_normalized": 4 / 6,
        }
    )


@pytest.mark.parametrize(
    ("predictions", "references", "expected"),
    [
        ({}, {}, 1.0),
        ({"A": []}, {"B": []}, 1.0),
        (None, {}, 0.0),
        ({"A": ["1"]}, {}, 0.0),
        ({}, {"A": ["1"]}, 0.0),
    ],
    ids=["both empty", "both blank", "failed on an empty page", "invented", "missed"],
)
def test_pair_scores_of_a_form_without_pairs(
    predictions: Any, references: Pairs, expected: float
) -> None:
    scores = score_form(predictions, references)
    assert scores.pop("key_value_accuracy") == 0.0
    assert set(scores.values()) == {expected}


def test_forms_are_scored_by_mean_p90_and_micro_counts() -> None:
    predictions = [{"A": ["1"]}, {"A": ["1", "2", "x"], "B": ["y"]}, None, {}]
    references = [{"A": ["1"]}, {"A": ["1", "2", "3", "4"]}, {"A": ["1"]}, dict[str, Any]()]
    micro = {"precision": 3 / 5, "recall": 3 / 6, "f1": 6 / 11}
    assert score_forms(predictions, references) == pytest.approx(
        {
            "key_value_accuracy/mean": (1 + 1 / 2 + 0 + 0) / 4,
            "key_value_accuracy/p90": 1.0,
            **{f"pair_{name}_strict": score for name, score in micro.items()},
            **{f"pair_{name}_normalized": score for name, score in micro.items()},
        }
    )


def test_micro_scores_of_nothing_at_all_are_zero() -> None:
    assert set(score_forms([{}, None], [{}, {}]).values()) == {0.0}


@pytest.mark.parametrize(
    ("predictions", "references"),
    [([], []), ([{}], []), ([{}], [{}, {}])],
    ids=["no forms", "no references", "lengths differ"],
)
def test_forms_without_a_prediction_each_are_refused(
    predictions: list[Any], references: list[Pairs]
) -> None:
    with pytest.raises(DatasetError, match=f"{len(predictions)} predictions for {len(references)}"):
        score_forms(predictions, references)


# Properties, on drawn pages whose few words make hits, repetitions and blanks frequent.
SEEDS = range(60)
EQUALITIES: tuple[Equality, ...] = ("strict", "normalized")


def draw_pairs(draw: random.Random) -> Pairs:
    questions = draw.sample(["Name", "name:", "Date", "I/O", "Total", ""], draw.randint(0, 5))
    return {
        q: draw.choices(["1", "2", "Ann", "ann.", "5-0"], k=draw.randint(0, 3)) for q in questions
    }


def draw_pages(draw: random.Random) -> tuple[list[Pairs], list[Pairs]]:
    count = draw.randint(1, 6)
    return [draw_pairs(draw) for _ in range(count)], [draw_pairs(draw) for _ in range(count)]


def shuffled(draw: random.Random, pairs: Pairs) -> Pairs:
    questions = draw.sample(list(pairs), len(pairs))
    return {question: draw.sample(pairs[question], len(pairs[question])) for question in questions}


@pytest.mark.parametrize("seed", SEEDS)
def test_order_of_pages_and_pairs_changes_nothing(seed: int) -> None:
    draw = random.Random(seed)
    predictions, references = draw_pages(draw)
    order = draw.sample(range(len(references)), len(references))
    assert score_forms(
        [shuffled(draw, predictions[page]) for page in order],
        [shuffled(draw, references[page]) for page in order],
    ) == pytest.approx(score_forms(predictions, references))


@pytest.mark.parametrize("seed", SEEDS)
def test_perfect_predictions_score_one(seed: int) -> None:
    _, references = draw_pages(random.Random(seed))
    references = [{**page, "Kept": ["1"]} for page in references]
    assert set(score_forms(references, references).values()) == {1.0}


@pytest.mark.parametrize("seed", SEEDS)
def test_false_pair_never_raises_precision_and_never_changes_recall(seed: int) -> None:
    predictions, references = draw_pages(random.Random(seed))
    worse = [{**predictions[0], "Invented": ["pair"]}, *predictions[1:]]
    before, after = score_forms(predictions, references), score_forms(worse, references)
    for equality in EQUALITIES:
        assert after[f"pair_precision_{equality}"] <= before[f"pair_precision_{equality}"]
        assert after[f"pair_recall_{equality}"] == before[f"pair_recall_{equality}"]


@pytest.mark.parametrize("seed", SEEDS)
def test_f1_is_symmetric_and_precision_mirrors_recall(seed: int) -> None:
    predictions, references = draw_pages(random.Random(seed))
    there, back = score_forms(predictions, references), score_forms(references, predictions)
    for equality in EQUALITIES:
        assert there[f"pair_f1_{equality}"] == back[f"pair_f1_{equality}"]
        assert there[f"pair_precision_{equality}"] == back[f"pair_recall_{equality}"]


@pytest.mark.parametrize("seed", SEEDS)
def test_differences_are_what_the_counts_leave(seed: int) -> None:
    draw = random.Random(seed)
    predictions, references = draw_pairs(draw), draw_pairs(draw)
    for equality in EQUALITIES:
        counts = pair_counts(predictions, references, equality)
        missed, invented = pair_differences(predictions, references, equality)
        assert len(missed) == counts.reference - counts.tp
        assert len(invented) == counts.predicted - counts.tp
