"""The LLM engine against a real HTTP server: what it sends, learns, repairs and reports."""

from __future__ import annotations

import contextlib
import os
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from unittest import mock

import mlflow
import pytest
from PIL import Image

from ocr_model.config import parse_config
from ocr_model.engines.llm.engine import LLMEngine
from ocr_model.engines.llm.exchange import endpoint as endpoints
from ocr_model.engines.llm.exchange.faults import Fault, Kind
from ocr_model.engines.llm.exchange.rate_limit import RateLimit
from ocr_model.engines.llm.exchange.retry import Deadline, Sender
from ocr_model.errors import ConfigError, LLMError
from ocr_model.prompts import Message
from ocr_model.schema import Answer, Outcome, Page, PageResult, Quality, Usage
from tests.support.endpoint import GOOD, USAGE, Endpoint, Played, Reply, Seen, completion, error
from tests.support.llm import PAGE, SYSTEM, config_of, engine_on, read

ANSWERS = (Answer("Name:", "Ann Berg", 3), Answer("Date:", None, 3))


@pytest.fixture(autouse=True)
def _no_tracing() -> Iterator[None]:
    mlflow.tracing.disable()
    yield
    mlflow.tracing.reset()  # type: ignore[no-untyped-call]


def test_a_page_is_read_with_one_request() -> None:
    reading = read([completion()])
    assert reading.result == PageResult(ANSWERS, Usage(1200, 30), quality=Quality(3))
    (seen,) = reading.requests
    assert seen.body["model"] == "test-llm"
    assert seen.body["max_completion_tokens"] == 8192
    assert seen.rung == "json_schema"
    assert [message["role"] for message in seen.body["messages"]] == ["system", "user"]
    assert seen.text.startswith("Read the form.")


def test_several_answers_are_flat_and_in_order() -> None:
    reading = read([completion('{"pairs": [{"key": "Q", "value": ["b", "a", "b"]}]}')])
    assert reading.result is not None
    assert [answer.answer for answer in reading.result.answers] == ["b", "a", "b"]


@pytest.mark.parametrize(
    ("settings", "size", "sent", "image_format"),
    [
        ({}, (1700, 2200), (773, 1000), "JPEG"),
        ({}, (300, 200), (300, 200), "JPEG"),
        ({"image_longest_side": 500, "image_format": "png"}, (1000, 800), (500, 400), "PNG"),
    ],
    ids=["fitted", "never_enlarged", "png"],
)
def test_the_page_is_sent_as_configured(
    settings: dict[str, Any], size: tuple[int, int], sent: tuple[int, int], image_format: str
) -> None:
    page = Page(1, Image.new("RGB", size, "white"))
    reading = read([completion()], page=page, image_detail="low", **settings)
    (seen,) = reading.requests
    assert (seen.image.size, seen.image.format) == (sent, image_format)
    assert [p["image_url"]["detail"] for p in seen.parts if p["type"] == "image_url"] == ["low"]


def test_a_chat_prompt_carries_the_page_in_its_last_user_message() -> None:
    messages = (
        Message(role="developer", content="Rules."),
        Message(role="user", content="First"),
        Message(role="assistant", content="Yes?"),
        Message(role="user", content="Second"),
    )
    with (
        Endpoint([completion()]) as endpoint,
        engine_on(endpoint.environment, messages) as engine,
    ):
        engine.read_page(PAGE)
    sent = endpoint.requests[0].body["messages"]
    assert [message["content"] for message in sent[:3]] == ["Rules.", "First", "Yes?"]
    assert [part["type"] for part in sent[3]["content"]] == ["text", "image_url", "text"]


def test_parameters_the_client_does_not_know_are_sent_as_they_are() -> None:
    parameters = {"max_tokens": 5, "seed": 7, "reasoning_effort": "low", "top_k": {"a": [1]}}
    (seen,) = read([completion()], llm_parameters=parameters).requests
    assert {name: seen.body[name] for name in parameters} == parameters
    assert "max_completion_tokens" not in seen.body


