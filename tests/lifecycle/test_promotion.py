from __future__ import annotations

import math

import numpy as np
import pytest

from ocr_model.errors import ConfigError
from ocr_model.lifecycle.comparison import Scored
from ocr_model.lifecycle.promotion import (
    GateRule,
    PairedResults,
    Requirement,
    Verdict,
    decide,
    failed_share,
    judged_pages,
    weigh,
)
from ocr_model.scoring.bootstrap import Difference

BETTER = Difference(0.031, 0.010, 0.052)
EQUAL = Difference(0.0, 0.0, 0.0)
LUCKY = Difference(0.025, -0.062, 0.112)
SLIGHTLY_WORSE = Difference(-0.005, -0.009, -0.001)
PERHAPS_WORSE = Difference(-0.008, -0.020, 0.004)
WORSE = Difference(-0.080, -0.120, -0.040)
ON_THE_BAR = Difference(0.0, -0.01, 0.01)
UNKNOWN = Difference(math.nan, math.nan, math.nan)


def verdict(
    difference: Difference,
    *,
    champion: list[str] | None = None,
    candidate: list[str] | None = None,
    pages: int = 40,
    requirement: Requirement = "not_worse",
) -> Verdict:
    outcomes = champion or ["ok"] * 40, candidate or ["ok"] * 40
    return decide(
        PairedResults(pages, difference, *outcomes), GateRule(requirement=requirement)
    ).verdict


@pytest.mark.parametrize(
    ("difference", "not_worse", "better"),
    [
        (BETTER, Verdict.PROMOTE, Verdict.PROMOTE),
        (EQUAL, Verdict.PROMOTE, Verdict.INSUFFICIENT_EVIDENCE),
        (LUCKY, Verdict.INSUFFICIENT_EVIDENCE, Verdict.INSUFFICIENT_EVIDENCE),
        (SLIGHTLY_WORSE, Verdict.PROMOTE, Verdict.WORSE),
        (PERHAPS_WORSE, Verdict.INSUFFICIENT_EVIDENCE, Verdict.INSUFFICIENT_EVIDENCE),
        (WORSE, Verdict.WORSE, Verdict.WORSE),
        (UNKNOWN, Verdict.INSUFFICIENT_EVIDENCE, Verdict.INSUFFICIENT_EVIDENCE),
        (
            Difference(0.0, -0.01, 0.01),
            Verdict.INSUFFICIENT_EVIDENCE,
            Verdict.INSUFFICIENT_EVIDENCE,
        ),
    ],
    ids=["better", "equal", "lucky", "within margin", "perhaps", "worse", "unknown", "on the bar"],
)
def test_verdict_follows_from_the_interval(
    difference: Difference, not_worse: Verdict, better: Verdict
) -> None:
    assert verdict(difference) is not_worse
    assert verdict(difference, requirement="better") is better


OK = ["ok"] * 39


@pytest.mark.parametrize(
    ("champion", "candidate", "expected"),
    [
        ([*OK, "ok"], [*OK, "refused"], Verdict.WORSE),
        ([*OK, "ok"], [*OK, "partial"], Verdict.WORSE),
        ([*OK, "refused"], [*OK, "truncated"], Verdict.WORSE),
        ([*OK, "refused"], [*OK, "refused"], Verdict.PROMOTE),
        ([*OK, "refused"], [*OK, "ok"], Verdict.PROMOTE),
        ([*OK, "ok"], [*OK, "empty"], Verdict.PROMOTE),
        ([*OK, "ok"], [*OK, "timeout"], Verdict.INSUFFICIENT_EVIDENCE),
        ([*OK, "timeout"], [*OK, "timeout"], Verdict.PROMOTE),
        (["refused", *OK], ["timeout", "refused", *OK[1:]], Verdict.INSUFFICIENT_EVIDENCE),
        ([*OK, "ok"], ["timeout", *OK[1:], "refused"], Verdict.WORSE),
    ],
    ids=[
        "one more refused",
        "one more partial",
        "another failure instead",
        "the same failure",
        "one failure less",
        "empty is no failure",
        "interrupted says nothing",
        "interrupted both",
        "as many refused, one interrupted",
        "both kinds",
    ],
)
def test_better_score_does_not_buy_a_new_failure(
    champion: list[str], candidate: list[str], expected: Verdict
) -> None:
    assert verdict(BETTER, champion=champion, candidate=candidate) is expected


