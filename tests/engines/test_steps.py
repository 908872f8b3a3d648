"""Steps of a page as spans, or folded into the span of the page."""

from __future__ import annotations

from typing import Any

import mlflow
import pytest

from ocr_model.engines.steps import are_folded, fold_steps, step


def stored_spans(*, folded: bool, fail: bool = False) -> list[Any]:
    with mlflow.start_span("page") as page, fold_steps(folded):
        for words in (3, 5):
            try:
                with step("parse") as taken:
                    taken.set_inputs({"page": 1})
                    taken.set_outputs({"words": words})
                    if fail:
                        raise ValueError
            except ValueError:
                pass
    trace = mlflow.get_trace(page.trace_id)
    assert trace is not None
    return list(trace.data.spans)


@pytest.mark.usefixtures("mlflow_store")
def test_a_step_is_a_span_unless_folded() -> None:
    spans = stored_spans(folded=False)
    assert [span.name for span in spans] == ["page", "parse", "parse"]
    assert [span.outputs for span in spans[1:]] == [{"words": 3}, {"words": 5}]


@pytest.mark.usefixtures("mlflow_store")
@pytest.mark.parametrize("fail", [False, True])
def test_a_folded_step_stands_in_the_page_with_its_time_also_if_it_fails(fail: bool) -> None:
    [page] = stored_spans(folded=True, fail=fail)
    facts = [page.attributes["parse"], page.attributes["parse 2"]]
    assert [fact["words"] for fact in facts] == [3, 5]
    assert all(fact["page"] == 1 and fact["ms"] >= 0 for fact in facts)


def test_steps_are_not_folded_again_afterwards() -> None:
    with fold_steps(folded=True):
        assert are_folded()
    assert not are_folded()


def test_a_step_outside_of_any_page_is_a_span_of_its_own(mlflow_store: str) -> None:
    with fold_steps(folded=True), step("parse") as taken:
        assert not hasattr(taken, "facts")
