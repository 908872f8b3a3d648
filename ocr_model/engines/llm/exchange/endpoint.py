"""The endpoint and key from the environment. The key is sent to no other host."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from urllib.parse import urlsplit, urlunsplit

from ocr_model.allowed_hosts import refuse_other_hosts
from ocr_model.engines.llm.exchange.redaction import SHORTEST_SECRET, Secrets
from ocr_model.errors import ConfigError, excerpt

OPENAI_URL = "https://api.openai.com/v1"
# Many self-hosted servers need no key, but the client requires one.
_NO_KEY = "none"
# Documented parts of paths; any other part may be a secret, and is never shown.
_PLAIN_SEGMENT = re.compile(
    r"v\d+(?:beta\d*|alpha\d*)?|api|openai|deployments|engines|gateway|mlflow|models|chat"
    r"|completions|compatible-mode|inference|serving-endpoints|llm|ai|proxy|beta|compat|projects"
    r"|locations|endpoints|openapi|invocations",
    re.IGNORECASE,
)
_HIDDEN = "…"
# Characters that copy and paste adds around a value, and documented endings of a URL.
_AROUND = " \t\r\n\"'`“”„\u2018\u2019«»"
_REQUEST_PATH = "/chat/completions"
# In text read from a page, only a string that is long enough, and not a name, counts as a secret.
_RANDOM = re.compile(r"(?=.*\d)(?=.*[a-zA-Z]).{16,}")


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Base URL and key of an OpenAI-compatible endpoint."""

    base_url: str
    api_key: str = field(default=_NO_KEY, repr=False)
    trusted: bool = False
    # Other secrets: header values from the environment, or pinned by an old model.
    headers: tuple[str, ...] = field(default=(), repr=False)
    # Parts of the environment's values that were ignored.
    notes: tuple[str, ...] = field(default=(), compare=False)

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

    @property
    def shown(self) -> str:
        """The URL for messages: documented parts of its path, the rest as "…"."""
        url = urlsplit(self.base_url)
        parts = [part if _is_plain(part) else _HIDDEN for part in url.path.split("/")]
        return urlunsplit((url.scheme, url.netloc, "/".join(parts), "", ""))

    @property
    def kept(self) -> str:
        """The URL for the cache: like the shown one, but distinct for distinct URLs."""
        if self.shown == self.base_url:
            return self.base_url
        return f"{self.shown}#{hashlib.sha256(self.base_url.encode()).hexdigest()[:12]}"

    def without_key(self, text: str) -> str:
        """The text with this endpoint's secrets removed, otherwise unchanged."""
        return _secrets(self).out_of(text)

    def redact(self, message: str) -> str:
        """A provider's message without anything that looks like a key."""
        return _secrets(self).out_of_message(message)


def _is_plain(segment: str) -> bool:
    return not segment or _PLAIN_SEGMENT.fullmatch(segment) is not None


@lru_cache(maxsize=32)
def _secrets(endpoint: Endpoint) -> Secrets:
    keys = [endpoint.api_key] if endpoint.api_key != _NO_KEY else []
    hidden = [part for part in urlsplit(endpoint.base_url).path.split("/") if not _is_plain(part)]
    return Secrets([*keys, *endpoint.headers, *filter(_RANDOM.match, hidden)], words=hidden)


def endpoint_from(environment: Mapping[str, str], allowed_hosts: Sequence[str] = ()) -> Endpoint:
    """Read `OPENAI_BASE_URL` and `OPENAI_API_KEY`; empty counts as unset, quotes are dropped.

    With `OCR_MODEL_SEND_OPENAI_HEADERS=true`, `OPENAI_ORG_ID`, `OPENAI_PROJECT_ID` and
    `OPENAI_CUSTOM_HEADERS` are also sent to a host that is not OpenAI's. This is an environment
    variable because the owner of the secrets decides, not the person who logged the model.

    Raises:
        ConfigError: OpenAI's own endpoint without a key, an unusable value, or a host that the
            machine or the model does not allow.
    """
    given_url = environment.get("OPENAI_BASE_URL", "").strip()
    base_url = given_url.strip(_AROUND).rstrip("/")
    notes = () if base_url == given_url.rstrip("/") else ("OPENAI_BASE_URL read without quotes",)
    if base_url.endswith(_REQUEST_PATH):
        base_url = base_url.removesuffix(_REQUEST_PATH)
        notes = (*notes, f"OPENAI_BASE_URL read without {_REQUEST_PATH}")
    base_url = base_url or OPENAI_URL
    given_key = environment.get("OPENAI_API_KEY", "").strip()
    api_key = given_key.strip(_AROUND)
    if api_key != given_key:
        notes = (*notes, "OPENAI_API_KEY read without quotes")
    _check_url(base_url)
    refuse_other_hosts(base_url, allowed_hosts, environment)
    # The key goes into a header; copy and paste adds typographic quotes and line breaks.
    if not (api_key.isascii() and api_key.isprintable()) or " " in api_key:
        raise ConfigError(
            "Expected OPENAI_API_KEY to be printable ASCII without blanks; it is not (its value is "
            "not shown). Copy it again, without quotes."
        )
    trusted = _is_true(environment, "OCR_MODEL_SEND_OPENAI_HEADERS")
    headers = _header_values(environment.get("OPENAI_CUSTOM_HEADERS", ""))
    endpoint = Endpoint(base_url.rstrip("/"), api_key or _NO_KEY, trusted, headers, notes)
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


def _header_values(lines: str) -> tuple[str, ...]:
    values = (line.partition(":")[2].strip() for line in lines.splitlines())
    return tuple(value for value in values if len(value) >= SHORTEST_SECRET)


def _check_url(base_url: str) -> None:
    try:
        url = urlsplit(base_url)
        usable = url.scheme in ("http", "https") and bool(url.hostname) and url.port != 0
    except ValueError:  # a port that is not a number, a broken IPv6 address
        usable = False
    if usable and (url.username or url.password):
        raise ConfigError(
            "Expected OPENAI_BASE_URL without a user name and password, as URLs are shown in "
            "messages and traces. Put the secret into OPENAI_API_KEY."
        )
    if not usable or url.query or url.fragment:
        raise ConfigError(
            f"Expected OPENAI_BASE_URL like http://localhost:8000/v1, got {_host_of(base_url)}"
            f"{_beside_the_path(base_url)}."
        )


def _host_of(base_url: str) -> str:
    """Scheme and host of something that may not be a URL; anything else may be a secret."""
    if "@" in base_url:
        return "one with '@' in it (not shown)"
    scheme, slashes, rest = base_url.rpartition("://")
    return excerpt(f"{scheme}{slashes}{re.split(r'[/?#]', rest)[0]}")


def _beside_the_path(base_url: str) -> str:
    found = [name for sign, name in (("?", "a query"), ("#", "a fragment")) if sign in base_url]
    return f" with {' and '.join(found)} (not shown)" if found else ""
