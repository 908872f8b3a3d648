"""Decide whether a candidate may replace the champion. Pure: knows no registry and no MLflow."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence, Set
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from ocr_model.errors import ConfigError
from ocr_model.lifecycle.comparison import Scored, in_points, points
from ocr_model.schema import INTERRUPTED, Outcome
from ocr_model.scoring import Difference, paired_difference

Requirement = Literal["not_worse", "better"]

_OWN_FAILURES = frozenset(Outcome) - INTERRUPTED - {Outcome.OK, Outcome.EMPTY}


class Verdict(StrEnum):
    """What the evidence shows about a candidate."""

    PROMOTE = "promote"
    WORSE = "worse"
    INSUFFICIENT_EVIDENCE = "insufficient evidence"


@dataclass(frozen=True, slots=True)
class GateRule:
    """The requirement for a candidate.

    `not_worse` is non-inferiority: the lower bound of the 95 % interval of (candidate - champion)
    is above `-margin`. `better`: it is above zero.
    """

    metric: str = "pair_f1_normalized"
    margin: float = 0.01
    requirement: Requirement = "not_worse"
    min_pages: int = 30

    def __post_init__(self) -> None:
        if not 0 <= self.margin < 1:
            raise ConfigError(
                f"Expected a margin from 0 up to 1 (0.01 is one point), got {self.margin}."
            )
        if self.min_pages < 1:
            raise ConfigError(f"Expected at least 1 page to judge on, got {self.min_pages}.")

    @property
    def bar(self) -> float:
        """The value that the lower bound must exceed."""
        return -self.margin if self.requirement == "not_worse" else 0.0

    def __str__(self) -> str:
        return (
            f"{self.metric}: lower bound of the 95 % interval above {points(self.bar, 2)}, "
            f"no failure more frequent, at least {self.min_pages} labelled pages"
        )


@dataclass(frozen=True, slots=True)
class PairedResults:
    """The results of both on the same pages.

    `pages` counts the pages that `judged_pages` kept; `difference` is (candidate - champion) on
    them. The outcomes cover all pages.
    """

    pages: int
    difference: Difference
    champion_outcomes: Sequence[str]
    candidate_outcomes: Sequence[str]


@dataclass(frozen=True, slots=True)
class GateDecision:
    """A verdict and the sentences that explain it."""

    verdict: Verdict
    reasons: tuple[str, ...]


def weigh(
    champion: Scored,
    candidate: Scored,
    labelled: Sequence[bool],
    champion_outcomes: Sequence[str],
    candidate_outcomes: Sequence[str],
) -> PairedResults:
    """Compare the two on the judged pages; `labelled`: the page has reference pairs."""
    kept = judged_pages(labelled, champion_outcomes, candidate_outcomes)
    pages = [number for number, judged in enumerate(kept) if judged]
    difference = (
        paired_difference(champion.on(pages).counts, candidate.on(pages).counts)
        if pages
        else Difference(math.nan, math.nan, math.nan)
    )
    return PairedResults(len(pages), difference, champion_outcomes, candidate_outcomes)


def judged_pages(
    labelled: Sequence[bool], champion_outcomes: Sequence[str], candidate_outcomes: Sequence[str]
) -> list[bool]:
    """Keep the pages with reference pairs that the endpoint let both models read.

    A page without pairs cannot distinguish the two, so thirty of them are no evidence. A page on
    which the champion was rate limited would count for any candidate.
    """
    return [
        bool(has_pairs) and not {champion, candidate} & INTERRUPTED
        for has_pairs, champion, candidate in zip(
            labelled, champion_outcomes, candidate_outcomes, strict=True
        )
    ]


def decide(evidence: PairedResults, rule: GateRule) -> GateDecision:
    """Judge a candidate; every verdict has reasons, worst first.

    difference 0.031 [0.010, 0.052] on 50 pages -> promote
    difference -0.080 [-0.120, -0.040] on 50 pages -> worse
    difference 0.020 [-0.030, 0.070] on 50 pages -> insufficient evidence

    `worse` needs evidence: a page that the champion read and the candidate did not, or an interval
    entirely below zero.
    """
    worse, unclear, passed = _judge_score(evidence.difference, rule)
    worse += _more_frequent(evidence, _OWN_FAILURES, "")
    unclear += _more_frequent(evidence, INTERRUPTED, " Run it again.")
    too_few = []
    if evidence.pages < rule.min_pages:
        too_few.append(
            f"Judged on {evidence.pages} labelled pages that both could read; at least "
            f"{rule.min_pages} are needed."
        )
    if too_few or (unclear and not worse):
        verdict = Verdict.INSUFFICIENT_EVIDENCE
    else:
        verdict = Verdict.WORSE if worse else Verdict.PROMOTE
    return GateDecision(verdict, (*too_few, *worse, *unclear, *passed))


def _judge_score(difference: Difference, rule: GateRule) -> tuple[list[str], list[str], list[str]]:
    """Reasons against the candidate, unsettled reasons, and passed requirements."""
    if math.isnan(difference.low):
        return [], [f"{rule.metric} could not be measured."], []
    measured = f"{rule.metric}: candidate − champion = {in_points(difference, 2)}"
    bar = points(rule.bar, 2)
    if difference.low > rule.bar:
        return [], [], [f"{measured}; the lower bound is above {bar}."]
    if difference.high < 0:
        return [f"{measured}; the whole interval is below 0."], [], []
    return [], [f"{measured}; the lower bound must be above {bar}."], []


def _more_frequent(evidence: PairedResults, failures: Set[Outcome], remedy: str) -> list[str]:
    before, now = Counter(evidence.champion_outcomes), Counter(evidence.candidate_outcomes)
    return [
        f"Pages that ended {name.value}: {now[name]}, with the champion {before[name]}.{remedy}"
        for name in Outcome
        if name in failures and now[name] > before[name]
    ]


def failed_share(outcomes: Sequence[str]) -> float:
    """['ok', 'timeout'] -> 0.5."""
    failures = _OWN_FAILURES | INTERRUPTED
    return sum(outcome in failures for outcome in outcomes) / len(outcomes)
