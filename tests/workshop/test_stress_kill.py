"""A run that is killed at random moments goes on where it was, and pays for no page twice."""

from __future__ import annotations

import dataclasses

import pytest

from scripts.workshop.stress import __main__ as stress
from scripts.workshop.stress.kill import Figures, run


@pytest.mark.slow
def test_a_run_killed_three_times_resumes_and_every_page_is_right() -> None:
    figures = run(pages=60, kills=3, faults=0.1, seed=4)
    assert figures.right == 60
    assert figures.requests <= figures.most_requests
    assert figures.paid_twice <= figures.most_in_flight
    # What was stored before the last kill was not sent again.
    assert figures.cached > 0


FIGURES = Figures(
    pages=9,
    kills=1,
    right=9,
    cached=5,
    requests=9 + 2 + 8,
    faults=2,
    paid_twice=8,
    seconds=1.0,
)


@pytest.mark.parametrize(
    ("change", "holds"),
    [({}, True), ({"right": 8}, False), ({"requests": 20}, False), ({"paid_twice": 9}, False)],
    ids=["within", "wrong page", "requests", "paid twice"],
)
def test_figures_hold_within_what_was_in_flight(change: dict[str, int], holds: bool) -> None:
    assert dataclasses.replace(FIGURES, **change).holds is holds


def test_stress_names_its_verbs(capsys: pytest.CaptureFixture[str]) -> None:
    assert stress.main([]) == 2
    assert "kill" in capsys.readouterr().err