# -- what it learns from refusals ---------------------------------------------------------------


def speaks(*rungs: str | None, status: int = 400) -> Any:
    def script(seen: Seen) -> Played:
        if seen.rung in rungs:
            return completion()
        return error(status, f"response_format.type: {seen.rung} is not supported")

    return script


@pytest.mark.parametrize(
    ("script", "rungs", "note"),
    [
        (speaks("json_schema"), ["json_schema"], []),
        (
            speaks("json_object"),
            ["json_schema", "json_object"],
            ["asked for json_object: the endpoint refused json_schema"],
        ),
        (
            speaks(None, status=500),
            ["json_schema", "json_object", None],
            ["asked for text: the endpoint refused json_schema"],
        ),
        (
            speaks(None, status=422),
            ["json_schema", "json_object", None],
            ["asked for text: the endpoint refused json_schema"],
        ),
    ],
    ids=["schema", "object", "text_after_500", "text_after_422"],
)
def test_15_the_ladder_is_stepped_down_once_per_engine_and_noted_on_every_page(
    script: Any, rungs: list[str | None], note: list[str]
) -> None:
    with Endpoint(script) as endpoint, engine_on(endpoint.environment) as engine:
        first, second = engine.read_page(PAGE), engine.read_page(PAGE)
    assert [seen.rung for seen in endpoint.requests] == [*rungs, rungs[-1]]
    assert list(first.notes) == list(second.notes) == note
    assert first.answers == ANSWERS


def test_a_configured_rung_is_where_the_ladder_starts() -> None:
    reading = read([completion()], structured_output="json_object")
    assert ([seen.rung for seen in reading.requests], reading.notes) == (["json_object"], ())
    assert "additionalProperties" in reading.requests[0].text


def test_every_rung_reminds_of_the_format() -> None:
    for rung in ("json_schema", "json_object", "text"):
        (seen,) = read([completion()], structured_output=rung).requests
        assert '{"pairs": [{"key":' in seen.text


@pytest.mark.parametrize("taken", ["max_tokens", "max_completion_tokens"])
def test_15_the_token_limit_is_renamed_once_and_remembered(taken: str) -> None:
    (other,) = {"max_tokens", "max_completion_tokens"} - {taken}

    def script(seen: Seen) -> Played:
        if other in seen.body:
            return error(400, f"Unsupported parameter: '{other}'. Use '{taken}' instead.")
        return completion()

    with (
        Endpoint(script) as endpoint,
        engine_on(endpoint.environment, llm_parameters={other: 99}) as engine,
    ):
        notes = [engine.read_page(PAGE).notes for _ in range(2)]
    assert [seen.body.get(taken) for seen in endpoint.requests] == [None, 99, 99]
    assert notes == [("token limit sent under its other name",)] * 2


def test_15_threads_that_meet_the_same_refusal_step_down_together() -> None:
    barrier = threading.Barrier(4, timeout=5)

    def script(seen: Seen) -> Played:
        if seen.rung == "json_schema":
            barrier.wait()
            return error(400, "response_format is not supported")
        return completion()

    with (
        Endpoint(script) as endpoint,
        engine_on(endpoint.environment, concurrency=4) as engine,
        ThreadPoolExecutor(4) as pool,
    ):
        results = list(pool.map(engine.read_page, [PAGE] * 4))
    assert all(result.answers == ANSWERS for result in results)
    assert [seen.rung for seen in endpoint.requests] == ["json_schema"] * 4 + ["json_object"] * 4


@pytest.mark.parametrize(
    "refusal",
    [Reply(b"", 413), error(400, "too long", code="context_length_exceeded")],
    ids=["12_context", "13_too_large"],
)
def test_a_page_found_too_large_is_sent_once_more_at_half_its_side(refusal: Played) -> None:
    page = Page(3, Image.new("RGB", (800, 1600), "white"))
    reading = read([refusal], page=page)
    assert [seen.image.size for seen in reading.requests] == [(500, 1000), (250, 500)]
    assert reading.notes[0].startswith("page sent at 500 px: ")


