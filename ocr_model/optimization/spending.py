"""The budget and the spending of a search: calls, tokens, money.

A cached reply counts like a new one, so that a resumed search ends where the interrupted one would
have.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from mlflow.tracing.utils import calculate_cost_by_model_and_token_usage

from ocr_model.errors import OcrModelError
from ocr_model.schema import Usage

# Few enough that no price for long requests applies.
_PRICED_TOKENS = 1000


class LimitReachedError(OcrModelError):
    """The next calls would exceed a limit; the results so far count."""


@dataclass(frozen=True, slots=True)
class Limits:
    """0: no limit."""

    calls: int
    tokens: int = 0
    usd: float = 0.0


@dataclass(slots=True)
class Spending:
    """`usd` is None if MLflow's catalogue has no price for an LLM; it does not include unreported
    tokens. Of `calls`, `reused` had been paid for before.
    """

    limits: Limits
    tell: Callable[[Spending], None] = lambda _: None
    calls: int = 0
    reused: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0
    usd: float | None = 0.0

    @property
    def tokens(self) -> int:
        return self.prompt_tokens + self.completion_tokens

    def add(self, llm: str, usage: Usage, calls: int, *, reused: bool) -> None:
        prompt, completion = usage.prompt_tokens or 0, usage.completion_tokens or 0
        self.calls += calls
        self.reused += calls if reused else 0
        self.prompt_tokens += prompt
        self.completion_tokens += completion
        price = _usd_per_token(llm)
        if price is None or self.usd is None:
            self.usd = None
        else:
            self.usd += prompt * price[0] + completion * price[1]
        self.tell(self)

    def check(self, calls: int) -> None:
        """Check the budget for this many calls at the average cost so far.

        Raises:
            LimitReachedError: they would exceed a limit.
        """
        limits, each = self.limits, 1 / max(self.calls, 1)
        if self.calls + calls > limits.calls:
            raise LimitReachedError(f"{limits.calls:,} calls")
        if limits.tokens and self.tokens * (1 + calls * each) > limits.tokens:
            raise LimitReachedError(f"{limits.tokens:,} tokens")
        if limits.usd and self.usd is not None and self.usd * (1 + calls * each) > limits.usd:
            raise LimitReachedError(f"{limits.usd:g} USD")
        if limits.tokens and self.calls and not self.tokens:
            raise OcrModelError(
                "Expected the endpoint to report tokens, as they are limited, got replies without. "
                "Limit calls instead."
            )

    def __str__(self) -> str:
        usd = "cost unknown" if self.usd is None else f"{self.usd:.4f} USD"
        return f"{self.calls:,} calls, {self.tokens:,} tokens, {usd}"


def has_price(llm: str) -> bool:
    """Whether MLflow's catalogue has prices for the LLM."""
    return _usd_per_token(llm) is not None


@lru_cache(maxsize=16)
def _usd_per_token(llm: str) -> tuple[float, float] | None:
    usage = {"input_tokens": _PRICED_TOKENS, "output_tokens": _PRICED_TOKENS}
    found = calculate_cost_by_model_and_token_usage(llm, usage)
    if not found:
        return None
    return found["input_cost"] / _PRICED_TOKENS, found["output_cost"] / _PRICED_TOKENS
