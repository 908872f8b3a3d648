"""Steps of a page as attributes of the page's span."""

from __future__ import annotations

import mlflow
import pytest

from ocr_model.engines.steps import step


@pytest.mark.usefixtures("mlflow_store")
@pytest.mark.parametrize("fail", [False, True])
def test_a_step_stands_in_the_page_with_its_time_also_if_it_fails(fail: bool) -> None:
    with mlflow.start_span("page") as page:
        for words in (3, 5):
            try:
                with step("parse") as facts:
                    facts["words"] = words
                    if fail:
                        raise ValueError
            except ValueError:
                pass
    trace = mlflow.get_trace(page.trace_id)
    assert trace is not None
    [span] = trace.data.spans
    taken = [span.attributes["parse"], span.attributes["parse 2"]]
    assert [facts["words"] for facts in taken] == [3, 5]
    assert all(facts["ms"] >= 0 for facts in taken)


def test_a_step_outside_of_any_page_leaves_nothing(mlflow_store: str) -> None:
    with step("parse") as facts:
        facts["words"] = 3
    assert mlflow.search_traces(return_type="list") == []