# -- what it asks again -------------------------------------------------------------------------


def test_18_a_cut_off_completion_is_asked_again_with_twice_the_room() -> None:
    reading = read([completion(GOOD[:40], finish_reason="length")])
    assert [seen.body["max_completion_tokens"] for seen in reading.requests] == [8192, 16384]
    assert reading.notes == ("asked again: it was cut off at the token limit",)
    assert reading.result is not None
    assert reading.result.usage == Usage(2400, 60)


def test_18_without_a_token_limit_there_is_no_room_to_give() -> None:
    reading = read([completion(GOOD[:40], finish_reason="length")], llm_parameters={})
    assert (reading.outcome, len(reading.requests)) == ("truncated", 1)


def test_18_a_complete_answer_at_the_limit_is_taken_and_flagged() -> None:
    reading = read([completion(finish_reason="length")])
    assert len(reading.requests) == 1
    assert reading.notes == ("complete although the token limit was reached",)


@pytest.mark.parametrize(
    "text",
    [GOOD[:40], "I'm sorry, I can't help with that.", "", None, GOOD + GOOD.replace("Ann", "Al")],
    ids=["19_cut_off", "17_prose", "25_empty", "25_null", "20_two_objects"],
)
def test_a_completion_without_pairs_is_asked_again_once(text: str | None) -> None:
    reading = read([completion(text)])
    assert reading.notes == ("asked again: it was not the JSON object described above",)
    assert "could not be used" not in reading.requests[0].text
    assert "could not be used" in reading.requests[1].text


def test_a_second_request_that_fails_leaves_the_first_outcome_and_all_costs() -> None:
    reading = read([completion(GOOD[:40], finish_reason="length"), error(400, "limit too large")])
    assert reading.error is not None
    assert (reading.outcome, reading.error.text) == ("truncated", GOOD[:40])
    assert (reading.error.usage, len(reading.requests)) == (Usage(1200, 30), 2)


def test_a_second_request_that_no_page_would_survive_aborts() -> None:
    reading = read([completion("Hm."), error(401, "key revoked")])
    assert reading.error is not None
    assert reading.error.aborts_batch
    assert "key revoked" in reading.message


@pytest.mark.parametrize(
    ("reply", "notes"),
    [
        (completion(f"```json\n{GOOD}\n```"), ("code fence removed",)),
        (completion(f"<think>Hm.</think>{GOOD}"), ("think tags removed",)),
        (completion([{"type": "text", "text": GOOD}]), ()),
        (
            completion(None, reasoning_content=GOOD),
            ("answer taken from the reasoning text",),
        ),
        (completion("", reasoning=GOOD), ("answer taken from the reasoning text",)),
        (
            completion('{"Name:": "Ann Berg", "Date:": null}'),
            (
                "mapping of questions to answers read as pairs",
                "single answer read as a list",
                "null read as an empty list",
            ),
        ),
    ],
    ids=["20_fence", "20_think", "parts", "25_reasoning_content", "25_reasoning", "mapping"],
)
def test_a_repaired_completion_is_read_with_its_notes(reply: Reply, notes: tuple[str, ...]) -> None:
    reading = read([reply])
    assert reading.result is not None
    assert reading.result.answers == ANSWERS
    assert (reading.notes, len(reading.requests)) == (notes, 1)


