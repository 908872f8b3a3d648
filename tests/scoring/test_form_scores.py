from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest

from ocr_model.errors import DatasetError
from ocr_model.scoring.form_scores import (
    Share,
    form_shares,
    page_scores,
    run_intervals,
    run_scores,
    share_array,
)
from tests.support.drawing import SEEDS, Pairs, draw_pages, shuffled

EQUALITIES = ("strict", "normalized", "fuzzy")


def scores_of(predictions: Sequence[Any], references: Sequence[Pairs]) -> dict[str, float]:
    return run_scores([form_shares(*form) for form in zip(predictions, references, strict=True)])


def test_form_is_scored_under_the_names_of_the_run() -> None:
    predictions = {"Name": ["Ann"], "Date": ["1 may"], "Total": ["5", "6"], "Place": ["Rom"]}
    references = {"NAME:": ["Ann"], "Date": ["1 May"], "Place": ["Rome"]}
    assert page_scores(form_shares(predictions, references)) == pytest.approx(
        {
            "key_value_accuracy": 1 / 3,
            "pair_precision_strict": 1 / 5,
            "pair_recall_strict": 1 / 3,
            "pair_f1_strict": 2 / 8,
            "pair_precision_normalized": 2 / 5,
            "pair_recall_normalized": 2 / 3,
            "pair_f1_normalized": 4 / 8,
            # "Rom" and "Rome" are 0.75 alike: not the same.
            "pair_precision_fuzzy": 2 / 5,
            "pair_recall_fuzzy": 2 / 3,
            "pair_f1_fuzzy": 4 / 8,
            "key_precision": 3 / 4,
            "key_recall": 3 / 3,
            "key_f1": 6 / 7,
            "value_accuracy": 2 / 3,
            # Two right, 3 invented, 1 missed: 1 to correct, 2 to delete.
            "kieval_aligned": 2 / 5,
            # "NAME:" for "Name" is one of five signs, "Rom" for "Rome" one of four.
            "anls_star": ((0.8 + 1) / 2 + 1 + (1 + 0.75) / 2) / 5,
            "perfect_page": 0.0,
        }
    )


@pytest.mark.parametrize(
    ("predictions", "references", "expected"),
    [
        ({}, {}, 1.0),
        ({"A": []}, {}, 1.0),
        (None, {}, 0.0),
        ([], {}, 0.0),
        ({"A": ["1"]}, {}, 0.0),
        ({}, {"A": ["1"]}, 0.0),
        (None, {"A": ["1"]}, 0.0),
        ({"B": ["2"]}, {"A": ["1"]}, 0.0),
    ],
    ids=[
        "both empty",
        "both blank",
        "failed on an empty page",
        "no mapping on an empty page",
        "invented",
        "missed",
        "failed",
        "all wrong",
    ],
)
def test_scores_of_a_form_without_a_right_pair(
    predictions: Any, references: Pairs, expected: float
) -> None:
    scores = page_scores(form_shares(predictions, references))
    assert scores.pop("key_value_accuracy") == 0.0
    assert set(scores.values()) == {expected}
    assert "value_accuracy" not in scores


@pytest.mark.parametrize(
    ("predictions", "references", "perfect"),
    [
        ({"name:": ["ann"]}, {"Name": ["Ann"]}, 1.0),
        ({"Name": ["Ann"], "Date": []}, {"Name": ["Ann"]}, 1.0),
        ({"Name": ["Ann", "Ann"]}, {"Name": ["Ann"]}, 0.0),
        ({"Name": ["Ann"], "Date": ["1"]}, {"Name": ["Ann"]}, 0.0),
        ({}, {}, 1.0),
        (None, {}, 0.0),
    ],
    ids=["normalized", "blank beside", "repeated", "invented", "rightly empty", "failed"],
)
def test_page_is_perfect_when_nothing_is_missed_or_invented(
    predictions: Any, references: Pairs, perfect: float
) -> None:
    assert form_shares(predictions, references)["perfect_page"] == Share(perfect, 1)


@pytest.mark.parametrize(
    ("predicted", "expected"),
    [
        (["1", "2"], Share(2, 4)),
        (["1", "2", "x"], Share(2, 4)),
        (["1", "2", "x", "y", "z"], Share(2, 5)),
        (["1", "2", "3", "4"], Share(4, 4)),
        ([], Share(0, 4)),
    ],
    ids=["two missed", "one swapped, one missed", "two swapped, one invented", "all", "none"],
)
def test_kieval_counts_the_corrections(predicted: list[str], expected: Share) -> None:
    shares = form_shares({"A": predicted}, {"A": ["1", "2", "3", "4"]})
    assert shares["kieval_aligned"] == expected


def test_blank_questions_are_scored_on_request() -> None:
    predictions, references = {"A": ["1"], "B": [], "C": ["2"]}, {"A": ["1"], "B": [], "C": []}
    ignored = page_scores(form_shares(predictions, references))
    scored = page_scores(form_shares(predictions, references, "score"))
    assert (ignored["pair_precision_normalized"], ignored["pair_recall_normalized"]) == (0.5, 1)
    assert scored["pair_f1_normalized"] == pytest.approx(2 / 3)
    assert scored["key_f1"] == 1
    assert scored["anls_star"] == pytest.approx((1 + 1 + 0.5) / 3)


