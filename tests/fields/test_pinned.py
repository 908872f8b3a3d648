from __future__ import annotations

import re
from typing import Any

import pytest

from ocr_model.errors import ConfigError
from ocr_model.fields.file import parse_fields
from ocr_model.fields.pinned import fields_setting, pinned_fields

WANTED = parse_fields("fields: [{name: total, type: currency, required: true}]")
OTHERS = parse_fields("fields: [{name: total, type: number}]")


def test_setting_names_fields_by_their_digest() -> None:
    assert fields_setting(None) == ""
    assert fields_setting(WANTED) == f"sha256:{WANTED.digest}"
    assert pinned_fields(fields_setting(WANTED), WANTED.to_plain()) == WANTED


def test_without_the_setting_nothing_is_wanted() -> None:
    assert pinned_fields("", WANTED.to_plain()) is None


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (None, "beside the settings, got none"),
        (OTHERS.to_plain(), f"have sha256 {OTHERS.digest}, expected {WANTED.digest}"),
        ({"fields": []}, "got what is none: the model's files were changed"),
    ],
)
def test_other_content_is_refused(content: Any, told: str) -> None:
    with pytest.raises(ConfigError, match=re.escape(told)):
        pinned_fields(fields_setting(WANTED), content)