@pytest.mark.parametrize(
    ("usage", "expected"),
    [
        (USAGE, Usage(1200, 30)),
        (None, Usage()),
        ({}, Usage()),
        ({"prompt_tokens": 0, "completion_tokens": 0}, Usage()),
        ({"prompt_tokens": "12", "completion_tokens": 3.5}, Usage()),
        ({"prompt_tokens": True, "completion_tokens": -1}, Usage()),
        ({"prompt_tokens": 7}, Usage(7, None)),
        ([1], Usage()),
    ],
    ids=["given", "null", "empty", "zeros", "no_integers", "nonsense", "half", "list"],
)
def test_31_tokens_that_are_not_reported_are_unknown_and_never_zero(
    usage: Any, expected: Usage
) -> None:
    reading = read([completion(usage=usage)])
    assert reading.result is not None
    assert reading.result.usage == expected


def test_16_what_a_filtered_completion_cost_is_kept() -> None:
    reading = read([completion(GOOD[:9], finish_reason="content_filter")])
    assert reading.error is not None
    assert (reading.error.usage, reading.error.text) == (Usage(1200, 30), GOOD[:9])


# -- time and threads ---------------------------------------------------------------------------


def test_01_the_pause_of_a_rate_limit_holds_for_all_threads() -> None:
    limited = threading.Event()

    def script(seen: Seen) -> Played:
        if not limited.is_set():
            limited.set()
            return error(429, "Rate limit", headers={"retry-after": "0.4"})
        return completion()

    with (
        Endpoint(script) as endpoint,
        engine_on(endpoint.environment, concurrency=4) as engine,
        ThreadPoolExecutor(4) as pool,
    ):
        first = pool.submit(engine.read_page, PAGE)
        limited.wait(5)
        time.sleep(0.1)
        others = [pool.submit(engine.read_page, PAGE) for _ in range(3)]
        assert all(future.result().answers == ANSWERS for future in [first, *others])
    started = endpoint.requests[0].at_s
    assert min(seen.at_s for seen in endpoint.requests[1:]) - started >= 0.4


def test_01_a_pause_longer_than_the_deadline_fails_one_page_at_once_and_holds_the_next() -> None:
    limited = error(429, "slow", headers={"retry-after": "60"})
    with Endpoint([limited]) as endpoint, engine_on(endpoint.environment, timeout_s=1.0) as engine:
        started = time.monotonic()
        with pytest.raises(LLMError, match="asks to wait 60 s") as caught:
            engine.read_page(PAGE)
        assert time.monotonic() - started < 0.4
        assert caught.value.outcome is Outcome.RATE_LIMITED
        assert engine.read_page(PAGE).answers == ANSWERS
        assert 0.5 <= time.monotonic() - started < 1.0


def test_01_a_page_without_time_for_the_pause_is_not_sent() -> None:
    sender = Sender(backoff_s=0.01, longest_pause_s=9.0, limit=RateLimit())
    limited = Fault(Kind.RATE_LIMIT, "slow", wait_s=9.0)
    assert sender.send(lambda _: limited, Deadline(1.0)) is limited
    unsent = sender.send(lambda _: pytest.fail("sent"), Deadline(1.0))
    assert isinstance(unsent, Fault)
    assert unsent.kind is Kind.RATE_LIMIT
    assert unsent.message.startswith("not sent: an earlier reply asked to wait")


def test_concurrent_pages_share_the_connections_of_their_threads() -> None:
    with (
        Endpoint(lambda _: completion(delay_s=0.02)) as endpoint,
        engine_on(endpoint.environment, concurrency=8) as engine,
        ThreadPoolExecutor(8) as pool,
    ):
        results = list(pool.map(engine.read_page, [Page(n, PAGE.image) for n in range(64)]))
    assert [result.answers[0].page for result in results] == list(range(64))


# -- endpoint and secrets -----------------------------------------------------------------------


