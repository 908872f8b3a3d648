"""The finder of a configuration: weights that travel inside the model."""

from __future__ import annotations

from ocr_model.errors import ConfigError
from ocr_model.fields import WantedFields
from ocr_model.finder.finding import Finder
from ocr_model.finder.weights import from_bytes
from ocr_model.linker import sha256_of

_SCHEME = "sha256:"


def finder_setting(data: bytes) -> str:
    """The value of the setting `finder` for weights: "sha256:" and their digest.

    Raises:
        ConfigError: the bytes are no weights of a finder.
    """
    from_bytes(data)
    return _SCHEME + sha256_of(data)


def pinned_finder(setting: str, data: bytes | None, wanted: WantedFields | None) -> Finder | None:
    """The finder of a configuration, None if it has none; `data` are the weights stored in the
    model, `wanted` its fields.

    Raises:
        ConfigError: the weights are missing, not those that were logged, or for other fields.
    """
    if not setting:
        return None
    if data is None:
        raise ConfigError(
            f"Expected the weights of the finder {setting} beside the settings, got none. Log a "
            "model with `python -m scripts.log_model --finder <path or URI>`."
        )
    if _SCHEME + sha256_of(data) != setting:
        raise ConfigError(
            f"The finder inside this model has sha256 {sha256_of(data)}, expected "
            f"{setting.removeprefix(_SCHEME)}: the model's files were changed after it was logged. "
            "Log the model again."
        )
    finder = from_bytes(data)
    known = {(field.name, field.type) for field in wanted.fields} if wanted is not None else set()
    others = [f"{name} ({kind})" for name, kind in finder.fields if (name, kind) not in known]
    if others:
        raise ConfigError(
            f"Expected a finder of the model's fields, got one that learned {', '.join(others)}. "
            "Give it the file of fields that it was trained with, or train it again."
        )
    return finder


def documents_of(data: bytes) -> tuple[str, ...]:
    """SHA-256 of the documents that weights were trained on: they do not count in judging.

    Raises:
        ConfigError: the bytes are no weights of a finder.
    """
    return from_bytes(data).documents_sha256
