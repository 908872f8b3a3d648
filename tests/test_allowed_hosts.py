"""Pages go to the hosts that machine and model allow, and nowhere else."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import pytest

from ocr_model.allowed_hosts import refuse_other_hosts
from ocr_model.commands import run
from ocr_model.engines.llm.engine import LLMEngine
from ocr_model.errors import ConfigError
from ocr_model.web.client import NoAnswerError, read_document
from tests.support.endpoint import Endpoint, completion
from tests.support.llm import SYSTEM, config_of

VARIABLE = "OCR_MODEL_ALLOWED_HOSTS"


@pytest.mark.parametrize(
    ("url", "allowed", "within"),
    [
        ("https://api.openai.com/v1", "api.openai.com", True),
        ("https://API.OpenAI.com./v1", "api.openai.com", True),
        ("https://api.openai.com.evil.example/v1", "api.openai.com", False),
        ("https://evil.example/api.openai.com", "api.openai.com", False),
        ("https://api.openai.com@evil.example/v1", "api.openai.com", False),
        ("http://llm.corp.example:8000/v1", "*.corp.example", True),
        ("http://corp.example/v1", "*.corp.example", False),
        ("http://notcorp.example/v1", "*.corp.example", False),
        ("http://a:8000/v1", "a:8000", True),
        ("http://a:8001/v1", "a:8000", False),
        ("https://a/v1", "a:443", True),
        ("http://[::1]:8000/v1", "[::1]:8000", True),
        ("http://b/v1", "a, b", True),
        ("http://b/v1", "  ", True),
        ("http://b/v1", ",*.", False),
    ],
)
def test_a_host_is_within_the_limit_or_refused(url: str, allowed: str, within: bool) -> None:
    refused = pytest.raises(ConfigError, match="Nothing was sent")
    with nullcontext() if within else refused:
        refuse_other_hosts(url, (), {VARIABLE: allowed})


def test_machine_and_model_must_both_allow_it() -> None:
    limit = {VARIABLE: "a b"}
    refuse_other_hosts("http://b/", ("b", "c"), limit)
    with pytest.raises(ConfigError, match="the setting allowed_hosts allows"):
        refuse_other_hosts("http://a/", ("b", "c"), limit)
    with pytest.raises(ConfigError, match=VARIABLE):
        refuse_other_hosts("http://c/", ("b", "c"), limit)


def test_an_engine_for_another_host_is_not_built_and_nothing_is_sent(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with Endpoint([completion()]) as endpoint:
        for name, value in endpoint.environment.items():
            monkeypatch.setenv(name, value)
        monkeypatch.setenv(VARIABLE, "llm.corp.example")
        with pytest.raises(ConfigError, match=r"allows \(llm\.corp\.example\), got 127\.0\.0\.1"):
            LLMEngine(config_of(), SYSTEM)
        monkeypatch.delenv(VARIABLE)
        with pytest.raises(ConfigError, match="the setting allowed_hosts"):
            LLMEngine(config_of(allowed_hosts=["llm.corp.example"]), SYSTEM)
        LLMEngine(config_of(allowed_hosts=["127.0.0.1"]), SYSTEM).close()
        assert endpoint.requests == []


def test_a_client_for_another_host_sends_nothing(
    monkeypatch: pytest.MonkeyPatch, tmp_path: os.PathLike[str]
) -> None:
    monkeypatch.setenv(VARIABLE, "llm.corp.example")
    with pytest.raises(ConfigError, match="Nothing was sent"):
        run("client", files=[tmp_path], url="http://127.0.0.1:1")
    with pytest.raises(ConfigError, match="Nothing was sent"):
        run("fetch_funsd", to=tmp_path, url="http://127.0.0.1:1/x.zip")


@contextmanager
def server_that_redirects(to: str, status: int) -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        def _redirect(self) -> None:
            self.send_response(status)
            self.send_header("Location", to)
            self.send_header("Content-Length", "0")
            self.end_headers()

        do_GET = do_POST = _redirect  # noqa: N815

        def log_message(self, *_: object) -> None: ...

    server = HTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize("status", [302, 307])
def test_the_client_follows_no_redirect(status: int) -> None:
    with (
        Endpoint([completion()]) as elsewhere,
        server_that_redirects(elsewhere.environment["OPENAI_BASE_URL"], status) as url,
        pytest.raises(NoAnswerError, match=rf"refused the request \({status}\)"),
    ):
        read_document(b"page", "a", url)
    assert elsewhere.requests == []


def test_a_download_is_not_redirected_to_another_host(
    monkeypatch: pytest.MonkeyPatch, tmp_path: os.PathLike[str]
) -> None:
    with server_that_redirects("http://localhost:1/x.zip", 302) as url:
        monkeypatch.setenv(VARIABLE, "127.0.0.1")
        with pytest.raises(ConfigError, match="got localhost:1"):
            run("fetch_funsd", to=tmp_path, url=f"{url}/x.zip")
