"""Rows of a batch -> outcomes and cost."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any, NamedTuple

from mlflow.tracing.utils import calculate_cost_by_model_and_token_usage

from ocr_model.schema import READ, Outcome

# Large enough to avoid rounding errors, small enough to get no quantity discount.
_PRICED_TOKENS = 1000
SHOWN_DOCUMENTS = 10


class Failed(NamedTuple):
    """A document that was not read."""

    document_id: str
    outcome: str
    error: str


@dataclass(slots=True)
class BatchSummary:
    """Counts of rows. Tokens are those the rows report; None if none does.

    `cost_usd` is None if nothing was paid, and if it is unknown: for an LLM without a price in
    MLflow's catalogue, or without reported tokens; `unpriced` names it.
    """

    outcomes: Counter[str] = field(default_factory=Counter)
    pages: int = 0
    cached: int = 0
    prompt_tokens: int | None = None
    completion_tokens: int | None = None
    cost_usd: float | None = None
    unpriced: set[str] = field(default_factory=set)
    # The first rows of each kind, for a person to check.
    failed: list[Failed] = field(default_factory=list)
    to_review: list[str] = field(default_factory=list)
    needs_review: int = 0
    # The error of the last row that failed because of the endpoint.
    complaint: str | None = None

    @property
    def documents(self) -> int:
        return self.outcomes.total()

    @property
    def unread(self) -> int:
        return sum(count for name, count in self.outcomes.items() if name not in READ)

    def metrics(self) -> dict[str, float]:
        known: dict[str, float | None] = {
            "documents": self.documents,
            "pages": self.pages,
            "cached_documents": self.cached,
            "prompt_tokens": self.prompt_tokens,
            "completion_tokens": self.completion_tokens,
            "cost_usd": self.cost_usd,
        }
        counts = {f"outcome_count/{name}": float(count) for name, count in self.outcomes.items()}
        return {name: float(value) for name, value in known.items() if value is not None} | counts


def summarize(rows: Iterable[dict[str, Any]]) -> BatchSummary:
    """Aggregate rows, one at a time."""
    summary = BatchSummary()
    for row in rows:
        summary.outcomes[row["outcome"]] += 1
        summary.pages += row["pages"]
        summary.cached += bool(row["cached"])
        if row["outcome"] not in READ:
            if len(summary.failed) < SHOWN_DOCUMENTS:
                found = Failed(row["document_id"], row["outcome"], row["error"] or "")
                summary.failed.append(found)
        elif row.get("needs_review"):  # models logged before it was a column have none
            summary.needs_review += 1
            if len(summary.to_review) < SHOWN_DOCUMENTS:
                summary.to_review.append(row["document_id"])
        if row["llm"] is not None and not row["cached"]:
            _add_cost(summary, row)
        if row["outcome"] == Outcome.ENDPOINT_ERROR or (row["error"] and not summary.complaint):
            summary.complaint = row["error"]
    if summary.unpriced:
        summary.cost_usd = None
    return summary


def _add_cost(summary: BatchSummary, row: Mapping[str, Any]) -> None:
    prompt, completion = row["prompt_tokens"], row["completion_tokens"]
    if prompt is None and completion is None and row["outcome"] not in READ:
        return  # nothing came back
    if prompt is not None:
        summary.prompt_tokens = (summary.prompt_tokens or 0) + prompt
    if completion is not None:
        summary.completion_tokens = (summary.completion_tokens or 0) + completion
    prices = usd_per_token(row["llm"])
    if prices is None or prompt is None or completion is None:
        summary.unpriced.add(row["llm"])
        return
    cost_usd = prompt * prices[0] + completion * prices[1]
    summary.cost_usd = (summary.cost_usd or 0.0) + cost_usd


@cache
def usd_per_token(llm: str) -> tuple[float, float] | None:
    """The prices of an input and an output token in MLflow's catalogue; None if not listed."""
    usage = {"input_tokens": _PRICED_TOKENS, "output_tokens": _PRICED_TOKENS}
    cost = calculate_cost_by_model_and_token_usage(llm, usage)
    if cost is None:
        return None
    return cost["input_cost"] / _PRICED_TOKENS, cost["output_cost"] / _PRICED_TOKENS
