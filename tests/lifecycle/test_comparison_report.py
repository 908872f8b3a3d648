from __future__ import annotations

import io
from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest
from PIL import Image

from ocr_model.lifecycle.comparison import ModelDifference, PageScores, Scored
from ocr_model.lifecycle.comparison_report import (
    ModelRow,
    caution,
    conclusion,
    differences_text,
    models_table,
    pages_text,
    tradeoff_chart,
)
from ocr_model.scoring.bootstrap import Difference, Interval

A = ModelRow("A", "models:/m/1", "local", 0.41, Interval(0.38, 0.45), 0.0, 1.5, None, None)
B = ModelRow("B", "models:/m/2", "llm", 0.52, Interval(0.48, 0.55), 0.025, 2.25, 0.00013, 1230.0)
BETTER = ModelDifference("A", "B", Difference(0.031, 0.010, 0.052))


def test_table_has_a_line_for_each_model_and_unknown_is_not_zero() -> None:
    _, first, second = models_table([A, B], "pair_f1_normalized").splitlines()
    assert first.split() == [
        *("A", "0.410", "[0.380,", "0.450]", "0.0%", "1.50", "unknown", "unknown"),
        *("models:/m/1", "local"),
    ]
    assert second.split()[4:8] == ["2.5%", "2.25", "1,230", "0.00013"]


def test_only_an_interval_that_leaves_out_zero_is_marked() -> None:
    open_still = ModelDifference("A", "C", Difference(0.01, -0.01, 0.03))
    text = differences_text([BETTER, open_still]).splitlines()
    assert text[0] == "  B − A = 3.1 points, 95 % [1.0, 5.2]  *"
    assert text[1] == "  C − A = 1.0 points, 95 % [-1.0, 3.0]"


def scored(label: str, score: float) -> Scored:
    return Scored(label, np.array([[score, 1.0]]), (score,))


SURELY = Difference(0.097, 0.012, 0.182)
PERHAPS = Difference(0.025, -0.062, 0.113)
AWAY = Difference(-0.097, -0.182, -0.012)


@pytest.mark.parametrize(
    ("scores", "differences", "sentence"),
    [
        ([0.7, 0.8], [SURELY], "B (models:/m/2) is better than A by 9.7 points, surely."),
        ([0.8, 0.7], [AWAY], "A (models:/m/1) is better than B by 9.7 points, surely."),
        (
            [0.7, 0.725],
            [PERHAPS],
            "B (models:/m/2) scored 2.5 points more than A, which may be luck: more forms would "
            "tell.",
        ),
        (
            [0.7, 0.7],
            [Difference(0.0, 0.0, 0.0)],
            "A (models:/m/1) scored the same as B on every page.",
        ),
        (
            [0.7, 0.77, 0.8],
            [PERHAPS, SURELY, PERHAPS],
            "C (models:/m/3) is better than A by 9.7 points, surely; it scored 2.5 points more "
            "than B, which may be luck: more forms would tell.",
        ),
    ],
    ids=["surely", "the first", "perhaps", "alike", "three"],
)
def test_conclusion_claims_no_more_than_the_intervals(
    scores: list[float], differences: list[Difference], sentence: str
) -> None:
    models = [scored(label, score) for label, score in zip("ABC", scores, strict=False)]
    pairs = combinations((model.label for model in models), 2)
    found = [ModelDifference(*pair, d) for pair, d in zip(pairs, differences, strict=True)]
    uris = [f"models:/m/{number}" for number in range(1, len(models) + 1)]
    assert conclusion(models, found, uris) == sentence


def test_pages_are_listed_with_the_score_of_every_model() -> None:
    assert pages_text([PageScores("form-7", {"A": 0.5, "B": 1.0})]) == "  form-7  A 0.50  B 1.00"
    assert "none" in pages_text([])


@pytest.mark.parametrize(
    ("models", "told"),
    [(2, "best of 2 models on these 40 pages"), (4, "here are 6.")],
    ids=["two", "four"],
)
def test_reader_is_warned_of_the_best_of_many(models: int, told: str) -> None:
    text = caution(models, 40)
    assert told in text
    assert "optimistic" in text
    assert ("in twenty" in text) == (models > 2)


@pytest.mark.parametrize("lines", [[A, B], [A, replace(A, label="B")]], ids=["one cost", "no cost"])
def test_chart_is_drawn_and_says_whose_cost_is_unknown(lines: list[ModelRow]) -> None:
    figure = tradeoff_chart(lines, "pair_f1_normalized")
    by_cost, by_latency = figure.axes
    known = [line.label for line in lines if line.cost_usd_per_page is not None]
    unknown = [line.label for line in lines if line.cost_usd_per_page is None]
    told = [text.get_text() for text in by_cost.texts]
    assert told == [*known, f"unknown for {', '.join(unknown)}"]
    assert [text.get_text() for text in by_latency.texts] == ["A", "B"]
    picture = io.BytesIO()
    figure.savefig(picture, format="png")
    assert Image.open(picture).format == "PNG"
