"""Calls, tokens and money, and when they are at their end."""

from __future__ import annotations

import pytest

from ocr_model.errors import OcrModelError
from ocr_model.optimization.spending import LimitReachedError, Limits, Spending, has_price
from ocr_model.schema import Usage

# $0.10 in and $0.50 out per million tokens in MLflow's catalogue.
PRICED = "gpt-6-luna"


def test_a_reply_that_was_paid_for_before_counts_as_when_it_was_sent() -> None:
    spending = Spending(Limits(calls=10))
    spending.add(PRICED, Usage(1_000_000, 200_000), 2, reused=False)
    spending.add(PRICED, Usage(1_000_000, 200_000), 1, reused=True)
    assert (spending.calls, spending.reused, spending.tokens) == (3, 1, 2_400_000)
    assert spending.usd == pytest.approx(0.4)
    assert str(spending) == "3 calls, 2,400,000 tokens, 0.4000 USD"


def test_the_cost_of_an_llm_without_a_price_is_unknown() -> None:
    spending = Spending(Limits(calls=10))
    spending.add("practice", Usage(1, 1), 1, reused=False)
    spending.add(PRICED, Usage(1, 1), 1, reused=False)
    assert spending.usd is None
    assert "cost unknown" in str(spending)
    assert (has_price("practice"), has_price(PRICED)) == (False, True)


@pytest.mark.parametrize(
    ("limits", "told"),
    [
        (Limits(calls=12), "12 calls"),
        (Limits(calls=99, tokens=1_400), "1,400 tokens"),
        (Limits(calls=99, usd=0.00029), "0.00029 USD"),
    ],
)
def test_calls_that_would_go_beyond_a_limit_are_not_made(limits: Limits, told: str) -> None:
    """Ten calls of 100 tokens and $0.000002 each; five more as they were are 1,500."""
    spending = Spending(limits)
    spending.add(PRICED, Usage(750, 250), 10, reused=False)
    spending.check(2)
    with pytest.raises(LimitReachedError, match=told):
        spending.check(5)


def test_tokens_cannot_be_limited_where_none_are_reported() -> None:
    spending = Spending(Limits(calls=9, tokens=10))
    spending.check(1)
    spending.add(PRICED, Usage(), 1, reused=False)
    with pytest.raises(OcrModelError, match="report tokens"):
        spending.check(1)
