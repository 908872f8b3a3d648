from __future__ import annotations

from typing import Any

import pytest

from ocr_model.config import OPERATIONAL, ExtractorConfig, parse_config, pinned_settings
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


def test_all_faults_are_told_at_once() -> None:
    with pytest.raises(ConfigError, match=r"(?s)engine.*prompt_uri.*zzz"):
        parse_config({"prompt_uri": "x", "engine": "y", "zzz": 1})


def test_operational_settings_exist_and_are_not_pinned() -> None:
    assert ExtractorConfig.model_fields.keys() >= OPERATIONAL
    assert not OPERATIONAL & pinned_settings(parse_config(PINNED)).keys()
