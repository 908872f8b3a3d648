"""The fields that a configuration pins by their digest; their content travels with it."""

from __future__ import annotations

from typing import Any

from pydantic import ValidationError

from ocr_model.errors import ConfigError
from ocr_model.fields.wanted import WantedFields

_SCHEME = "sha256:"


def fields_setting(wanted: WantedFields | None) -> str:
    """The value of the setting `fields`: "sha256:" and their digest; empty for no fields."""
    return _SCHEME + wanted.digest if wanted is not None else ""


def pinned_fields(setting: str, content: Any) -> WantedFields | None:
    """The fields of a configuration; `content` is the output of `to_plain` stored with it.

    Raises:
        ConfigError: the content is missing, or differs from what was logged.
    """
    if not setting:
        return None
    if content is None:
        raise ConfigError(
            f"Expected the fields {setting} beside the settings, got none. Log a model with "
            "`python -m scripts.log_model --fields fields.yaml`."
        )
    changed = "the model's files were changed after it was logged. Log the model again."
    try:
        wanted = WantedFields.from_plain(content)
    except ValidationError as err:
        raise ConfigError(
            f"Expected the fields {setting} inside this model, got what is none: {changed}"
        ) from err
    if fields_setting(wanted) != setting:
        raise ConfigError(
            f"The fields inside this model have sha256 {wanted.digest}, expected "
            f"{setting.removeprefix(_SCHEME)}: {changed}"
        )
    return wanted
