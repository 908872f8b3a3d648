"""The preflight against loopback servers that behave like those in the field."""

from __future__ import annotations

import json
import os
import socket
from collections.abc import Callable
from typing import Any
from unittest import mock

import pytest

from ocr_model.engines.llm.exchange.endpoint import endpoint_from
from ocr_model.engines.llm.preflight.check import Report, check_endpoint
from tests.support.endpoint import Endpoint, Played, Reply, Seen, completion, error
from tests.support.llm import config_of

NUMBER = "4719"
READ = json.dumps({"pairs": [{"key": "Number:", "value": [NUMBER]}]})
SNOW = "Snow is white."
COUNTED = " ".join(map(str, range(1, 101)))
LIMITED = {"prompt_tokens": 30, "completion_tokens": 16}
MODELS = Reply({"object": "list", "data": [{"id": "test-llm", "object": "model"}]})


def able(seen: Seen, *, rungs: tuple[str, ...] = ("json_schema", "json_object")) -> Played:
    """An LLM that reads what it is shown, on a server that enforces the rungs."""
    if "pairs" in seen.text:
        return completion(READ)
    if "Count" in seen.text:
        return completion("1 2 3 4 5 6 7 8", finish_reason="length", usage=LIMITED)
    if seen.rung not in rungs:
        return completion(SNOW)
    member = "colour" if seen.rung == "json_schema" else "sky"
    return completion(json.dumps({member: SNOW}))


def openai_like(seen: Seen) -> Played:
    if "max_tokens" in seen.body:
        return error(
            400,
            "Unsupported parameter: 'max_tokens' is not supported with this model. Use "
            "'max_completion_tokens' instead.",
            code="unsupported_parameter",
            param="max_tokens",
        )
    return able(seen)


def llama_cpp_like(seen: Seen) -> Played:
    if seen.rung == "json_schema":
        return error(500, "[{'type': 'literal_error', 'msg': \"Input should be 'text' or 'json\"}]")
    return able(seen)


def lm_studio_like(seen: Seen) -> Played:
    if seen.rung == "json_object":
        said = "'response_format.type' must be 'json_schema' or 'text'"
        return Reply({"error": said}, 400)
    return able(seen)


def gemini_like(seen: Seen) -> Played:
    if "seed" in seen.body:
        fault = {"code": 400, "message": 'Unknown name "seed": Cannot find field.', "status": "X"}
        return Reply([{"error": fault}], 400)
    return able(seen)


def anthropic_like(seen: Seen) -> Played:
    return able(seen, rungs=())


def text_only(seen: Seen) -> Played:
    if seen.data_urls:
        return error(400, "test-llm is not a multimodal model")
    return able(seen)


def text_only_500(seen: Seen) -> Played:
    return error(500, "image input is not supported") if seen.data_urls else able(seen)


def dropping_images(seen: Seen) -> Played:
    return completion('{"pairs": []}') if seen.data_urls else able(seen)


def ignoring_max_completion_tokens(seen: Seen) -> Played:
    if "Count" in seen.text and "max_tokens" not in seen.body:
        return completion(COUNTED, usage=None)
    return able(seen)


def refusing_detail(seen: Seen) -> Played:
    if any("detail" in part.get("image_url", {}) for part in seen.parts):
        return error(422, "messages.0.content.0.image_url.detail: Extra inputs are not permitted")
    return able(seen)


def check(
    script: Callable[[Seen], Played], models: Reply | None = MODELS, **settings: Any
) -> Report:
    with Endpoint(script, models=models) as server:
        return check_at(server.environment, **settings)


def check_at(environment: dict[str, str], **settings: Any) -> Report:
    with mock.patch.dict(os.environ, environment):
        return check_endpoint(endpoint_from(os.environ), config_of(**settings), NUMBER)


@pytest.mark.parametrize(
    ("script", "rung", "page_input", "findings"),
    [
        (able, "json_schema", "image", {"json_schema": "enforced", "json_object": "enforced"}),
        (openai_like, "json_schema", "image", {"token limit": "max_completion_tokens, held to"}),
        (llama_cpp_like, "json_object", "image", {"json_schema": "refused: HTTP 500"}),
        (lm_studio_like, "json_schema", "image", {"json_object": "refused: HTTP 400"}),
        (gemini_like, "json_schema", "image", {"key": "accepted", "usage": "reported"}),
        (anthropic_like, "text", "image", {"json_schema": "taken, but not enforced"}),
        (text_only, "json_schema", "text", {"images": "refused: HTTP 400", "text": "read"}),
        (text_only_500, "json_schema", "text", {"images": "refused: HTTP 500"}),
        (dropping_images, "json_schema", "text", {"images": "taken, but the number"}),
    ],
    ids=lambda value: getattr(value, "__name__", None),
)
def test_what_a_server_can_do_becomes_settings(
    script: Any, rung: str, page_input: str, findings: dict[str, str]
) -> None:
    report = check(script)
    assert report.problem is None
    assert report.settings == {"structured_output": rung, "page_input": page_input}
    assert {k: report.findings[k][: len(v)] for k, v in findings.items()} == findings


