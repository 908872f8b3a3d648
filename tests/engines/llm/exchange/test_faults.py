"""Every fault an endpoint may show, through the real client: a result or a typed outcome."""

from __future__ import annotations

import gzip
import socket
import struct
import time
import zlib
from collections.abc import Iterator
from email.utils import formatdate
from typing import Any

import mlflow
import pytest

from ocr_model.engines.llm.exchange.transport import MAX_REPLY_BYTES
from ocr_model.errors import LLMError
from ocr_model.schema import Answer, Outcome
from tests.support.endpoint import GOOD, USAGE, Played, Raw, Reply, completion, error, play
from tests.support.llm import PAGE, engine_on, read

ANSWERS = (Answer("Name:", "Ann Berg", 3), Answer("Date:", None, 3))
HEAD = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n"
BODY = completion().payload


@pytest.fixture(autouse=True)
def _no_tracing() -> Iterator[None]:
    mlflow.tracing.disable()
    yield
    mlflow.tracing.reset()  # type: ignore[no-untyped-call]


def reset(connection: socket.socket) -> None:
    """Hang up with RST instead of FIN."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


def drip(data: bytes) -> Raw:
    return play(*(data[i : i + 1] for i in range(len(data))), every_s=0.05)


def hang(seconds: float = 1.0) -> Raw:
    return play(b"", every_s=seconds)


def with_length(body: bytes, length: int | None = None) -> bytes:
    return HEAD + b"content-length: %d\r\n\r\n" % (len(body) if length is None else length) + body


# What is over after a while: the page is read in the end.
PASSING: dict[str, list[Played]] = {
    "01_rate_limit": [error(429, "Rate limit reached", headers={"retry-after": "0.05"})],
    "01_rate_limit_ms": [error(429, "Slow down", headers={"retry-after-ms": "20"})],
    "01_rate_limit_date": [error(429, "Slow down", headers={"retry-after": formatdate()})],
    "01_rate_limit_litellm": [error(429, "Slow", headers={"llm_provider-retry-after": "0.02"})],
    "01_rate_limit_in_words": [error(429, "Current quota exceeded. Please try again in 20ms.")],
    "01_rate_limit_gemini": [
        Reply(
            [{"error": {"code": 429, "message": "quota", "details": [{"retryDelay": "0.02s"}]}}],
            429,
        )
    ],
    "01_rate_limit_unhinted": [error(429, "Rate limit reached")] * 3,
    "03_500": [error(500, "The server had an error")],
    "03_502_html": [Reply(b"<html>Bad Gateway</html>", 502, {"content-type": "text/html"})],
    "03_503_empty": [Reply(b"", 503)],
    "03_504": [error(504, "upstream timed out")],
    "03_529": [error(529, "Overloaded", type="overloaded_error")],
    "05_408": [error(408, "Request timeout")],
    "05_409": [error(409, "Conflict")],
    "06_reset": [Raw(reset)],
    "06_closed_without_reply": [play()],
    "06_short_body": [play(with_length(BODY[:40], len(BODY)))],
    "06_bad_chunk": [play(HEAD + b"transfer-encoding: chunked\r\n\r\nZZ\r\n")],
    "06_no_http": [play(b"SSH-2.0-OpenSSH_9.6\r\n")],
    "06_twice": [Raw(reset), play()],
    "26_no_choices": [Reply({"choices": [], "usage": USAGE})],
    "26_null_choices": [Reply({"choices": None})],
    "26_no_message": [Reply({"choices": [{"finish_reason": "stop"}]})],
    "27_rate_limit_in_200": [Reply({"error": {"message": "slow", "code": 429}})],
    "27_overloaded_in_200": [Reply({"error": {"message": "busy", "type": "overloaded_error"}})],
    "28_html_once": [Reply(b"<!doctype html><p>Log in", 200, {"content-type": "text/html"})],
    "29_not_utf_8": [Reply(BODY.replace(b"Ann", b"A\xff"))],
    "29_no_json": [Reply(b"OK")],
    "29_null": [Reply(None)],
    "29_list": [Reply([1, 2])],
    "29_deep": [Reply(b'{"a":' * 100_000)],
    "29_empty": [Reply(b"")],
    "29_no_content": [Reply(b"", 204)],
}


@pytest.mark.parametrize("script", PASSING.values(), ids=PASSING.keys())
def test_a_fault_that_passes_costs_nothing_but_time(script: list[Played]) -> None:
    reading = read(script)
    assert reading.error is None
    assert reading.result is not None
    assert reading.result.answers == ANSWERS
    assert len(reading.requests) == len(script) + 1


def test_28_json_under_another_content_type_is_accepted() -> None:
    reading = read([Reply(BODY, 200, {"content-type": "text/html"})])
    assert (reading.outcome, len(reading.requests)) == ("ok", 1)


def lasting(*script: Played) -> Any:
    """A script whose last reply is repeated for ever."""
    played = list(script)
    return lambda _: played.pop(0) if len(played) > 1 else played[0]


TOO_LONG = "This model's maximum context length is 4096 tokens."
LASTING: dict[str, tuple[Played, Outcome, int, bool, str]] = {
    # fault: (reply, outcome, requests, aborts the batch, what the message says)
    "01_rate_limit_too_long": (
        error(429, "Rate limit", headers={"retry-after": "120"}),
        *(Outcome.RATE_LIMITED, 1, False, "HTTP 429.*asks to wait 120"),
    ),
    "01_rate_limit_for_ever": (
        error(429, "Rate limit", headers={"retry-after": "0.01"}),
        *(Outcome.RATE_LIMITED, 10, False, "HTTP 429"),
    ),
    "02_quota": (
        error(429, "You exceeded your current quota", code="insufficient_quota"),
        *(Outcome.ENDPOINT_ERROR, 1, True, "Top up"),
    ),
    "02_quota_in_words": (
        error(429, "litellm: check your plan and billing details", type="throttling_error"),
        *(Outcome.ENDPOINT_ERROR, 1, True, "Top up"),
    ),
    "02_payment_required": (
        error(402, "Insufficient Balance"),
        *(Outcome.ENDPOINT_ERROR, 1, True, "Top up"),
    ),
    "03_500": (error(500, "oops"), Outcome.ENDPOINT_ERROR, 5, False, "HTTP 500: 'oops'"),
    "04_500_no_images": (
        error(500, "image input is not supported - you need to provide the mmproj"),
        *(Outcome.ENDPOINT_ERROR, 1, True, "llm` that reads images"),
    ),
    "04_500_not_valid": (
        Reply({"detail": "Input should be 'auto' or 'low'"}, 500),
        *(Outcome.ENDPOINT_ERROR, 1, True, "llm_parameters"),
    ),
    "06_reset": (Raw(reset), Outcome.ENDPOINT_ERROR, 5, False, "server is running"),
    "10_wrong_key": (
        error(401, "Incorrect API key provided: test-key-1234 (also sk-abc***wxyz)."),
        *(Outcome.ENDPOINT_ERROR, 1, True, r"provided: \[key\] \(also \[key\].*OPENAI_API_KEY"),
    ),
    "10_forbidden": (error(403, "No access"), Outcome.ENDPOINT_ERROR, 1, True, "OPENAI_API_KEY"),
    "10_wrong_key_as_400": (
        Reply([{"error": {"code": 400, "message": "API key not valid."}}], 400),
        *(Outcome.ENDPOINT_ERROR, 1, True, "OPENAI_API_KEY"),
    ),
    "11_no_such_model": (
        error(404, "The model `test-llm` does not exist", code="model_not_found"),
        *(Outcome.ENDPOINT_ERROR, 1, True, r"http://127.*/v1 \(llm 'test-llm'\).*missing /v1"),
    ),
    "11_wrong_path": (
        Reply({"detail": "Not Found"}, 404),
        *(Outcome.ENDPOINT_ERROR, 1, True, "missing /v1"),
    ),
    "11_unknown_model_as_400": (
        error(400, "Invalid model name passed in model=test-llm"),
        *(Outcome.ENDPOINT_ERROR, 1, True, "missing /v1"),
    ),
    "12_context": (
        error(400, TOO_LONG, code="context_length_exceeded"),
        *(Outcome.TOO_LARGE, 2, False, "maximum context length"),
    ),
    "12_context_in_words": (
        error(400, "the request exceeds the available context size"),
        *(Outcome.TOO_LARGE, 2, False, "context size"),
    ),
    "13_413": (Reply(b"Too Large", 413), Outcome.TOO_LARGE, 2, False, "image_longest_side"),
    "13_image_too_large": (
        error(400, "image exceeds 5 MB maximum"),
        *(Outcome.TOO_LARGE, 2, False, "exceeds 5 MB"),
    ),
    "14_bad_image": (
        error(400, "You uploaded an unsupported image.", code="image_parse_error"),
        *(Outcome.BAD_INPUT, 1, False, "unsupported image"),
    ),
    "15_unknown_parameter": (
        error(400, "Unsupported value: 'temperature'", code="unsupported_value"),
        *(Outcome.ENDPOINT_ERROR, 1, True, "llm_parameters"),
    ),
    "15_no_response_format": (
        error(400, "response_format is not supported"),
        *(Outcome.ENDPOINT_ERROR, 3, True, "structured_output"),
    ),
    "16_filtered_prompt": (
        error(400, "The response was filtered", code="content_filter"),
        *(Outcome.CONTENT_FILTERED, 1, False, "was filtered"),
    ),
    "16_filtered_completion": (
        completion('{"pairs": [', finish_reason="content_filter"),
        *(Outcome.CONTENT_FILTERED, 1, False, "content filter"),
    ),
    "17_refusal": (
        completion(None, refusal="I can't help with that."),
        *(Outcome.REFUSED, 1, False, "I can't help"),
    ),
    "17_refusal_litellm": (
        completion(None, provider_specific_fields={"refusal": "I can't."}),
        *(Outcome.REFUSED, 1, False, "I can't"),
    ),
    "17_refusal_in_prose": (
        completion("I'm sorry, I can't help with that."),
        *(Outcome.UNPARSEABLE, 3, False, "got none in \"I'm sorry"),
    ),
    "18_truncated": (
        completion(GOOD[:50], finish_reason="length"),
        *(Outcome.TRUNCATED, 2, False, "cut off at the token limit"),
    ),
    "18_nothing_but_thoughts": (
        completion("", finish_reason="length", reasoning_content=f"Draft: {GOOD}"),
        *(Outcome.TRUNCATED, 2, False, "cut off at the token limit"),
    ),
    "19_truncated_though_stop": (
        completion(GOOD[:50]),
        *(Outcome.UNPARSEABLE, 3, False, "breaks off"),
    ),
    "22_object_as_answer": (
        completion('{"pairs": [{"key": "A", "value": [{"x": 1}]}]}'),
        *(Outcome.UNPARSEABLE, 3, False, "answers of text"),
    ),
    "25_empty": (completion(""), Outcome.UNPARSEABLE, 3, False, "empty completion"),
    "25_null": (completion(None), Outcome.UNPARSEABLE, 3, False, "empty completion"),
    "25_draft_in_reasoning": (
        completion(None, reasoning=f"Perhaps {GOOD}"),
        *(Outcome.UNPARSEABLE, 3, False, "Expecting value"),
    ),
    "26_no_choices": (Reply({"choices": []}), Outcome.UNPARSEABLE, 3, False, "empty completion"),
    "27_quota_in_200": (
        Reply({"error": {"message": "no", "code": "insufficient_quota"}}),
        *(Outcome.ENDPOINT_ERROR, 1, True, "Top up"),
    ),
    "27_key_in_200": (
        Reply({"error": {"message": "bad test-key-1234", "code": "invalid_api_key"}}),
        *(Outcome.ENDPOINT_ERROR, 1, True, r"bad \[key\].*OPENAI_API_KEY"),
    ),
    "27_text_in_200": (
        Reply({"error": "something broke"}),
        *(Outcome.ENDPOINT_ERROR, 5, False, "something broke"),
    ),
    "28_html": (
        Reply(b"<html>Please log in</html>", 200, {"content-type": "text/html"}),
        *(Outcome.ENDPOINT_ERROR, 4, True, "http://127.*a web page.*login page"),
    ),
    "29_not_utf_8": (Reply(b"\xff\xfe"), Outcome.ENDPOINT_ERROR, 4, False, "expected UTF-8"),
    "29_no_json": (Reply(b"OK"), Outcome.ENDPOINT_ERROR, 4, False, "expected JSON, got 'OK'"),
    "29_null": (Reply(None), Outcome.ENDPOINT_ERROR, 4, False, "got None"),
    "30_redirect": (
        Reply(b"", 307, {"location": "http://127.0.0.1:9/v1"}),
        *(
            Outcome.ENDPOINT_ERROR,
            1,
            False,
            r"redirect, which is not followed \(to http://127.0.0.1\)",
        ),
    ),
    "400_of_another_kind": (
        error(400, "computer says no"),
        *(Outcome.ENDPOINT_ERROR, 1, False, "computer says no"),
    ),
}


@pytest.mark.parametrize(
    ("reply", "outcome", "requests", "aborts", "message"), LASTING.values(), ids=LASTING.keys()
)
def test_a_fault_that_lasts_has_a_typed_outcome(
    reply: Played, outcome: Outcome, requests: int, aborts: bool, message: str
) -> None:
    reading = read(lasting(reply))
    assert reading.error is not None
    assert reading.error.outcome is outcome
    assert reading.error.aborts_batch is aborts
    assert len(reading.requests) == requests
    assert "test-key-1234" not in repr(vars(reading.error)) + reading.message
    with pytest.raises(type(reading.error), match=message):
        raise reading.error


@pytest.mark.parametrize(
    ("script", "outcome", "requests"),
    [
        pytest.param(lasting(hang()), Outcome.TIMEOUT, 2, id="07_no_reply"),
        pytest.param(lasting(drip(with_length(BODY))), Outcome.TIMEOUT, 2, id="08_slow_drip"),
        pytest.param(
            lasting(drip(HEAD + b"x-padding: " + b"a" * 500)),
            *(Outcome.TIMEOUT, 2),
            id="08_slow_headers",
        ),
    ],
)
def test_no_reply_holds_a_page_past_its_deadline(
    script: Any, outcome: Outcome, requests: int
) -> None:
    started = time.monotonic()
    reading = read(script, timeout_s=0.6)
    assert time.monotonic() - started < 0.9
    assert reading.error is not None
    assert (reading.error.outcome, len(reading.requests)) == (outcome, requests)


@pytest.mark.parametrize("slow", [hang(), drip(with_length(BODY))], ids=["hang", "drip"])
def test_after_a_hung_exchange_there_is_time_for_another(slow: Played) -> None:
    reading = read([slow], timeout_s=0.6)
    assert (reading.outcome, len(reading.requests)) == ("ok", 2)


def test_07_an_endpoint_that_does_not_accept_connections_is_an_error() -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    environment = {"OPENAI_BASE_URL": f"http://127.0.0.1:{port}/v1"}
    with (
        engine_on(environment) as engine,
        pytest.raises(LLMError, match="Connection refused") as caught,
    ):
        engine.read_page(PAGE)
    assert caught.value.outcome is Outcome.ENDPOINT_ERROR


@pytest.mark.parametrize(
    "reply",
    [
        pytest.param(Reply(b" " * (MAX_REPLY_BYTES + 1)), id="09_huge"),
        pytest.param(
            Reply(gzip.compress(b" " * 50_000_000), headers={"content-encoding": "gzip"}),
            id="09_gzip_bomb",
        ),
        pytest.param(
            play(
                HEAD + b"transfer-encoding: chunked\r\n\r\n",
                *[b"100000\r\n" + b" " * 2**20 + b"\r\n"] * 9,
            ),
            id="09_endless_chunks",
        ),
    ],
)
def test_09_a_reply_without_end_is_refused_at_once(reply: Played) -> None:
    reading = read([reply])
    assert reading.error is not None
    assert (reading.error.outcome, len(reading.requests)) == (Outcome.ENDPOINT_ERROR, 1)
    assert "4,000,000 bytes" in reading.message


@pytest.mark.parametrize("encoding", ["gzip", "deflate"])
def test_09_a_compressed_reply_is_read_though_identity_was_asked_for(encoding: str) -> None:
    packed = gzip.compress(BODY) if encoding == "gzip" else zlib.compress(BODY)
    reading = read([Reply(packed, headers={"content-encoding": encoding})])
    assert (reading.outcome, len(reading.requests)) == ("ok", 1)
    assert reading.requests[0].headers["accept-encoding"] == "identity"
