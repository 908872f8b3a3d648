from __future__ import annotations

import math
from typing import Any

import pytest

from ocr_model.config import (
    OPERATIONAL,
    RETIRED,
    ExtractorConfig,
    parse_config,
    pinned_settings,
    secret_values,
)
from ocr_model.errors import ConfigError

PINNED = {"prompt_uri": "prompts:/ocr-question-answer/3"}


def test_defaults_need_no_key() -> None:
    assert parse_config(PINNED).engine == "local"


@pytest.mark.parametrize(
    "uri",
    [
        "prompts:/ocr-question-answer@champion",
        "prompts:/ocr-question-answer@latest",
        "prompts:/ocr-question-answer",
        "ocr-question-answer/3",
        "prompts:/a/b/3",
        "",
    ],
)
def test_unpinned_prompt_uri_is_refused(uri: str) -> None:
    with pytest.raises(ConfigError, match=r"expected a pinned prompt URI like prompts:/"):
        parse_config({"prompt_uri": uri})


@pytest.mark.parametrize(
    ("settings", "named"),
    [
        ({"temprature": 0}, "temprature: Extra inputs are not permitted"),
        ({"engine": "tesseract"}, "engine: Input should be 'local' or 'llm'"),
        ({"image_quality": 0}, "image_quality: .*greater than or equal to 1"),
        ({"timeout_s": -1}, "timeout_s"),
    ],
    ids=["unknown key", "unknown engine", "quality", "timeout"],
)
def test_wrong_setting_is_named_with_its_value(settings: dict[str, Any], named: str) -> None:
    with pytest.raises(ConfigError, match=named):
        parse_config({**PINNED, **settings})


def test_fields_are_named_by_their_digest_whatever_the_engine() -> None:
    fields = f"sha256:{'0' * 64}"
    for engine in ("local", "llm"):
        assert parse_config({**PINNED, "fields": fields, "engine": engine}).fields == fields
    with pytest.raises(ConfigError, match=r"got 'fields\.yaml'; a path is given to the command"):
        parse_config({**PINNED, "fields": "fields.yaml"})


def test_all_faults_are_told_at_once() -> None:
    with pytest.raises(ConfigError, match=r"(?s)engine.*prompt_uri.*zzz"):
        parse_config({"prompt_uri": "x", "engine": "y", "zzz": 1})


def test_operational_settings_exist_and_are_not_pinned() -> None:
    assert ExtractorConfig.model_fields.keys() >= OPERATIONAL
    assert not OPERATIONAL & pinned_settings(parse_config(PINNED)).keys()


@pytest.mark.parametrize(
    ("settings", "logged", "expected"),
    [
        ({}, False, "auto"),
        ({"read_text": "never"}, False, "never"),
        ({"engine": "llm"}, False, "never"),
        ({"engine": "llm", "read_text": "auto"}, False, "auto"),
        ({}, True, "never"),
        ({"read_text": "auto"}, True, "auto"),
    ],
    ids=["new", "new, not wanted", "LLM", "LLM, asked for", "logged before it came", "logged"],
)
def test_text_of_pdfs_is_read_by_new_models_of_the_embedded_engine_or_where_asked_for(
    settings: dict[str, Any], logged: bool, expected: str
) -> None:
    config = parse_config({**PINNED, **settings}, logged=logged)
    assert config.read_text == expected
    assert parse_config(config.model_dump(), logged=True) == config
    assert pinned_settings(config)["read_text"] == expected


SECRETS: list[tuple[dict[str, Any], str]] = [
    ({"api_key": "canary-1234"}, "api_key"),
    ({"apiKey": "canary-1234"}, "apiKey"),
    ({"API-Key": "canary-1234"}, "API-Key"),
    ({"openai_api_key": "canary-1234"}, "openai_api_key"),
    ({"key": "canary-1234"}, "key"),
    ({"access_token": "canary-1234"}, "access_token"),
    ({"token": "canary-1234"}, "token"),
    ({"password": "canary-1234"}, "password"),
    ({"client_secret": "canary-1234"}, "client_secret"),
    ({"Authorization": "Bearer canary-1234"}, "Authorization"),
    ({"extra_headers": {"X-Team": "canary-1234"}}, "extra_headers"),
    ({"headers": {"X-Team": "canary-1234"}}, "headers"),
    ({"extra_body": {"x-api-key": "canary-1234"}}, "extra_body.x-api-key"),
    ({"tools": [{"server": {"authorization": "canary-1234"}}]}, "tools.server.authorization"),
    ({"user": "sk-canary-1234"}, "user"),
    ({"metadata": {"note": "Bearer canary-1234"}}, "metadata.note"),
]