def test_a_key_that_an_old_model_pins_is_taken_out_of_a_reply_that_echoes_it() -> None:
    settings = {**config_of().model_dump(), "llm_parameters": {"api_key": "pinned-canary"}}
    config = parse_config(settings, logged=True)
    reply = completion('{"pairs": [{"key": "Name", "value": ["Ann pinned-canary"]}]}')
    with (
        Endpoint([reply], lints=False) as endpoint,
        mock.patch.dict(os.environ, endpoint.environment),
        contextlib.closing(LLMEngine(config, SYSTEM)) as engine,
    ):
        result = engine.read_page(PAGE)
    assert "canary" not in repr(result)
    assert "key taken out of the reply" in result.notes


def test_the_environment_of_openai_does_not_reach_another_host() -> None:
    ambient = {
        "OPENAI_ORG_ID": "org-canary",
        "OPENAI_PROJECT_ID": "proj-canary",
        "OPENAI_ADMIN_KEY": "admin-canary",
        "OPENAI_CUSTOM_HEADERS": "X-Extra: header-canary\nAuthorization: Bearer other-canary",
    }
    with (
        Endpoint([completion()]) as endpoint,
        engine_on(endpoint.environment | ambient) as engine,
    ):
        engine.read_page(PAGE)
    assert "canary" not in repr(endpoint.requests[0].headers)
    assert endpoint.requests[0].headers["authorization"] == f"Bearer {endpoint.api_key}"


@pytest.mark.parametrize(
    ("said", "sent"),
    [("true", True), ("1", True), ("", False), ("false", False), ("0", False)],
)
def test_they_do_where_the_environment_asks_for_it(said: str, sent: bool) -> None:
    ambient = {
        "OCR_MODEL_SEND_OPENAI_HEADERS": said,
        "OPENAI_ORG_ID": "org-1",
        "OPENAI_PROJECT_ID": "proj-1",
        "OPENAI_CUSTOM_HEADERS": "X-Extra: extra-1",
    }
    with (
        Endpoint([completion()]) as endpoint,
        engine_on(endpoint.environment | ambient) as engine,
    ):
        engine.read_page(PAGE)
    headers = endpoint.requests[0].headers
    names = ("openai-organization", "openai-project", "x-extra")
    expected = ["org-1", "proj-1", "extra-1"] if sent else [None] * 3
    assert [headers.get(name) for name in names] == expected


def test_without_a_key_another_host_is_sent_none() -> None:
    with (
        Endpoint([completion()], api_key="none") as endpoint,
        engine_on({"OPENAI_BASE_URL": endpoint.base_url + "/"}) as engine,
    ):
        assert engine.read_page(PAGE).answers == ANSWERS


@pytest.mark.parametrize(
    ("environment", "message"),
    [
        ({}, "OPENAI_API_KEY is not set.*engine='local'"),
        ({"OPENAI_API_KEY": " "}, "OPENAI_API_KEY is not set"),
        ({"OPENAI_BASE_URL": "https://eu.api.openai.com/v1"}, "OPENAI_API_KEY is not set"),
        ({"OPENAI_API_KEY": "sk“123"}, "printable ASCII"),
        ({"OPENAI_API_KEY": "sk-1\nsk-2"}, "printable ASCII"),
        ({"OPENAI_BASE_URL": "localhost:8000/v1"}, "like http://localhost:8000/v1, got 'localhost"),
        ({"OPENAI_BASE_URL": "http://me:canary@host/v1"}, "without a user name"),
        ({"OPENAI_BASE_URL": "http://host:port/v1"}, "like http://localhost"),
        ({"OPENAI_BASE_URL": "https://host/v1?key=canary"}, "like http://localhost"),
        (
            {"OPENAI_BASE_URL": "http://host/v1", "OCR_MODEL_SEND_OPENAI_HEADERS": "maybe"},
            "to be true or false, got 'maybe'",
        ),
    ],
    ids=[
        *("no_key", "blank_key", "no_key_for_a_region", "quoted_key", "two_keys"),
        *("no_scheme", "password", "no_port", "query", "odd_opt_in"),
    ],
)
def test_an_environment_that_cannot_work_is_refused_when_the_engine_is_built(
    environment: dict[str, str], message: str
) -> None:
    with pytest.raises(ConfigError, match=message) as caught, engine_on(environment):
        pass
    assert "canary" not in str(caught.value)
    assert "sk-1" not in str(caught.value)


