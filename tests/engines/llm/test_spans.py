"""What the engine leaves in MLflow: sizes, digests, tokens and texts; never base64, never a key."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import mlflow
import pytest
from mlflow.entities import Span, Trace

from ocr_model.documents import encode_page
from ocr_model.errors import LLMError
from tests.support.endpoint import GOOD, Endpoint, Script, completion, error
from tests.support.llm import PAGE, engine_on

SENT = encode_page(PAGE.image, 1000, "jpeg", 40)


@pytest.fixture
def _autolog() -> Iterator[None]:
    mlflow.openai.autolog(silent=True)
    yield
    mlflow.openai.autolog(disable=True, silent=True)


def traced(script: Script, **settings: Any) -> Trace:
    """Read a page inside a span, as the extractor does, and fetch the trace."""
    with Endpoint(script) as endpoint, engine_on(endpoint.environment, **settings) as engine:
        with mlflow.start_span("page") as span:
            try:
                engine.read_page(PAGE)
            except LLMError:
                span.set_status("ERROR")
        trace: Trace | None = mlflow.get_trace(span.trace_id)
    assert trace is not None
    return trace


def spans_of(trace: Trace) -> dict[str, Span]:
    return {span.name: span for span in trace.data.spans}


def stored(folder: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.usefixtures("mlflow_store")
def test_a_page_leaves_its_span_and_one_for_the_completion() -> None:
    trace = traced([completion()], llm="gpt-6-luna")
    page, ask = trace.data.spans
    assert (page.name, ask.name, ask.span_type) == ("page", "completion", "CHAT_MODEL")
    assert (
        page.attributes["request"].items()
        >= {
            "prompt_uri": "prompts:/p/1",
            "rung": "json_schema",
            "image": [120, 80],
            "bytes": len(SENT.data),
            "sha256": SENT.sha256,
        }.items()
    )
    assert page.attributes["parse"].items() >= {"outcome": "ok", "pairs": 2}.items()
    assert ask.inputs["messages"][0]["content"] == "Read the form."
    assert ask.outputs["choices"][0]["message"]["content"] == GOOD
    assert trace.info.token_usage == {
        "input_tokens": 1200,
        "output_tokens": 30,
        "total_tokens": 1230,
    }
    # 1,200 tokens at $0.10 and 30 at $0.50 per million: MLflow's own catalogue priced them.
    assert trace.info.cost is not None
    assert trace.info.cost["total_cost"] == pytest.approx(0.000135)


@pytest.mark.usefixtures("_autolog")
@pytest.mark.parametrize("trace_images", ["full", "none"])
def test_the_image_is_an_attachment_or_nowhere_whatever_autolog_does(
    mlflow_store: str, tmp_path: Path, trace_images: str
) -> None:
    trace = traced([completion()], trace_images=trace_images)
    assert [span.name for span in trace.data.spans] == ["page", "completion"]
    url = spans_of(trace)["completion"].inputs["messages"][1]["content"][0]["image_url"]["url"]
    holders = [path for path, data in stored(tmp_path).items() if SENT.data in data]
    if trace_images == "full":
        assert url.startswith("mlflow-attachment://")
        assert [path.suffix for path in holders] != [".db"]
        assert len(holders) == 1
    else:
        assert url == f"sha256:{SENT.sha256[:16]}"
        assert holders == []
    as_text = base64.b64encode(SENT.data)[:200]
    assert not [path for path, data in stored(tmp_path).items() if as_text in data]


@pytest.mark.usefixtures("mlflow_store")
def test_unknown_usage_is_not_stored_as_zero() -> None:
    assert traced([completion(usage={"prompt_tokens": 5})]).info.token_usage is None


@pytest.mark.usefixtures("mlflow_store")
def test_a_second_request_and_its_reason_are_visible() -> None:
    trace = traced([completion(GOOD[:30])])
    page, *asks = trace.data.spans
    assert [ask.name for ask in asks] == ["completion", "completion"]
    assert page.attributes["parse"]["outcome"] == "unparseable"
    assert page.attributes["parse"]["text"] == GOOD[:30]
    reason = "it was not the JSON object described above"
    assert page.attributes["request 2"]["again"] == reason
    assert trace.info.token_usage is not None
    assert trace.info.token_usage["input_tokens"] == 2400


@pytest.mark.usefixtures("mlflow_store")
def test_of_a_reply_that_was_parsed_as_it_came_the_start_is_shown() -> None:
    long = GOOD + " " * 500
    _, ask = traced([completion(long)]).data.spans
    shown = ask.outputs["choices"][0]["message"]["content"]
    assert shown == f"{long[:120]}... ({len(long)} chars)"


@pytest.mark.usefixtures("mlflow_store")
def test_what_could_not_be_parsed_as_it_came_is_kept_whole() -> None:
    broken, fenced = GOOD[:30] + "?" * 500, f"```json\n{GOOD}\n```" + " " * 500
    page, *_ = traced([completion(broken), completion(fenced)]).data.spans
    assert page.attributes["parse"]["text"] == broken
    assert page.attributes["parse"]["outcome"] == "unparseable"
    assert page.attributes["parse 2"]["text"] == fenced
    assert page.attributes["parse 2"]["notes"]


@pytest.mark.usefixtures("mlflow_store")
def test_a_fault_is_kept_with_what_was_received_and_paid() -> None:
    spans = spans_of(traced([completion(GOOD[:30], finish_reason="content_filter")]))
    assert spans["completion"].status.status_code == "ERROR"
    assert spans["completion"].outputs["fault"] == "content_filter"
    assert spans["completion"].outputs["text"] == GOOD[:30]
    assert spans["completion"].attributes["mlflow.chat.tokenUsage"]["input_tokens"] == 1200


@pytest.mark.parametrize(
    "script",
    [
        [completion()],
        [error(401, "Incorrect API key provided: test-key-1234")],
        [error(500, "test-key-1234 broke")] * 5,
        [completion(f"test-key-1234 {GOOD}")],
        [completion("test-key-1234"), completion(None, refusal="test-key-1234")],
    ],
    ids=["ok", "wrong_key", "server_error", "in_a_completion", "in_a_refusal"],
)
def test_the_key_is_nowhere_in_the_store(mlflow_store: str, tmp_path: Path, script: Any) -> None:
    traced(script, trace_images="full")
    files = stored(tmp_path)
    assert files
    assert not [path for path, data in files.items() if b"test-key-1234" in data]
