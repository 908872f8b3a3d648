"""Mutated replies of every shape end in a result or a typed outcome, in time."""

from __future__ import annotations

from collections.abc import Iterator

import mlflow
import pytest

from scripts.workshop.stress.fuzz import _bodies, fuzz


@pytest.fixture(autouse=True)
def _no_tracing() -> Iterator[None]:
    mlflow.tracing.disable()
    yield
    mlflow.tracing.reset()  # type: ignore[no-untyped-call]


def test_every_kind_of_reply_meets_accidents_and_none_ends_untyped() -> None:
    tally = fuzz(40, seed=3)
    # A busy machine may be late; nothing else may happen.
    assert [said for said in tally.failures if "took" not in said] == []
    assert tally.outcomes.keys() == _bodies().keys()
    assert sum(outcomes.total() for outcomes in tally.outcomes.values()) == 40


@pytest.mark.integration
@pytest.mark.slow
def test_500_mutated_replies_give_a_result_or_a_typed_outcome() -> None:
    tally = fuzz(500, seed=20240514)
    assert tally.failures == []
    every = set().union(*tally.outcomes.values())
    assert {"ok", "endpoint_error", "unparseable", "truncated"} <= every
    assert sum(outcomes.total() for outcomes in tally.outcomes.values()) == 500