@pytest.mark.parametrize(
    ("base_url", "is_openai"),
    [
        ("https://api.openai.com/v1", True),
        ("https://eu.api.openai.com/v1", True),
        ("http://api.openai.com/v1", False),
        ("https://api.openai.com.example/v1", False),
        ("https://myapi.openai.com/v1", False),
        ("https://openai.com/v1", False),
    ],
)
def test_only_openai_itself_gets_the_ambient_headers(base_url: str, is_openai: bool) -> None:
    assert endpoints.Endpoint(base_url).is_openai is is_openai


def test_the_proxy_of_the_environment_is_used() -> None:
    with Endpoint([completion()], lints=False) as proxy:
        environment = {
            "OPENAI_BASE_URL": "http://llm.example/v1",
            "HTTP_PROXY": proxy.base_url.removesuffix("/v1"),
            "http_proxy": proxy.base_url.removesuffix("/v1"),
            "NO_PROXY": "",
            "no_proxy": "",
        }
        with engine_on(environment) as engine:
            assert engine.read_page(PAGE).answers == ANSWERS
    assert proxy.requests[0].path == "http://llm.example/v1/chat/completions"


def test_a_proxy_on_the_way_is_named_without_its_password() -> None:
    with Endpoint([error(403, "blocked by policy")] * 9, lints=False) as proxy:
        address = proxy.base_url.removesuffix("/v1").removeprefix("http://")
        environment = {
            "OPENAI_BASE_URL": "http://llm.example/v1",
            "HTTP_PROXY": f"http://me:canary@{address}",
            "http_proxy": f"http://me:canary@{address}",
            "NO_PROXY": "",
            "no_proxy": "",
        }
        with engine_on(environment) as engine, pytest.raises(LLMError) as caught:
            engine.read_page(PAGE)
    assert f"'blocked by policy' (through the proxy {address})" in str(caught.value)
    assert "canary" not in str(caught.value)


def test_a_proxy_that_cannot_be_used_is_named_when_the_engine_is_built() -> None:
    environment = {"OPENAI_BASE_URL": "http://llm.example/v1", "http_proxy": "gopher://host"}
    with pytest.raises(ConfigError, match=r"proxy.*llm\.example"), engine_on(environment):
        pass


@pytest.mark.parametrize(
    "parameters",
    [{"model": "other"}, {"stream": True}, {"max_tokens": 1, "max_completion_tokens": 1}],
    ids=["model", "stream", "both_limits"],
)
def test_parameters_that_other_settings_decide_are_refused(parameters: dict[str, Any]) -> None:
    settings = {"prompt_uri": "prompts:/p/1", "llm_parameters": parameters}
    with pytest.raises(ConfigError, match=r"llm_parameters: .* expected"):
        parse_config(settings)


def test_a_key_that_comes_back_in_a_completion_is_taken_out() -> None:
    text = '{"pairs": [{"key": "Key", "value": ["test-key-1234"]}]}'
    reading = read([completion(text)])
    assert reading.result is not None
    assert reading.result.answers == (Answer("Key", "[key]", 3),)


def test_an_engine_that_is_dropped_closes_its_connections() -> None:
    with Endpoint([completion()]) as endpoint, engine_on(endpoint.environment) as engine:
        engine.read_page(PAGE)
        closing = engine.close
        del engine
    assert not closing.alive


# -- chance -------------------------------------------------------------------------------------


def test_the_engine_says_what_it_is() -> None:
    with engine_on({"OPENAI_BASE_URL": "http://127.0.0.1:9/v1"}, concurrency=5) as engine:
        said = (engine.name, engine.llm, engine.concurrency, engine.notes)
    assert said == ("llm", "test-llm", 5, ())
