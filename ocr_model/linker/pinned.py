"""The weights a configuration names: the bundled ones, or others stored in the model."""

from __future__ import annotations

from ocr_model.errors import ConfigError
from ocr_model.linker.weights import Linker, bundled_bytes, from_bytes, sha256_of

_SCHEME = "sha256:"


def setting_of(data: bytes) -> str:
    """The value of the setting `linker` for weights: "sha256:" and their digest.

    Raises:
        ConfigError: the bytes are no weights of a linker.
    """
    from_bytes(data)
    return _SCHEME + sha256_of(data)


def pinned_linker(setting: str, data: bytes | None) -> Linker:
    """The linker a configuration names; `data` are the weights stored in the model.

    Raises:
        ConfigError: the weights are missing, or not those that were logged.
    """
    if not setting:
        return from_bytes(bundled_bytes())
    if data is None:
        raise ConfigError(
            f"Expected the weights of the linker {setting} beside the settings, got none. Log a "
            "model with `python -m scripts.log_model --linker <path or URI>`."
        )
    if _SCHEME + sha256_of(data) != setting:
        raise ConfigError(
            f"The linker inside this model has sha256 {sha256_of(data)}, expected "
            f"{setting.removeprefix(_SCHEME)}: the model's files were changed after it was logged. "
            "Log the model again."
        )
    return from_bytes(data)
