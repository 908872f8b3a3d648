"""Prompts tried on a page, over HTTP, with a loopback LLM and a real store."""

from __future__ import annotations

import base64
import json
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import mlflow
import pytest
import uvicorn

from ocr_model.config import parse_config
from ocr_model.prompts import register_bundled_prompts
from ocr_model.web import GateNeeds, PromptTrial, build_app
from scripts.workshop.model_server import free_port
from tests.support.endpoint import Endpoint, Reply, Seen, completion

FORM = Path(__file__).parents[2] / "data" / "sample" / "images" / "fax_cover.png"
DOCUMENT = base64.b64encode(FORM.read_bytes()).decode()
OLD, NEW = "prompts:/ocr-question-answer/1", "prompts:/ocr-question-answer/3"


def says_how_it_was_asked(seen: Seen) -> Reply:
    asked = "my own words" if "my own words" in seen.text else "a version"
    return completion(json.dumps({"pairs": [{"key": "Asked by", "value": [asked]}]}))


@pytest.fixture
def endpoint(monkeypatch: pytest.MonkeyPatch) -> Iterator[Endpoint]:
    with Endpoint(says_how_it_was_asked) as endpoint:
        for name, value in endpoint.environment.items():
            monkeypatch.setenv(name, value)
        yield endpoint


@pytest.fixture
def page(mlflow_store: str, endpoint: Endpoint, tmp_path: Path) -> Iterator[str]:
    register_bundled_prompts()
    settings = {
        "engine": "llm",
        "llm": "test-llm",
        "prompt_uri": NEW,
        "cache": "read-write",
        "cache_path": str(tmp_path / "replies.db"),
    }
    trial = PromptTrial(parse_config(settings), GateNeeds(30, "promote it"))
    port = free_port()
    app = build_app("http://127.0.0.1:9", 1_000_000, trial)
    server = uvicorn.Server(uvicorn.Config(app, port=port, log_level="error", ws="none"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    thread.join(timeout=10)


def ask(url: str, body: object = None, **headers: str) -> Any:
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, data, {"Content-Type": "application/json", **headers})
    with urllib.request.urlopen(request, timeout=30) as reply:
        return json.load(reply)


def refusal(url: str, body: object, **headers: str) -> tuple[int, str]:
    with pytest.raises(urllib.error.HTTPError) as caught:
        ask(url, body, **headers)
    with caught.value as reply:
        return reply.code, json.load(reply)["error"]


def reading(**changed: object) -> dict[str, object]:
    return {"name": "fax.png", "document": DOCUMENT, "uri": OLD, "text": None, **changed}


def test_a_page_is_read_with_a_version_and_with_a_text_that_is_not_saved(
    page: str, endpoint: Endpoint
) -> None:
    with urllib.request.urlopen(f"{page}/prompts", timeout=30) as html:
        assert b"Try prompts" in html.read()
    said = ask(f"{page}/prompts/versions")
    assert said["llm"] == "test-llm"
    assert said["gate"] == {"min_pages": 30, "command": "promote it"}
    assert [version["uri"] for version in said["versions"]] == [
        NEW,
        "prompts:/ocr-question-answer/2",
        OLD,
    ]
    by_version = ask(f"{page}/prompts/read", reading())
    by_text = ask(f"{page}/prompts/read", reading(text="Read in my own words."))
    assert by_version["pairs"] == [["Asked by", ["a version"]]]
    assert by_text["pairs"] == [["Asked by", ["my own words"]]]
    assert (by_text["prompt_tokens"], by_text["cost_usd"], by_text["cached"]) == (1200, None, False)
    mlflow.flush_trace_async_logging()
    trace = mlflow.get_trace(by_text["trace_id"])
    assert trace is not None
    assert trace.info.tags["document_id"] == "fax.png"
    # What was asked before is neither sent nor paid again.
    assert ask(f"{page}/prompts/read", reading())["cached"] is True
    assert len(endpoint.requests) == 2


def test_a_text_is_saved_once_and_only_where_it_can_be_sent(page: str) -> None:
    new = {"text": "Read in my own words.", "message": "My words"}
    uri = "prompts:/ocr-question-answer/4"
    assert ask(f"{page}/prompts/save", new) == ask(f"{page}/prompts/save", new) == {"uri": uri}
    [saved, *_] = ask(f"{page}/prompts/versions")["versions"]
    assert (saved["uri"], saved["message"], saved["text"]) == (uri, "My words", new["text"])
    for changed, said in [
        ({"text": " "}, "is empty"),
        ({"text": "{% if a %}"}, "Jinja"),
        ({"message": " "}, "what is new"),
    ]:
        status, told = refusal(f"{page}/prompts/save", {**new, **changed})
        assert (status, said in told) == (422, True), told


@pytest.mark.parametrize(
    ("changed", "headers", "status", "said"),
    [
        ({"uri": "prompts:/ocr-question-answer/99"}, {}, 422, "Expected a registered prompt"),
        ({"text": "{{ my_variable }}"}, {}, 422, "missing variables: my_variable"),
        ({"document": "no base64"}, {}, 422, "base64"),
        ({"document": "A" * 2_000_000}, {}, 413, "larger than 1 MB"),
        ({"document": "A" * 4_000_000}, {}, 413, "larger than"),
        ({"name": None}, {}, 422, "name"),
        ({}, {"Content-Type": "text/plain"}, 403, "this page itself"),
        ({}, {"Host": "evil.example"}, 403, "this page itself"),
    ],
)
def test_what_cannot_be_read_is_refused_in_a_sentence(
    page: str,
    endpoint: Endpoint,
    changed: dict[str, object],
    headers: dict[str, str],
    status: int,
    said: str,
) -> None:
    code, told = refusal(f"{page}/prompts/read", reading(**changed), **headers)
    assert (code, said in told) == (status, True), told
    assert not endpoint.requests


def test_without_an_llm_there_is_no_page_of_prompts() -> None:
    paths = {getattr(route, "path", "") for route in build_app("http://127.0.0.1:9").routes}
    assert "/rows" in paths
    assert not any(path.startswith("/prompts") for path in paths)