@pytest.mark.parametrize(
    ("script", "given", "proposed", "finding"),
    [
        (openai_like, {"max_tokens": 99}, {"max_completion_tokens": 99}, ("refused", "max_tokens")),
        (
            ignoring_max_completion_tokens,
            {"max_completion_tokens": 99, "temperature": 0},
            {"max_tokens": 99, "temperature": 0},
            ("token limit", "max_tokens; ignored under its other name"),
        ),
        (gemini_like, {"seed": 7, "top_p": 1}, {"top_p": 1}, ("refused", "seed")),
        (able, {}, {}, ("token limit", "none sent")),
    ],
    ids=["refused_name", "ignored_name", "unknown_field", "none"],
)
def test_parameters_that_are_refused_or_ignored_are_replaced(
    script: Any, given: dict[str, Any], proposed: dict[str, Any], finding: tuple[str, str]
) -> None:
    report = check(script, llm_parameters=given)
    assert report.llm_parameters == proposed
    assert report.findings[finding[0]] == finding[1]


def test_a_limit_that_nobody_holds_to_is_told() -> None:
    def endless(seen: Seen) -> Played:
        return completion(COUNTED, usage=None) if "Count" in seen.text else able(seen)

    report = check(endless)
    assert report.findings["token limit"] == "ignored, whatever its name"
    assert report.findings["usage"] == "not reported"
    assert report.llm_parameters == {"max_completion_tokens": 8192}


def test_a_server_that_takes_no_limit_gets_none() -> None:
    def unlimited(seen: Seen) -> Played:
        for name in ("max_tokens", "max_completion_tokens"):
            if name in seen.body:
                return error(400, f"Unsupported parameter: {name}")
        return able(seen)

    report = check(unlimited)
    assert (report.llm_parameters, report.findings["token limit"]) == ({}, "none sent")


def test_detail_is_left_out_where_it_is_refused() -> None:
    assert check(refusing_detail).settings["image_detail"] == "omit"


def test_a_configured_page_input_is_kept_where_it_works() -> None:
    assert check(able, page_input="image+text").settings["page_input"] == "image+text"
    assert check(able, page_input="text").settings["page_input"] == "text"


@pytest.mark.parametrize(
    ("entry", "models", "shuts_down"),
    [
        (
            {"id": "test-llm", "shutdown_date": "2027-01-14"},
            "1 listed, with this one",
            "2027-01-14",
        ),
        ({"id": "test-llm", "shutdown_date": None}, "1 listed, with this one", None),
        ({"id": "other", "shutdown_date": "2027-01-14"}, "1 listed, without this one", None),
    ],
    ids=["date", "no_date", "not_listed"],
)
def test_the_list_of_models_is_told(
    entry: dict[str, Any], models: str, shuts_down: str | None
) -> None:
    found = check(able, Reply({"data": [entry]})).findings
    assert found["models"] == models
    assert found.get("shuts down", "").partition(" ")[0] == (shuts_down or "")


@pytest.mark.parametrize(
    "models",
    [None, Reply(b"<html>", 200), Reply([1], 200), error(403, "not for this key")],
    ids=["404", "html", "odd", "403"],
)
def test_an_endpoint_without_a_list_of_models_is_usable(models: Reply | None) -> None:
    report = check(able, models)
    assert (report.problem, report.findings["model"]) == (None, "answers")


def refusing(status: int, message: str, **members: Any) -> Callable[[Seen], Played]:
    return lambda _: error(status, message, **members)


@pytest.mark.parametrize(
    ("script", "problem"),
    [
        (refusing(401, "Incorrect API key provided: test-key-1234"), "Check OPENAI_API_KEY"),
        (refusing(404, "The model does not exist", code="model_not_found"), "It lists test-llm"),
        (refusing(429, "quota", code="insufficient_quota"), "Top up the account"),
        (refusing(302, "elsewhere"), "Set OPENAI_BASE_URL to the address"),
        (lambda _: Reply(b"<html>Log in</html>", 200), "no login page"),
        (lambda _: completion("I cannot read forms."), "expected the pairs of a test page"),
        (lambda _: completion(), "expected the pairs of a test page"),
    ],
    ids=["key", "model", "quota", "redirect", "login_page", "prose", "invented_pairs"],
)
def test_an_endpoint_that_cannot_be_used_is_told_with_the_remedy(
    script: Callable[[Seen], Played], problem: str
) -> None:
    report = check(script)
    assert report.problem is not None
    assert problem in report.problem
    assert "(llm 'test-llm')" in report.problem
    assert "test-key-1234" not in repr(report)
    assert report.settings == {}


def test_a_rate_limit_is_not_taken_for_a_refusal_of_images() -> None:
    def limited(seen: Seen) -> Played:
        if seen.data_urls:
            return error(429, "Rate limit", headers={"retry-after": "60"})
        return able(seen)

    report = check(limited)
    assert report.problem is not None
    assert "asks to wait 60 s" in report.problem
    assert "images" not in report.findings


def test_a_server_that_is_not_running_is_named() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{unused.getsockname()[1]}/v1"
        report = check_at({"OPENAI_BASE_URL": url})
    assert report.problem is not None
    assert url in report.problem
    assert "that the server is running" in report.problem


def test_a_usable_server_is_asked_no_more_than_it_takes() -> None:
    with Endpoint(able, models=MODELS) as server:
        check_at(server.environment)
    assert (len(server.gets), len(server.requests)) == (1, 4)
