"""A secret is taken out however an endpoint writes it, and nothing else is."""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Callable
from urllib.parse import quote

import pytest

from ocr_model.engines.llm.exchange.endpoint import Endpoint, endpoint_from
from ocr_model.engines.llm.exchange.redaction import Secrets
from ocr_model.errors import ConfigError

KEY = "canary-key/8f3a61+d0c2"
HALF = len(KEY) // 2


def percent(text: str) -> str:
    return "".join(f"%{ord(sign):02x}" for sign in text)


def escaped(text: str) -> str:
    return "".join(f"\\u{ord(sign):04x}" for sign in text)


WRITTEN: dict[str, Callable[[str], str]] = {
    "as it is": lambda key: f"Bearer {key}.",
    "for a URL": lambda key: f"?key={quote(key, safe='')}&a=1",
    "each sign for a URL": percent,
    "each sign for a URL, capitals": lambda key: percent(key).upper(),
    "twice for a URL": lambda key: quote(quote(key, safe="")),
    "hexadecimal": lambda key: key.encode().hex(),
    "hexadecimal, capitals": lambda key: key.encode().hex().upper(),
    "hexadecimal, apart": lambda key: key.encode().hex(" "),
    "hexadecimal, Python": lambda key: "".join(f"\\x{ord(sign):02x}" for sign in key),
    "JSON": lambda key: key.replace("/", "\\/"),
    "each sign in JSON": escaped,
    "each sign in JSON in JSON": lambda key: json.dumps(escaped(key)),
    "HTML": lambda key: "".join(f"&#{ord(sign)};" for sign in key),
    "over two lines": lambda key: f"{key[:HALF]}\n    {key[HALF:]}",
    "over two lines in JSON": lambda key: f"{key[:HALF]}\\n{key[HALF:]}",
    "in two strings": lambda key: f'"{key[:HALF]}", "{key[HALF:]}"',
    "in two strings added": lambda key: f"'{key[:HALF]}' + '{key[HALF:]}'",
    **{
        f"base64 from {before} before {after}": lambda key, b=before, a=after: base64.b64encode(
            b"x" * b + key.encode() + b"y" * a
        ).decode()
        for before in range(3)
        for after in range(3)
    },
    "base64 for a URL": lambda key: base64.urlsafe_b64encode(f"~~{key}~~".encode()).decode(),
    "base64 escaped for a URL": lambda key: quote(base64.b64encode(f"~{key}".encode()).decode()),
    "base64 over two lines": lambda key: base64.encodebytes(f"{key} {key * 9}".encode()).decode(),
}


@pytest.mark.parametrize("write", WRITTEN.values(), ids=WRITTEN.keys())
def test_a_secret_is_taken_out_however_it_is_written(write: Callable[[str], str]) -> None:
    written = write(KEY)
    left = Secrets([KEY]).out_of(written)
    assert "[key]" in left
    # Of base64, what hangs on the neighbours stays: less than a byte at either end.
    assert not [part for part in (KEY[:6], KEY[-6:], percent(KEY[:4])) if part in left]
    assert len(left) < len(written) / 2 + 20


@pytest.mark.parametrize("write", WRITTEN.values(), ids=WRITTEN.keys())
def test_what_it_is_taken_out_of_stays_json(write: Callable[[str], str]) -> None:
    body = json.dumps({"a": write(KEY), "b": ["Ann", write(KEY)]})
    left = json.loads(Secrets([KEY]).out_of(body))
    assert left["b"][0] == "Ann"
    assert "[key]" in left["a"]


@pytest.mark.parametrize("text", ["Ann Berg", "canary", KEY[:-1], KEY[::-1], "", "\\" * 99])
def test_other_text_is_left_as_it_is(text: str) -> None:
    assert Secrets([KEY]).out_of(text) == text


def test_a_word_that_serves_as_a_key_stays_in_answers_and_leaves_messages() -> None:
    secrets = Secrets(["EMPTY"])
    assert secrets.out_of("Box: EMPTY") == "Box: EMPTY"
    assert secrets.out_of_message("wrong key EMPTY") == "wrong key [key]"


@pytest.mark.parametrize(
    ("message", "left"),
    [
        ("Incorrect API key provided: sk-abc***xyz.", "Incorrect API key provided: [key]"),
        ("got Bearer abc.def", "got [key]"),
        ("via http://me:pw@proxy:80/", "via http://[key]@proxy:80/"),
    ],
)
def test_whatever_looks_like_a_key_leaves_messages(message: str, left: str) -> None:
    assert Secrets([KEY]).out_of_message(message) == left


@pytest.mark.parametrize(
    "text",
    ["\\" * 400_000, ("c" + '"' * 24) * 16_000, KEY[:-1] * 20_000, "c\\n" * 100_000],
    ids=["backslashes", "quotes", "almost", "escapes"],
)
def test_hostile_text_costs_linear_time(text: str) -> None:
    started = time.thread_time()
    Secrets([KEY]).out_of(text)
    assert time.thread_time() - started < 3


@pytest.mark.parametrize(
    ("base_url", "shown"),
    [
        ("https://api.openai.com/v1", "https://api.openai.com/v1"),
        ("http://127.0.0.1:8000/v1", "http://127.0.0.1:8000/v1"),
        ("http://host/gateway/mlflow/v1", "http://host/gateway/mlflow/v1"),
        ("https://host/canarytoken/v1", "https://host/…/v1"),
        ("https://host/openai/deployments/mine", "https://host/openai/deployments/…"),
    ],
)
def test_of_a_path_only_what_is_documented_is_shown(base_url: str, shown: str) -> None:
    assert Endpoint(base_url).shown == shown


def test_paths_are_told_apart_where_they_are_kept_and_not_kept() -> None:
    one, other = Endpoint("https://host/canary1/v1"), Endpoint("https://host/canary2/v1")
    assert one.kept != other.kept
    assert "canary" not in one.kept
    assert Endpoint("http://host/v1").kept == "http://host/v1"


def test_a_secret_path_leaves_messages() -> None:
    endpoint = Endpoint("https://host/canarytoken/v1", KEY)
    assert endpoint.redact("404: /canarytoken/v1/chat") == "404: /[key]/v1/chat"
    assert endpoint.without_key("a canarytoken on a page") == "a canarytoken on a page"


@pytest.mark.parametrize(
    "base_url",
    [
        "https://host/canary/v1?a=b",
        "https://host/v1?key=canary",
        "https://host/v1#canary",
        "https://me:canary@host/v1",
        "https://canary@host/v1",
        "https://me:can/canary@host/v1",
        "https://me:can?canary@host",
        "https://host/v1?user=me@canary",
        "host/canary",
        "host/canary?x#y",
        "ftp://host/canary",
        "https://host:port/canary",
        "https:///canary",
    ],
)
def test_a_url_that_cannot_be_used_is_named_without_its_secrets(base_url: str) -> None:
    with pytest.raises(ConfigError, match="Expected OPENAI_BASE_URL") as caught:
        endpoint_from({"OPENAI_BASE_URL": base_url})
    assert "canary" not in str(caught.value)


def test_headers_of_the_environment_are_secrets_too() -> None:
    environment = {
        "OPENAI_BASE_URL": "http://host/v1",
        "OPENAI_CUSTOM_HEADERS": "X-Team: canary-header-99d4\nX-A: b",
    }
    endpoint = endpoint_from(environment)
    assert endpoint.without_key("got canary-header-99d4, b") == "got [key], b"
    assert "canary" not in repr(endpoint)
