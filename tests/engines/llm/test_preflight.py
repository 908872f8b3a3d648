"""The preflight against loopback servers that behave like those in the field."""

from __future__ import annotations

import json
import os
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any
from unittest import mock

import mlflow
import pytest

from ocr_model.engines.llm.preflight import EndpointCheck, check_endpoint
from ocr_model.schema import Usage
from tests.support.endpoint import Endpoint, Played, Reply, Seen, completion, error
from tests.support.llm import config_of

NUMBER = "4719"
READ = json.dumps({"pairs": [{"key": "Number:", "value": [NUMBER]}]})


def able(_: Seen) -> Played:
    """An LLM that reads what it is shown."""
    return completion(READ)


def refusing_max_tokens(seen: Seen) -> Played:
    if "max_tokens" in seen.body:
        return error(400, "Unsupported parameter: 'max_tokens'. Use 'max_completion_tokens'.")
    return able(seen)


def llama_cpp_like(seen: Seen) -> Played:
    if seen.rung == "json_schema":
        return error(500, "[{'type': 'literal_error', 'msg': \"Input should be 'text' or 'json\"}]")
    return able(seen)


def dropping_images(_: Seen) -> Played:
    return completion('{"pairs": []}', usage={"prompt_tokens": 20, "completion_tokens": 5})


def check(script: Callable[[Seen], Played], **settings: Any) -> EndpointCheck:
    with Endpoint(script) as server:
        return check_at(server.environment, **settings)


def check_at(environment: dict[str, str], **settings: Any) -> EndpointCheck:
    with mock.patch.dict(os.environ, environment):
        return check_endpoint(config_of(**{"timeout_s": 30.0, **settings}), NUMBER)


@pytest.mark.parametrize(
    ("script", "notes"),
    [
        (able, ()),
        (refusing_max_tokens, ("token limit sent under its other name",)),
        (llama_cpp_like, ("asked for json_object: the endpoint refused json_schema",)),
    ],
    ids=lambda value: getattr(value, "__name__", None),
)
def test_a_usable_server_is_read_from_with_notes_on_what_it_refused(
    script: Any, notes: tuple[str, ...]
) -> None:
    report = check(script, llm_parameters={"max_tokens": 99})
    assert report == EndpointCheck(notes, Usage(1200, 30))


def test_a_usable_server_gets_one_request_with_the_page_and_never_the_cache(tmp_path: Path) -> None:
    path = str(tmp_path / "replies.sqlite")
    with Endpoint(able) as server:
        for _ in range(2):
            check_at(server.environment, cache="read-write", cache_path=path)
    assert [seen.image.size for seen in server.requests] == [(800, 600)] * 2
    assert not list(tmp_path.iterdir())


def test_a_check_leaves_no_trace_and_tracing_on(mlflow_store: str) -> None:
    check(able)
    mlflow.flush_trace_async_logging()
    assert mlflow.search_traces(return_type="list") == []
    with mlflow.start_span("afterwards"):
        pass
    mlflow.flush_trace_async_logging()
    assert len(mlflow.search_traces(return_type="list")) == 1


def refusing(status: int, message: str, **members: Any) -> Callable[[Seen], Played]:
    return lambda _: error(status, message, **members)


@pytest.mark.parametrize(
    ("script", "problem"),
    [
        (refusing(401, "Incorrect API key provided: test-key-1234"), "Check OPENAI_API_KEY"),
        (refusing(404, "The model does not exist", code="model_not_found"), "Check `llm`"),
        (refusing(429, "quota", code="insufficient_quota"), "Top up the account"),
        (refusing(429, "Rate limit", headers={"retry-after": "60"}), "asks to wait 60 s"),
        (refusing(302, "elsewhere"), "Set OPENAI_BASE_URL to the address"),
        (refusing(400, "test-llm is not a multimodal model"), "set `page_input` to 'text'"),
        (refusing(400, "Unknown name 'seed'", type="invalid_parameter"), "Change `llm_parameters`"),
        (lambda _: Reply(b"<html>Log in</html>", 200), "no login page"),
        (lambda _: completion("I cannot read forms."), "I cannot read forms"),
        (lambda _: completion(), "got ['Ann Berg', '']: the page was not seen"),
    ],
    ids=[
        *("key", "model", "quota", "rate_limit", "redirect", "no_images", "parameter"),
        *("login_page", "prose", "invented_pairs"),
    ],
)
def test_an_endpoint_that_cannot_be_used_is_named_with_the_remedy(
    script: Callable[[Seen], Played], problem: str
) -> None:
    report = check(script)
    assert report.problem is not None
    assert problem in report.problem
    assert "test-key-1234" not in repr(report)


def test_an_image_that_was_dropped_is_noted() -> None:
    report = check(dropping_images)
    assert report.notes == ("20 prompt tokens: the endpoint may have dropped the image",)
    assert report.problem is not None


def test_a_server_that_is_not_running_is_named() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{unused.getsockname()[1]}/v1"
        report = check_at({"OPENAI_BASE_URL": url})
    assert report.problem is not None
    assert url in report.problem
    assert "that the server is running" in report.problem