@pytest.mark.parametrize("difference", [BETTER, WORSE], ids=["better", "worse"])
def test_nothing_is_said_of_too_few_pages(difference: Difference) -> None:
    assert verdict(difference, pages=29) is Verdict.INSUFFICIENT_EVIDENCE
    assert verdict(difference, pages=30) is not Verdict.INSUFFICIENT_EVIDENCE


def test_every_reason_is_given() -> None:
    evidence = PairedResults(12, WORSE, ["ok", "ok"], ["refused", "timeout"])
    reasons = " ".join(decide(evidence, GateRule()).reasons)
    assert "12 labelled pages" in reasons
    assert "-8.00 points, 95 % [-12.00, -4.00]" in reasons
    assert "refused: 1, with the champion 0" in reasons
    assert "timeout: 1, with the champion 0. Run it again." in reasons


def test_promotion_gives_its_reason_too() -> None:
    [reason] = decide(PairedResults(40, BETTER, ["ok"], ["ok"]), GateRule()).reasons
    assert "lower bound is above -1.00 points" in reason


def test_what_could_not_be_measured_is_not_told_as_a_number() -> None:
    reasons = decide(PairedResults(0, UNKNOWN, ["aborted"], ["aborted"]), GateRule()).reasons
    assert reasons[1] == "pair_f1_normalized could not be measured."


def test_margin_moves_the_bar() -> None:
    evidence = PairedResults(40, PERHAPS_WORSE, ["ok"], ["ok"])
    assert decide(evidence, GateRule(margin=0.03)).verdict is Verdict.PROMOTE
    assert decide(evidence, GateRule(margin=0.0)).verdict is Verdict.INSUFFICIENT_EVIDENCE


@pytest.mark.parametrize("settings", [{"margin": -0.01}, {"margin": 1.0}, {"min_pages": 0}])
def test_rule_that_cannot_be_meant_is_refused(settings: dict[str, float]) -> None:
    with pytest.raises(ConfigError, match="Expected"):
        GateRule(**settings)  # type: ignore[arg-type]


def test_judged_are_pages_with_pairs_that_both_could_read() -> None:
    kept = judged_pages(
        [True, False, True, True, True],
        ["ok", "ok", "rate_limited", "ok", "refused"],
        ["ok", "ok", "ok", "aborted", "ok"],
    )
    assert kept == [True, False, False, False, True]


def scored(*parts: float) -> Scored:
    return Scored("model", np.array([(part, 1.0) for part in parts]), parts)


def test_difference_is_that_of_the_pages_that_can_tell_the_two_apart() -> None:
    """Where the champion was rate limited, its zero is not the candidate's gain."""
    outcomes = ["ok", "ok", "rate_limited"]
    found = weigh(scored(0.5, 0.5, 0.0), scored(0.6, 0.6, 1.0), [True] * 3, outcomes, ["ok"] * 3)
    assert found.pages == 2
    assert found.difference == pytest.approx((0.1, 0.1, 0.1))
    assert found.champion_outcomes == outcomes


def test_endpoint_that_was_down_is_no_evidence() -> None:
    down = ["endpoint_error", "aborted"]
    found = weigh(scored(0.0, 0.0), scored(0.0, 0.0), [True] * 2, down, down)
    assert found.pages == 0
    assert decide(found, GateRule()).verdict is Verdict.INSUFFICIENT_EVIDENCE


def test_failed_share_counts_what_was_not_read_right_through() -> None:
    assert failed_share(["ok", "empty", "partial", "timeout"]) == 0.5