@pytest.mark.parametrize(("parameters", "named"), SECRETS, ids=[named for _, named in SECRETS])
def test_parameters_with_a_secret_are_refused_by_name(
    parameters: dict[str, Any], named: str
) -> None:
    with pytest.raises(ConfigError, match=rf"got {named}: .*OPENAI_API_KEY") as caught:
        parse_config({**PINNED, "llm_parameters": {"seed": 1, **parameters}})
    assert "canary" not in str(caught.value)


@pytest.mark.parametrize(
    "points",
    [
        "x",
        {"a": 1},
        [[0, 1], [0]],
        [[0, 1], [math.nan, 1]],
        [[0, math.inf], [0, 1]],
        [[1, 0], [0, 1]],
        [[0, 1], [0, 7]],
        [[-1, 1], [0, 1]],
        [list(range(300_000)), [0.5] * 300_000],
    ],
    ids=["text", "object", "short", "nan", "inf", "falls", "over 1", "below 0", "many"],
)
def test_hostile_calibration_is_refused(points: object) -> None:
    with pytest.raises(ConfigError, match="confidence_calibration") as told:
        parse_config({**PINNED, "confidence_calibration": points})
    assert len(str(told.value)) < 1000


@pytest.mark.parametrize(
    "parameters",
    [
        {"max_tokens": 5, "temperature": 0, "logprobs": True},
        {"max_completion_tokens": 5, "prompt_cache_key": "forms", "stop_token_ids": [1]},
        {"extra_body": {"skip_special_tokens": True}, "thinking": {"budget_tokens": 9}},
        {"guided_json": {"properties": {"key": {"type": "string"}}}},
        {"reasoning_effort": "low", "user": "ocr", "safety_identifier": "forms"},
    ],
)
def test_parameters_of_llms_are_no_secrets(parameters: dict[str, Any]) -> None:
    settings = {**PINNED, "llm_parameters": parameters}
    assert parse_config(settings).llm_parameters == parameters


def test_a_model_that_was_logged_with_a_secret_is_still_read() -> None:
    settings = {**PINNED, "llm_parameters": {"api_key": "canary-1234"}}
    assert parse_config(settings, logged=True).llm_parameters == {"api_key": "canary-1234"}


@pytest.mark.parametrize(("parameters", "named"), SECRETS, ids=[named for _, named in SECRETS])
def test_secrets_of_a_logged_model_are_found_to_be_kept_out_of_replies(
    parameters: dict[str, Any], named: str
) -> None:
    (secret,) = secret_values({"seed": 1, "stop": ["x"], **parameters})
    assert "canary-1234" in secret


@pytest.mark.parametrize(
    "settings",
    [
        {"api_key": "canary-1234"},
        {"llm_parameters": {"api_key": "canary-1234", "model": "x"}},
        {"llm": ["Bearer canary-1234"]},
    ],
)
def test_no_message_shows_a_secret(settings: dict[str, Any]) -> None:
    with pytest.raises(ConfigError) as caught:
        parse_config({**PINNED, **settings}, logged=True)
    assert "canary" not in str(caught.value)
    assert "[not shown]" in str(caught.value)


RETIRED_VALUES = {
    "cache_max_bytes": 5,
    "image_enlarge": True,
    "tokens_per_minute": 90_000,
    "trace_detail": "full",
}


@pytest.mark.parametrize(("name", "value"), RETIRED_VALUES.items(), ids=RETIRED_VALUES.keys())
def test_a_retired_setting_gets_one_sentence_and_changes_nothing(
    name: str, value: object, caplog: pytest.LogCaptureFixture
) -> None:
    assert parse_config({**PINNED, name: value}) == parse_config(PINNED)
    [warning] = caplog.messages
    assert warning.startswith(f"The setting `{name}` is gone and was left out. ")
    assert RETIRED_VALUES.keys() == RETIRED.keys()


def test_a_model_that_was_logged_with_the_defaults_of_retired_settings_loads_silently(
    caplog: pytest.LogCaptureFixture,
) -> None:
    logged = {name: default for name, (default, _) in RETIRED.items()}
    assert parse_config({**PINNED, **logged}, logged=True) == parse_config(PINNED, logged=True)
    assert caplog.messages == []


@pytest.mark.parametrize(
    ("given", "content"),
    [
        ({}, "text"),
        ({"trace_images": "none"}, "text"),
        ({"trace_images": "full"}, "full"),
        ({"trace_images": "none", "trace_content": "none"}, "none"),
        ({"trace_images": "none", "trace_content": "full"}, "text"),
        ({"trace_images": "full", "trace_content": "shapes"}, "full"),
    ],
)
def test_the_old_name_of_trace_content_goes_on_working(
    given: dict[str, Any], content: str, caplog: pytest.LogCaptureFixture
) -> None:
    assert parse_config({**PINNED, **given}).trace_content == content
    assert len(caplog.messages) == ("trace_images" in given)
    caplog.clear()
    assert parse_config({**PINNED, **given}, logged=True).trace_content == content
    assert caplog.messages == []
