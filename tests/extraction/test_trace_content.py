"""`trace_content`: what of a page is in store, log, cache and error messages, and what is not."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import mlflow
import pytest
from mlflow.entities import Trace

from ocr_model.config import parse_config
from ocr_model.engines.llm import completer
from ocr_model.extraction import Document, Extractor
from ocr_model.prompts import Message, PinnedPrompt
from ocr_model.schema import Extraction
from ocr_model.trace_content import CONTENTS
from tests.support.canaries import CANARIES, found_in
from tests.support.endpoint import Endpoint, Reply, Script, completion, error

PROMPT = PinnedPrompt("prompts:/p/1", (Message(role="system", content="Read the form."),))
WORD = CANARIES[0]
GOOD = completion(json.dumps({"pairs": [{"key": f"{WORD}:", "value": [CANARIES[1]]}]}))
BESIDE = completion(json.dumps({"pairs": [{"key": "Name", "value": ["x"]}], "more": WORD}))
NOT_ASKED = completion(json.dumps({"pairs": [{"key": "Name", "value": {WORD: WORD}}]}))
SCRIPTS: dict[str, Script] = {
    "ok": [GOOD],
    "partial": lambda _: BESIDE,
    "left_out": lambda _: NOT_ASKED,
    "unparseable": lambda _: completion(f"I read {WORD} there."),
    "truncated": lambda _: completion(f'{{"pairs": [{{"key": "{WORD}'),
    "endpoint_error": lambda _: error(400, f"I do not like {WORD} in 'messages'"),
    "content_filtered": lambda _: completion(f"{WORD}", finish_reason="content_filter"),
    "garbled": lambda _: Reply(f"<p>{WORD}</p>".encode()),
}


def read(
    script: Script, form: bytes, monkeypatch: pytest.MonkeyPatch, **settings: Any
) -> tuple[Extraction, Endpoint]:
    with Endpoint(script, lints=False) as endpoint:
        for name, value in endpoint.environment.items():
            monkeypatch.setenv(name, value)
        given = {"prompt_uri": PROMPT.uri, "engine": "llm", "llm": "gpt-6-luna", "timeout_s": 2}
        extractor = Extractor(parse_config({**given, "cache": "read-write", **settings}), PROMPT)
        return extractor.extract(Document(form, "a")), endpoint


def trace_of(row: Extraction) -> Trace:
    trace: Trace | None = mlflow.get_trace(str(row.trace_id))
    assert trace is not None
    return trace


@pytest.mark.parametrize("content", ["none", "shapes"])
@pytest.mark.parametrize("name", SCRIPTS)
def test_without_text_nothing_of_a_page_is_kept_however_it_ends(
    name: str,
    content: str,
    form_png: bytes,
    mlflow_store: str,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    row, endpoint = read(SCRIPTS[name], form_png, monkeypatch, trace_content=content)
    trace = trace_of(row)
    mlflow.flush_trace_async_logging()
    assert endpoint.requests
    assert found_in(tmp_path) == {}
    images = [seen.data_urls[0].partition(",")[2].encode() for seen in endpoint.requests]
    stored = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    assert not any(image[:120] in stored for image in images)
    said = " ".join([str(row.error), caplog.text, *capfd.readouterr(), trace.to_json()])
    assert not [word for word in CANARIES if word in said]
    assert trace.info.tags["outcome"] == row.outcome.value


@pytest.mark.parametrize("name", ["ok", "unparseable", "endpoint_error"])
def test_the_test_finds_text_where_it_is_kept(
    name: str, form_png: bytes, mlflow_store: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read(SCRIPTS[name], form_png, monkeypatch)
    mlflow.flush_trace_async_logging()
    assert "mlflow.db" in found_in(tmp_path)


@pytest.mark.parametrize("content", CONTENTS)
def test_each_content_keeps_what_the_one_before_it_keeps_and_more(
    content: str, form_png: bytes, mlflow_store: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    row, _ = read(SCRIPTS["ok"], form_png, monkeypatch, trace_content=content, cache="off")
    trace = trace_of(row)
    root, spans = trace.data.spans[0], [span.name for span in trace.data.spans]
    known = CONTENTS.index(content)  # type: ignore[arg-type]
    assert spans == ["extract", "page 1", "completion"][: 1 if known == 0 else 3]
    assert ("sha256" in root.inputs) is (known > 0)
    assert ("pairs" in root.outputs) is (known > 1)
    assert ("mlflow-attachment://" in trace.to_json()) is (known > 2)
    # What it cost is known in any case.
    assert trace.info.token_usage is not None
    assert trace.info.token_usage["total_tokens"] == 1230
    assert trace.info.cost is not None
    assert trace.info.cost["total_cost"] == pytest.approx(0.000135)


def test_the_machine_keeps_no_more_than_it_says(
    form_png: bytes, mlflow_store: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OCR_MODEL_TRACE_CONTENT", "shapes")
    row, _ = read(SCRIPTS["ok"], form_png, monkeypatch, trace_content="full")
    assert trace_of(row).data.spans[0].outputs == {"outcome": "ok", "answers": 1}
    assert found_in(tmp_path) == {}


def test_a_defect_is_logged_by_its_place_and_not_by_its_text(
    form_png: bytes,
    mlflow_store: str,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise ValueError(f"cannot read {WORD}")

    monkeypatch.setattr(completer, "build_request", fail)
    row, _ = read([GOOD], form_png, monkeypatch, trace_content="shapes")
    mlflow.flush_trace_async_logging()
    assert row.outcome.value == "internal_error"
    assert "build_request" in caplog.text
    assert WORD not in caplog.text
    assert found_in(tmp_path) == {}