def test_forms_are_added_up_by_parts_and_wholes() -> None:
    predictions = [{"A": ["1"]}, {"A": ["1", "2", "x"], "B": ["y"]}, None, {}]
    references: list[Pairs] = [{"A": ["1"]}, {"A": ["1", "2", "3", "4"]}, {"A": ["1"]}, {}]
    micro = {"precision": 3 / 5, "recall": 3 / 6, "f1": 6 / 11}
    assert scores_of(predictions, references) == pytest.approx(
        {
            "key_value_accuracy/mean": (1 + 1 / 2 + 0 + 0) / 4,
            "key_value_accuracy/p90": 1.0,
            **{f"pair_{name}_{eq}": score for name, score in micro.items() for eq in EQUALITIES},
            "key_precision": 2 / 3,
            "key_recall": 2 / 3,
            "key_f1": 4 / 6,
            "value_accuracy": (1 + 2) / (1 + 4),
            # Second page: 2 missed and 2 invented are 2 swapped. Third page: 1 missed.
            "kieval_aligned": 3 / (1 + 4 + 1),
            # Second page: 1, 2 are right, x and y for 3 and 4 share the question of one of them.
            "anls_star": (1 + (1 + 1 + 0.5) / 4 + 0 + 1) / 4,
            "perfect_page_rate": 2 / 4,
        }
    )


def test_micro_scores_of_nothing_at_all_are_zero() -> None:
    scores = scores_of([None, None], [{}, {}])
    assert set(scores.values()) == {0.0}
    assert "value_accuracy" not in scores


def test_share_that_only_some_pages_have_is_taken_over_those() -> None:
    pages = [{"rule": Share(1, 4)}, {}, {"rule": Share(2, 2)}]
    assert run_scores(pages) == {"rule": 0.5}
    assert share_array(pages, "rule").tolist() == [[1, 4], [0, 0], [2, 2]]


def test_run_without_forms_is_refused() -> None:
    with pytest.raises(DatasetError, match="at least one form"):
        run_scores([])


def test_intervals_hold_the_score_and_are_the_same_again() -> None:
    draw = random.Random(4)
    pages = [form_shares(*form) for _ in range(12) for form in zip(*draw_pages(draw), strict=True)]
    scores, intervals = run_scores(pages), run_intervals(pages, seed=3)
    assert intervals.keys() == scores.keys()
    assert all(found.low <= scores[name] <= found.high for name, found in intervals.items())
    assert run_intervals(pages, seed=3) == intervals
    assert run_intervals(pages, seed=4) != intervals


def test_rate_that_no_page_has_is_not_certain() -> None:
    pages = [form_shares({"A": ["1"]}, {"A": ["2"]})] * 12
    assert run_intervals(pages)["perfect_page_rate"] == pytest.approx((0, 0.2646), abs=1e-4)


def test_score_that_no_page_defines_has_no_interval() -> None:
    assert "pair_f1_strict" not in run_intervals([form_shares({}, {})] * 3)


@pytest.mark.parametrize("seed", SEEDS)
def test_order_of_pages_and_pairs_changes_nothing(seed: int) -> None:
    draw = random.Random(seed)
    predictions, references = draw_pages(draw)
    order = draw.sample(range(len(references)), len(references))
    assert scores_of(
        [shuffled(draw, predictions[page]) for page in order],
        [shuffled(draw, references[page]) for page in order],
    ) == pytest.approx(scores_of(predictions, references))


@pytest.mark.parametrize("seed", SEEDS)
def test_perfect_predictions_score_one(seed: int) -> None:
    _, references = draw_pages(random.Random(seed))
    # Every answer as it is: white space is an answer to nobody but key_value_accuracy.
    references = [
        {**{q: [a for a in given if a.strip()] for q, given in page.items()}, "Kept": ["1"]}
        for page in references
    ]
    assert set(scores_of(references, references).values()) == {1.0}


@pytest.mark.parametrize("seed", SEEDS)
def test_false_pair_never_raises_precision(seed: int) -> None:
    predictions, references = draw_pages(random.Random(seed))
    worse = [{**predictions[0], "Invented": ["pair"]}, *predictions[1:]]
    before, after = scores_of(predictions, references), scores_of(worse, references)
    for name in [*(f"pair_{{}}_{equality}" for equality in EQUALITIES), "key_{}"]:
        assert after[name.format("precision")] <= before[name.format("precision")]
        assert after[name.format("recall")] == before[name.format("recall")]
        assert after[name.format("f1")] <= before[name.format("f1")]
    for name in ("anls_star", "kieval_aligned", "perfect_page_rate"):
        assert after[name] <= before[name] + 1e-12


@pytest.mark.parametrize("seed", SEEDS)
def test_f1_is_symmetric_and_precision_mirrors_recall(seed: int) -> None:
    predictions, references = draw_pages(random.Random(seed))
    there, back = scores_of(predictions, references), scores_of(references, predictions)
    for name in [*(f"pair_{{}}_{equality}" for equality in EQUALITIES), "key_{}"]:
        assert there[name.format("f1")] == back[name.format("f1")]
        assert there[name.format("precision")] == back[name.format("recall")]
    assert there["kieval_aligned"] == back["kieval_aligned"]
    assert there["anls_star"] == pytest.approx(back["anls_star"])


def test_scores_of_any_resample_follow_from_the_shares() -> None:
    draw = random.Random(9)
    predictions, references = draw_pages(draw)
    pages = [form_shares(*form) for form in zip(predictions, references, strict=True)]
    again = [0, 0, len(pages) - 1]
    part, whole = share_array(pages, "pair_f1_fuzzy")[again].sum(axis=0)
    expected = scores_of([predictions[n] for n in again], [references[n] for n in again])
    assert np.isclose(part / whole if whole else 0.0, expected["pair_f1_fuzzy"])
