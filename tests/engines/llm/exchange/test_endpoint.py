"""What stands in the environment, as copy and paste left it there."""

from __future__ import annotations

import pytest

from ocr_model.engines.llm.exchange.endpoint import endpoint_from
from ocr_model.engines.llm.exchange.transport import proxy_for

URL = "http://llm.example/v1"


@pytest.mark.parametrize(
    ("given", "notes"),
    [
        (URL, ()),
        (f" {URL}/ ", ()),
        (f'"{URL}"', ("OPENAI_BASE_URL read without quotes",)),
        (f"\u2018{URL}/\u2019", ("OPENAI_BASE_URL read without quotes",)),
        (f"{URL}/chat/completions", ("OPENAI_BASE_URL read without /chat/completions",)),
        (f"{URL}/chat/completions/", ("OPENAI_BASE_URL read without /chat/completions",)),
        (
            f"'{URL}/chat/completions'",
            (
                "OPENAI_BASE_URL read without quotes",
                "OPENAI_BASE_URL read without /chat/completions",
            ),
        ),
    ],
)
def test_a_base_url_is_cleaned_and_the_row_will_say_so(given: str, notes: tuple[str, ...]) -> None:
    endpoint = endpoint_from({"OPENAI_BASE_URL": given})
    assert (endpoint.base_url, endpoint.notes) == (URL, notes)


def test_quotes_around_a_key_are_left_out() -> None:
    endpoint = endpoint_from({"OPENAI_BASE_URL": URL, "OPENAI_API_KEY": ' "sk-1234"\n'})
    assert endpoint.api_key == "sk-1234"
    assert endpoint.notes == ("OPENAI_API_KEY read without quotes",)


@pytest.mark.parametrize(
    ("host", "proxied"),
    [
        ("127.0.0.1:8000", False),
        ("localhost", False),
        ("[::1]:8000", False),
        ("llm.localhost", False),
        ("10.0.0.7", True),
        ("llm.example", True),
    ],
)
def test_no_proxy_is_asked_for_this_machine(
    monkeypatch: pytest.MonkeyPatch, host: str, proxied: bool
) -> None:
    monkeypatch.setenv("http_proxy", "http://10.0.0.1:3128")
    for name in ("no_proxy", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
    assert proxy_for(f"http://{host}/v1") == ("http://10.0.0.1:3128" if proxied else None)
