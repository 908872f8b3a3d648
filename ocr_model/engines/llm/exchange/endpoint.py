"""Which endpoint the environment names, and with which key. The key is shown to nobody else."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from ocr_model.errors import ConfigError, excerpt

OPENAI_URL = "https://api.openai.com/v1"
# Many self-hosted servers want no key, but the client insists on one.
_NO_KEY = "none"
# Providers repeat keys in their messages, in part or whole.
_KEY_LIKE = re.compile(r"\bsk-[\w*.-]{6,}|\bBearer\s+\S+", re.IGNORECASE)
_REDACTED = "[key]"


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Base URL and key of an OpenAI-compatible endpoint."""

    base_url: str
    api_key: str = field(default=_NO_KEY, repr=False)
    trusted: bool = False

    @property
    def is_openai(self) -> bool:
        """Whether the host is OpenAI's own."""
        url = urlsplit(self.base_url)
        host = url.hostname or ""
        return url.scheme == "https" and (f".{host}").endswith(".api.openai.com")

    @property
    def sends_ambient_headers(self) -> bool:
        """Whether organization, project and custom headers of the environment go to this host."""
        return self.is_openai or self.trusted

    def without_key(self, text: str) -> str:
        """The text with this endpoint's key taken out; everything else as it was."""
        return text if self.api_key == _NO_KEY else text.replace(self.api_key, _REDACTED)

    def redact(self, message: str) -> str:
        """A provider's message without anything that looks like a key.

        'Incorrect API key provided: sk-abc***xyz.' -> 'Incorrect API key provided: [key]'
        """
        return _KEY_LIKE.sub(_REDACTED, self.without_key(message))


def endpoint_from(environment: Mapping[str, str]) -> Endpoint:
    """Read `OPENAI_BASE_URL` and `OPENAI_API_KEY`; empty counts as unset.

    `OCR_MODEL_SEND_OPENAI_HEADERS=true` asks for `OPENAI_ORG_ID`, `OPENAI_PROJECT_ID` and
    `OPENAI_CUSTOM_HEADERS` to go to a host that is not OpenAI's, too. A variable and no setting:
    who owns the secrets decides, and not whoever logged the model.

    Raises:
        ConfigError: OpenAI's own endpoint without a key, or a value that cannot be used.
    """
    base_url = environment.get("OPENAI_BASE_URL", "").strip() or OPENAI_URL
    api_key = environment.get("OPENAI_API_KEY", "").strip()
    _check_url(base_url)
    # The key goes into a header; typographic quotes and line breaks come with copy and paste.
    if not (api_key.isascii() and api_key.isprintable()) or " " in api_key:
        raise ConfigError(
            "Expected OPENAI_API_KEY to be printable ASCII without blanks; it is not (its value is "
            "not shown). Copy it again, without quotes."
        )
    trusted = _is_true(environment, "OCR_MODEL_SEND_OPENAI_HEADERS")
    endpoint = Endpoint(base_url.rstrip("/"), api_key or _NO_KEY, trusted)
    if endpoint.is_openai and not api_key:
        raise ConfigError(
            "OPENAI_API_KEY is not set, and OpenAI's own endpoint needs a key. Set it, or set "
            "OPENAI_BASE_URL to another OpenAI-compatible endpoint, or use engine='local', which "
            "needs neither."
        )
    return endpoint


def _is_true(environment: Mapping[str, str], name: str) -> bool:
    value = environment.get(name, "").strip().lower()
    if value not in ("", "0", "1", "false", "true"):
        raise ConfigError(f"Expected {name} to be true or false, got {excerpt(value)}.")
    return value in ("1", "true")


def _check_url(base_url: str) -> None:
    try:
        url = urlsplit(base_url)
        usable = url.scheme in ("http", "https") and bool(url.hostname) and url.port != 0
    except ValueError:  # a port that is no number, a broken IPv6 address
        usable = False
    if usable and (url.username or url.password):
        raise ConfigError(
            "Expected OPENAI_BASE_URL without a user name and password, as URLs are shown in "
            "messages and traces. Put the secret into OPENAI_API_KEY."
        )
    if not usable or url.query or url.fragment:
        raise ConfigError(
            "Expected OPENAI_BASE_URL like http://localhost:8000/v1, got "
            f"{excerpt(base_url.split('?')[0].rpartition('@')[2])}."
        )
