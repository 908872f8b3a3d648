"""Changes of known size are told, and what did not change is left alone."""

from __future__ import annotations

import math

import numpy as np
import pytest

from ocr_model.monitoring import (
    Change,
    DocumentFacts,
    DriftVerdict,
    changes_chart,
    changes_of,
    digest_of,
    new_questions,
    overall_verdict,
)


def documents(
    count: int, seed: int, *, failing: float = 0.02, seconds: float = 2.0, skew: float = 0.4
) -> list[DocumentFacts]:
    rng = np.random.default_rng(seed)
    return [
        DocumentFacts(
            failed=float(rng.random() < failing),
            seconds_per_page=float(rng.lognormal(math.log(seconds), 0.3)),
            skew_deg=float(abs(rng.normal(0, skew))),
            confidence=float(rng.beta(8, 2)),
        )
        for _ in range(count)
    ]


def verdicts(changes: list[Change]) -> dict[str, str]:
    return {change.measure.name: change.verdict.value for change in changes}


def test_what_changed_is_named_and_the_rest_is_steady() -> None:
    changes = changes_of(documents(400, 1), documents(400, 2, failing=0.2, seconds=5.0))
    assert verdicts(changes) == {
        "failed": "changed",
        "confidence": "steady",
        "seconds_per_page": "changed",
        "skew_deg": "steady",
    }
    assert overall_verdict(changes) is DriftVerdict.CHANGED


def test_of_a_hundred_looks_at_nothing_new_at_most_five_tell_of_a_change() -> None:
    alarms = sum(
        overall_verdict(changes_of(documents(200, 2 * look), documents(200, 2 * look + 1)))
        is DriftVerdict.CHANGED
        for look in range(100)
    )
    assert alarms <= 5


@pytest.mark.parametrize(("before", "now"), [(19, 400), (400, 19), (30, 30), (1, 1)])
def test_few_documents_are_no_evidence_of_anything(before: int, now: int) -> None:
    changes = changes_of(documents(before, 1), documents(now, 2))
    assert overall_verdict(changes) is DriftVerdict.TOO_LITTLE_SEEN


def test_the_interval_is_welchs() -> None:
    # Means 2 and 5, variances 2 and 8 of 20 each: error sqrt(.5), 27.9 degrees, t 2.0486.
    before = [DocumentFacts(0.0, answers=a) for a in [2 - math.sqrt(1.9), 2 + math.sqrt(1.9)] * 10]
    now = [DocumentFacts(0.0, answers=a) for a in [5 - math.sqrt(7.6), 5 + math.sqrt(7.6)] * 10]
    change = next(c for c in changes_of(before, now) if c.measure.name == "answers")
    assert change.difference == pytest.approx(3)
    # Two measures are looked at, so that each interval is one of 97.5 %: t 2.3693.
    assert (change.low, change.high) == pytest.approx((3 - 1.6755, 3 + 1.6755), abs=2e-3)


def test_nothing_is_said_of_what_one_side_does_not_know() -> None:
    known = [DocumentFacts(0.0, answers=3.0)] * 30
    assert [c.measure.name for c in changes_of(known, [DocumentFacts(0.0)] * 30)] == ["failed"]
    assert overall_verdict([]) is DriftVerdict.TOO_LITTLE_SEEN


def test_questions_are_unknown_where_no_other_document_asks_them() -> None:
    name, date, fax = map(digest_of, ("Name", "Date", "Fax"))
    baseline = [
        DocumentFacts(0.0, questions=(name, date)),
        DocumentFacts(0.0, questions=(name,)),
    ]
    [_, change] = changes_of(baseline, [DocumentFacts(0.0, questions=(name, date, fax))])
    # In the baseline: date of the first is asked by no other, so half and none of theirs.
    assert (change.measure.name, change.before) == ("unknown_questions", 0.25)
    assert change.now == pytest.approx(1 / 3)
    seen = [("Fax:", fax), ("Fax:", fax), ("Name", name), ("Shoe size", digest_of("Shoe size"))]
    assert new_questions(baseline, seen) == [("Fax:", 2), ("Shoe size", 1)]


def test_a_chart_has_a_line_per_measure() -> None:
    changes = changes_of(documents(50, 1), documents(50, 2))
    [axes] = changes_chart(changes).axes
    assert [label.get_text() for label in axes.get_yticklabels()] == [
        "skew, degrees",
        "seconds per page",
        "lowest confidence",
        "documents not read",
    ]
