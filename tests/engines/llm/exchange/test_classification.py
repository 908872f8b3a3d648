"""The words servers use -> the kind of fault. One row per message seen in the wild."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ocr_model.engines.llm.exchange.classification import kind_of, status_meant
from ocr_model.engines.llm.exchange.faults import POLICY, Kind
from ocr_model.engines.llm.exchange.provider_error import ProviderError, read_provider_error

ROWS: list[tuple[int, Any, Kind]] = [
    (400, "Unsupported parameter: 'max_tokens' is not supported with this model. Use "
     "'max_completion_tokens' instead.", Kind.TOKEN_LIMIT_NAME),
    (400, 'Invalid JSON payload received. Unknown name "max_completion_tokens": Cannot find '
     "field.", Kind.TOKEN_LIMIT_NAME),
    (400, "max_tokens is too large: 8192. This model supports at most 4096 completion tokens.",
     Kind.REJECTED),
    (400, "'max_tokens' is too large: 8192. This model's maximum context length is 4096 tokens",
     Kind.CONTEXT_LENGTH),
    (400, "Unsupported value: 'temperature' does not support 0.2 with this model.",
     Kind.PARAMETER),
    (400, "Invalid parameter: 'response_format' of type 'json_schema' is not supported with this "
     "model.", Kind.RESPONSE_FORMAT),
    (400, "'response_format.type' must be 'json_schema'", Kind.RESPONSE_FORMAT),
    (500, {"error": {"message": "[{'type': 'literal_error', 'loc': ('body', 'response_format', "
     "'type'), 'msg': \"Input should be 'text' or 'json_object'\"}]"}}, Kind.RESPONSE_FORMAT),
    (422, {"detail": [{"loc": ["body", "response_format", "type"], "msg": "Input should be 'text'",
     "type": "literal_error", "input": "max_tokens unsupported"}]}, Kind.RESPONSE_FORMAT),
    (422, {"detail": [{"loc": ["body", "top_k"], "msg": "Extra inputs are not permitted",
     "type": "extra_forbidden", "input": {"response_format": 1}}]}, Kind.PARAMETER),
    (500, "Failed to initialize samplers: failed to parse grammar", Kind.RESPONSE_FORMAT),
    (400, "Invalid content type. image_url is only supported by certain models.", Kind.NO_IMAGES),
    (400, "messages[1].content must be a string", Kind.NO_IMAGES),
    (400, "this model does not support image input", Kind.NO_IMAGES),
    (500, "image input is not supported - hint: you may need to provide the mmproj",
     Kind.NO_IMAGES),
    (400, "Invalid base64 image_url.", Kind.BAD_IMAGE),
    (400, "Could not process image", Kind.BAD_IMAGE),
    (400, "cannot identify image file <_io.BytesIO object>", Kind.BAD_IMAGE),
    (400, "image exceeds 5 MB maximum: 6543210 bytes > 5242880 bytes", Kind.REQUEST_TOO_LARGE),
    (400, "Request payload is too large", Kind.REQUEST_TOO_LARGE),
    (400, "the request exceeds the available context size, try increasing it",
     Kind.CONTEXT_LENGTH),
    (400, "The input token count (40000) exceeds the maximum number of tokens allowed.",
     Kind.CONTEXT_LENGTH),
    (400, "The response was filtered due to the prompt triggering Azure OpenAI's content "
     "management policy.", Kind.CONTENT_FILTER),
    (400, "Your request was rejected as a result of our safety system.", Kind.CONTENT_FILTER),
    (400, [{"error": {"code": 400, "message": "API key not valid. Please pass a valid API key.",
     "status": "INVALID_ARGUMENT"}}], Kind.AUTH),
    (400, "Invalid model name passed in model=gpt-9. Call `/v1/models`", Kind.NOT_FOUND),
    (400, {"error": "model 'llava' not found"}, Kind.NOT_FOUND),
    (404, {"error": {"message": "No endpoints found that support image input", "code": 404}},
     Kind.NOT_FOUND),
    (429, "Rate limit reached for gpt-6 on tokens per min (TPM): Limit 30000. Please try again in "
     "6.2s. Visit platform to learn about billing.", Kind.RATE_LIMIT),
    (429, "You exceeded your current quota, please check your plan and billing details.",
     Kind.QUOTA),
    (402, {"error": "Insufficient Balance"}, Kind.QUOTA),
    (500, "The server had an error while processing your request", Kind.SERVER),
    (500, {"detail": "Internal Server Error"}, Kind.SERVER),
    (501, "not implemented", Kind.SERVER),
    (503, "The engine is currently overloaded", Kind.SERVER),
    (302, "Found", Kind.REDIRECT),
    (400, "", Kind.REJECTED),
]  # fmt: skip


@pytest.mark.parametrize(("status", "body", "kind"), ROWS)
def test_words_of_a_server_have_one_meaning(status: int, body: Any, kind: Kind) -> None:
    body = {"error": {"message": body}} if isinstance(body, str) else body
    assert kind_of(status, read_provider_error(json.dumps(body), {})) is kind


def test_every_kind_has_a_policy() -> None:
    assert set(POLICY) == set(Kind)


@pytest.mark.parametrize(
    ("body", "message", "code"),
    [
        ('{"error": {"message": "a  b", "code": 7}}', "a b", "7"),
        ('{"error": "text"}', "text", None),
        ('{"message": "old vLLM", "code": 400}', "old vLLM", "400"),
        ('{"detail": {"error": {"message": "nested", "code": "c"}}}', "nested", "c"),
        ('{"detail": "gone"}', "gone", None),
        ('[{"error": {"message": "listed"}}]', "listed", None),
        ("plain\ntext", "plain text", None),
        ("", "", None),
        ("null", "", None),
        ("[]", "", None),
        ('{"error": [1, {"msg": "m", "loc": 3}]}', "1; : m ()", None),
        ('{"error": {"message": {"message": "x"}, "code": [1], "type": true}}', "x", None),
        ("[" * 100_000, "[" * 2000, None),
    ],
)
def test_the_providers_words_are_found_in_every_shape(
    body: str, message: str, code: str | None
) -> None:
    found = read_provider_error(body, {})
    assert (found.message, found.code) == (message, code)


@pytest.mark.parametrize(
    ("headers", "message", "wait_s"),
    [
        ({"retry-after": "2"}, "", 2.0),
        ({"retry-after": "1.5"}, "", 1.5),
        ({"retry-after-ms": "250", "retry-after": "9"}, "", 0.25),
        ({"llm_provider-retry-after": "3"}, "", 3.0),
        ({"retry-after": "Wed, 21 Oct 2015 07:28:00 GMT"}, "", 0.0),
        ({"retry-after": "soon"}, "", None),
        ({"retry-after": "nan"}, "", None),
        ({"retry-after": "-1"}, "", None),
        ({"retry-after": "inf"}, "try again in 2s", 2.0),
        ({}, "Please try again in 20ms.", 0.02),
        ({}, "Please retry in 18.9s.", 18.9),
        ({}, "again", None),
    ],
)
def test_the_time_to_wait_is_read_where_it_is_said(
    headers: dict[str, str], message: str, wait_s: float | None
) -> None:
    body = json.dumps({"error": {"message": message}})
    assert read_provider_error(body, headers).wait_s == wait_s


@pytest.mark.parametrize(
    ("code", "kind", "status"),
    [
        ("429", None, 429),
        (None, "rate_limit_error", 429),
        ("insufficient_quota", None, 429),
        ("invalid_api_key", None, 401),
        (None, "authentication_error", 401),
        ("model_not_found", "invalid_request_error", 404),
        ("context_length_exceeded", None, 400),
        ("200", "overloaded_error", 500),
        ("42900", None, 500),
        (None, None, 500),
    ],
)
def test_an_error_inside_a_200_is_taken_for_the_status_it_means(
    code: str | None, kind: str | None, status: int
) -> None:
    assert status_meant(ProviderError("m", code, kind)) == status
