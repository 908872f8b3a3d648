from __future__ import annotations

import random

import pytest
from anls_star import anls_score

from ocr_model.scoring.anls import anls_star

Pairs = list[tuple[str, str]]

# predicted, reference, score worked out by hand.
SCORES: dict[str, tuple[Pairs, Pairs, float]] = {
    "perfect": ([("Name", "Ann")], [("Name", "Ann")], 1.0),
    "case and blanks are folded": ([("NAME ", "ann  lee")], [("Name", "Ann Lee")], 1.0),
    "all wrong": ([("Name", "Ann")], [("Town", "Rome")], 0.0),
    "both empty": ([], [], 1.0),
    "nothing predicted": ([], [("Name", "Ann")], 0.0),
    "nothing to find": ([("Name", "Ann")], [], 0.0),
    "one sign of four in the answer": ([("Name", "Anne")], [("Name", "Ann")], (1 + 0.75) / 2),
    "half alike counts": ([("Name", "ab")], [("Name", "ax")], (1 + 0.5) / 2),
    "less than half alike is nothing": ([("Name", "abc")], [("Name", "axy")], 1 / 2),
    "question alone": ([("Name", "x")], [("Name", "Ann")], 1 / 2),
    "misread question is a loss, no stranger": ([("Narne", "5")], [("Name", "5")], (0.6 + 1) / 2),
    "duplicate prediction": ([("A", "1"), ("A", "1")], [("A", "1")], 1 / 2),
    "duplicate reference": ([("A", "1")], [("A", "1"), ("A", "1")], 1 / 2),
}


@pytest.mark.parametrize(("predicted", "reference", "expected"), SCORES.values(), ids=SCORES.keys())
def test_anls_star_of_pairs(predicted: Pairs, reference: Pairs, expected: float) -> None:
    assert anls_star(predicted, reference) == pytest.approx(expected)


@pytest.mark.parametrize("seed", range(100))
def test_assignment_made_here_scores_what_the_package_scores_alone(seed: int) -> None:
    draw = random.Random(seed)
    words = ["Name", "name", "Nam", "Date", "Total", "x", "", "12", "12.5", "Anne", "ANN  "]
    predicted, reference = (
        [(draw.choice(words), draw.choice(words)) for _ in range(draw.randint(0, 7))]
        for _ in range(2)
    )
    alone = anls_score(
        [{"question": question, "answer": answer} for question, answer in reference],
        [{"question": question, "answer": answer} for question, answer in predicted],
    )
    assert anls_star(predicted, reference) == pytest.approx(alone)
