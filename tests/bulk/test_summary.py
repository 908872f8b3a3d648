from __future__ import annotations

from typing import Any

import pytest

from ocr_model.bulk.summary import SHOWN_DOCUMENTS, BatchSummary, Failed, summarize, usd_per_token


def row(
    outcome: str = "ok", prompt: int | None = 1000, completion: int | None = 100, **members: Any
) -> dict[str, Any]:
    tokens = {"prompt_tokens": prompt, "completion_tokens": completion}
    told: dict[str, Any] = {"pages": 1, "cached": False, "llm": "gpt-4o-mini", "error": None}
    told["document_id"] = "a.png"
    return {"outcome": outcome, **told, **tokens, **members}


# $0.15 in and $0.60 out a million: 1,000 and 100 tokens.
ONE_ROW_USD = 0.00015 + 0.00006
FROM_CACHE = row(prompt=None, completion=None, cached=True)
UNSENT = row("endpoint_error", None, None, error="Check OPENAI_API_KEY.", pages=0)
LOCAL = row(prompt=None, completion=None, llm=None)


@pytest.mark.parametrize(
    ("rows", "tokens", "cost_usd", "unpriced"),
    [
        ([row(), row("truncated")], (2000, 200), 2 * ONE_ROW_USD, set()),
        ([row(), FROM_CACHE, UNSENT], (1000, 100), ONE_ROW_USD, set()),
        ([LOCAL], (None, None), None, set()),
        ([FROM_CACHE], (None, None), None, set()),
        ([row(), row(llm="my-llm")], (2000, 200), None, {"my-llm"}),
        ([row(), row(prompt=None, completion=None)], (1000, 100), None, {"gpt-4o-mini"}),
        ([row(), row(completion=None)], (2000, 100), None, {"gpt-4o-mini"}),
    ],
    ids=[
        "all paid",
        "cache and unsent are free",
        "local",
        "all cached",
        "no price",
        "no tokens",
        "half told",
    ],
)
def test_tokens_and_cost_are_summed_where_they_are_known(
    rows: list[dict[str, Any]],
    tokens: tuple[int | None, int | None],
    cost_usd: float | None,
    unpriced: set[str],
) -> None:
    summary = summarize(rows)
    assert (summary.prompt_tokens, summary.completion_tokens) == tokens
    assert summary.cost_usd == pytest.approx(cost_usd)
    assert summary.unpriced == unpriced


def test_price_is_the_one_of_mlflow() -> None:
    assert usd_per_token("gpt-4o-mini") == pytest.approx((0.15e-6, 0.60e-6))
    assert usd_per_token("nobody-knows-it") is None


def test_what_is_not_known_is_no_metric() -> None:
    assert summarize([LOCAL, UNSENT]).metrics() == {
        "documents": 2,
        "pages": 1,
        "cached_documents": 0,
        "outcome_count/ok": 1,
        "outcome_count/endpoint_error": 1,
    }


def test_the_complaint_is_that_of_the_endpoint_not_of_those_it_stopped() -> None:
    aborted = row("aborted", None, None, error="Not tried, because before: …", pages=0)
    assert summarize([row("bad_input", error="no image"), UNSENT, aborted]).complaint == (
        "Check OPENAI_API_KEY."
    )
    assert BatchSummary().complaint is None


def test_documents_for_a_person_are_named_the_first_of_them() -> None:
    unread = [row("bad_input", document_id=f"{n}.png", error="no image") for n in range(12)]
    doubtful = row(document_id="b.png", needs_review=True)
    partial = row("partial", document_id="c.pdf", needs_review=True, error="page 2: …")
    summary = summarize([*unread, row(needs_review=False), doubtful, partial])
    assert summary.failed[0] == Failed("0.png", "bad_input", "no image")
    assert (len(summary.failed), summary.unread) == (SHOWN_DOCUMENTS, 12)
    assert (summary.to_review, summary.needs_review) == (["b.png", "c.pdf"], 2)
