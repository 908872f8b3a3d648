"""Which candidate is the best, how it came about, and how sure that is."""

from __future__ import annotations

import numpy as np
import pytest

from ocr_model.optimization.candidates import Candidate, Searched
from ocr_model.optimization.recording import path_text


def candidate(number: int, parent: int | None, text: str, right: list[int] | None) -> Candidate:
    """Right of two pairs on each form."""
    counts = None if right is None else np.array([(of_form, 2.0) for of_form in right])
    return Candidate(number, number, parent, text, counts=counts)


def test_the_best_of_equals_is_the_shortest() -> None:
    searched = Searched(
        [
            candidate(0, None, "Read.", [1, 1, 1, 1]),
            candidate(1, 0, "Read.\nWell.\nBonn.", [2, 2, 1, 2]),
            candidate(2, 0, "Read.\nWell.", [2, 2, 2, 1]),
            candidate(3, 2, "Read.\nWell.\nNow.", None),
        ],
        "",
    )
    assert searched.best.number == 2
    assert [one.number for one in searched.path] == [0, 2]
    assert searched.gain.estimate == pytest.approx(3 / 8)
    assert "+Well." in path_text(searched)


@pytest.mark.parametrize(
    ("right", "better"),
    # Two forms better and one worse is no evidence; nothing worse is.
    [([2, 2, 0, 1, 1, 1, 1, 1], False), ([2, 2, 2, 2, 2, 1, 1, 1], True), ([1] * 8, False)],
)
def test_better_is_what_the_interval_says(right: list[int], better: bool) -> None:
    searched = Searched([candidate(0, None, "a", [1] * 8), candidate(1, 0, "b", right)], "the end")
    assert searched.is_better is better
