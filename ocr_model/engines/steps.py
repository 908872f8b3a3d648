"""The steps of reading a page in MLflow's traces: spans of their own, or folded into the page's.

An empty span takes 0.9 kB of MLflow's database with its indexes, and 10 ms of CPU to store. One
page in an evaluation is worth that, each of ten million pages is not.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar

import mlflow
from mlflow.entities import LiveSpan, SpanStatusCode, SpanType

_folded: ContextVar[bool] = ContextVar("folded", default=False)


class FoldedStep:
    """What a step says of itself where it has no span."""

    def __init__(self) -> None:
        self.facts: dict[str, object] = {}

    def set_inputs(self, inputs: Mapping[str, object]) -> None:
        self.facts |= inputs

    def set_outputs(self, outputs: Mapping[str, object]) -> None:
        self.facts |= outputs

    def set_status(self, status: SpanStatusCode) -> None:
        """Nothing: what failed says so in its outputs, and in the page's status if it was final."""


@contextmanager
def fold_steps(folded: bool) -> Iterator[None]:
    """Decide for the steps inside, in this thread."""
    token = _folded.set(folded)
    try:
        yield
    finally:
        _folded.reset(token)


def are_folded() -> bool:
    return _folded.get()


@contextmanager
def step(name: str, span_type: str = SpanType.PARSER) -> Iterator[LiveSpan | FoldedStep]:
    """A span; or, folded, an attribute of the open span with the same facts and the time taken.

    A step that is taken again is told apart: "parse", "parse 2".
    """
    page = mlflow.get_current_active_span()
    if page is None or not are_folded():
        with mlflow.start_span(name, span_type) as span:
            yield span
        return
    folded, started = FoldedStep(), time.perf_counter()
    try:
        yield folded
    finally:
        facts = folded.facts | {"ms": round((time.perf_counter() - started) * 1000)}
        page.set_attribute(_unused_name(page, name), facts)


def _unused_name(page: LiveSpan, name: str) -> str:
    number, unused = 1, name
    while page.get_attribute(unused) is not None:
        number += 1
        unused = f"{name} {number}"
    return unused
