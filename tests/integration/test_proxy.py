"""nginx, as docs/access.md configures it, before a served model, the demo and the review page."""

from __future__ import annotations

import base64
import contextlib
import json
import os
import re
import shutil
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import mlflow
import pytest
from PIL import Image

from ocr_model.history import read_history
from ocr_model.review.record import load_reviews
from scripts.workshop.model_server import Serving, free_port, served
from tests.integration.conftest import CHECKOUT, Registered
from tests.support.endpoint import Endpoint, completion

NGINX = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin")
pytestmark = [
    pytest.mark.integration,
    pytest.mark.slow,
    pytest.mark.skipif(
        NGINX is None and "CI" not in os.environ, reason="needs nginx: apt-get install nginx-light"
    ),
]

PUBLIC = "forms.example"
TAB = {"X-Review-Editor": "tab-number-1", "Content-Type": "application/json"}
OWN = TAB | {"Origin": f"http://{PUBLIC}"}


class Proxy:
    """A browser that asks nginx for forms.example."""

    def __init__(self, port: int) -> None:
        self._url = f"http://127.0.0.1:{port}"

    def ask(
        self,
        path: str,
        user: str = "",
        body: object = None,
        headers: dict[str, str] | None = None,
        method: str | None = None,
    ) -> tuple[int, str]:
        sent = {"Host": PUBLIC, **(headers or {})}
        if user:
            secret = base64.b64encode(f"{user}:secret of {user}".encode()).decode()
            sent["Authorization"] = f"Basic {secret}"
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self._url + path, data, sent, method=method)
        try:
            with urllib.request.urlopen(request, timeout=60) as reply:
                return reply.status, reply.read().decode("utf-8", "replace")
        except urllib.error.HTTPError as err:
            return err.code, err.read().decode("utf-8", "replace")


@pytest.fixture(scope="module")
def proxy(
    registered: Registered, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Proxy, Path]]:
    folder = tmp_path_factory.mktemp("proxy")
    (folder / "scans").mkdir()
    Image.new("RGB", (300, 100), "white").save(folder / "scans" / "a.png")
    ports = {name: free_port() for name in ("nginx", "5001", "8000", "8001")}
    behind = ("--user-header", "X-Remote-User", "--public-host", PUBLIC)
    serving = Serving(registered.model_uri, registered.environment)
    with contextlib.ExitStack() as started, Endpoint(lambda _: completion()) as endpoint:
        started.enter_context(served(serving, folder, ports["5001"]))
        environment = {
            **registered.environment,
            **endpoint.environment,
            "PYTHONPATH": str(CHECKOUT),
            "OCR_MODEL_CACHE_PATH": str(folder / "replies.sqlite"),
        }
        model = f"http://127.0.0.1:{ports['5001']}"
        scans = ("--data", str(folder / "scans"), "--into", str(folder / "into"))
        for verb, port, options in (
            ("demo", ports["8000"], ("--url", model, "--llm", "a")),
            ("review", ports["8001"], (*scans, "--model-uri", registered.model_uri)),
        ):
            argv = [sys.executable, "-m", f"scripts.{verb}", *options, *behind, "--port", str(port)]
            log = started.enter_context((folder / f"{verb}.log").open("wb"))
            process = subprocess.Popen(argv, env=environment, cwd=folder, stdout=log, stderr=log)
            started.callback(process.wait, 30)
            started.callback(process.kill)
            _wait(f"http://127.0.0.1:{port}/", process)
        process = subprocess.Popen(_nginx(folder, ports), cwd=folder)
        started.callback(process.wait, 30)
        started.callback(process.terminate)
        _wait(f"http://127.0.0.1:{ports['nginx']}/", process)
        yield Proxy(ports["nginx"]), folder


def _nginx(folder: Path, ports: dict[str, int]) -> list[str]:
    """The block of the page, with the ports and files of this test and without TLS."""
    page = (CHECKOUT / "docs" / "access.md").read_text("utf-8")
    [block] = re.findall(r"```nginx\n(.*?)```", page, re.DOTALL)
    block = re.sub(r"(?m)^ *ssl_certificate.*\n", "", block)
    changed = {"listen 443 ssl": f"listen 127.0.0.1:{ports['nginx']}"}
    changed["/etc/nginx/forms.users"] = str(folder / "users")
    changed |= {
        f"127.0.0.1:{port}/": f"127.0.0.1:{ports[port]}/" for port in ports if port != "nginx"
    }
    for before, after in changed.items():
        assert block.count(before) == 1
        block = block.replace(before, after)
    users = ("ann", "bob")
    (folder / "users").write_text("".join(f"{u}:{{PLAIN}}secret of {u}\n" for u in users))
    temporary = "".join(
        f"{name}_temp_path {folder}/{name};\n"
        for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    run_as = "user root;\n" if os.getuid() == 0 else ""
    (folder / "nginx.conf").write_text(
        f"{run_as}daemon off;\npid {folder}/nginx.pid;\nerror_log {folder}/error.log;\n"
        f"events {{}}\nhttp {{\naccess_log off;\n{temporary}{block}}}\n"
    )
    assert NGINX is not None
    return [NGINX, "-p", str(folder), "-c", str(folder / "nginx.conf")]


def _wait(url: str, process: subprocess.Popen[bytes]) -> None:
    gives_up_at = time.monotonic() + 120
    while process.poll() is None and time.monotonic() < gives_up_at:
        try:
            urllib.request.urlopen(url, timeout=5).close()
        except urllib.error.HTTPError:
            return  # who is asked for a password, or a user, is answered
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise AssertionError(f"no answer at {url}")


@pytest.mark.parametrize("place", ["model/health", "demo/", "demo/prompts", "review/"])
def test_nobody_without_a_password_gets_anything(proxy: tuple[Proxy, Path], place: str) -> None:
    browser, _ = proxy
    forged = {"X-Remote-User": "ann"}
    assert browser.ask(f"/forms/{place}", headers=forged)[0] == 401
    assert browser.ask(f"/forms/{place}", "ann")[0] == 200


def test_the_model_is_asked_below_the_path(proxy: tuple[Proxy, Path], form_png: bytes) -> None:
    browser, _ = proxy
    image = base64.b64encode(form_png).decode()
    body = {"dataframe_records": [{"image": image, "document_id": "a"}]}
    json_type = {"Content-Type": "application/json"}
    status, said = browser.ask("/forms/model/invocations", "ann", body, json_type)
    assert status == 200
    assert json.loads(said)["predictions"][0]["outcome"] == "ok"


@pytest.mark.parametrize("place", ["demo/", "demo/prompts", "review/"])
def test_everything_a_page_names_is_there_below_the_path(
    proxy: tuple[Proxy, Path], place: str
) -> None:
    browser, _ = proxy
    _, page = browser.ask(f"/forms/{place}", "ann")
    named = re.findall(r'(?:href|src)="([^"#]+)"', page)
    assert len(named) >= 3
    for name in named:
        assert not name.startswith("/")
        assert browser.ask(f"/forms/{place.rpartition('/')[0]}/{name}", "ann")[0] == 200


def test_scripts_of_the_pages_ask_for_nothing_above_the_path(proxy: tuple[Proxy, Path]) -> None:
    assets = CHECKOUT / "ocr_model" / "web" / "assets"
    asked = [
        path
        for file in assets.rglob("*.js")
        for path in re.findall(
            r"""(?:fetch|ask|post)\((?:"[A-Z]+", )?["'`]([^"'`]*)""", file.read_text()
        )
    ]
    assert len(asked) >= 8
    assert [path for path in asked if path.startswith("/")] == []


def test_who_the_proxy_names_is_who_reviewed(proxy: tuple[Proxy, Path]) -> None:
    browser, folder = proxy
    forged = {"X-Remote-User": "bob"}
    work = {}
    gives_up_at = time.monotonic() + 120
    while not work.get("read"):
        assert time.monotonic() < gives_up_at
        status, said = browser.ask("/forms/review/api/work", "ann", headers=forged)
        assert status == 200
        work = json.loads(said)
        time.sleep(0.2)
    assert work["user"] == "ann"
    [item] = work["items"]
    at = f"/forms/review/api/documents/{item['name']}"
    opened = json.loads(browser.ask(f"{at}/open", "ann", {}, OWN | forged)[1])
    assert browser.ask(f"{at}/pages/1", "ann")[0] == 200
    body = {"version": opened["review"]["version"], "questions": opened["review"]["questions"]}
    elsewhere = TAB | {"Origin": "http://evil.example"}
    for headers in (elsewhere, TAB | {"Origin": "null"}, {}):
        assert browser.ask(f"{at}/done", "ann", body, headers)[0] == 403
    assert browser.ask(f"{at}/done", "ann", body, OWN | {"Host": "evil.example"})[0] == 403
    assert browser.ask(f"{at}/done", "ann", body, OWN | forged)[0] == 200
    [review] = load_reviews(folder / "into")
    assert review.user == "ann"


def test_who_the_proxy_names_is_in_the_history_of_the_prompt(
    proxy: tuple[Proxy, Path], registered: Registered
) -> None:
    browser, _ = proxy
    new = {"text": "Read what stands on the form.", "message": "shorter"}
    own = {"Content-Type": "application/json", "X-Remote-User": "ann"}
    named = own | {"Host": "evil.example"}
    assert browser.ask("/forms/demo/prompts/save", "bob", new, named)[0] == 403
    status, said = browser.ask("/forms/demo/prompts/save", "bob", new, own)
    assert status == 200, said
    mlflow.set_tracking_uri(registered.tracking_uri)
    try:
        event = read_history("prompt ocr-question-answer")[-1].event
    finally:
        mlflow.set_tracking_uri(None)
    assert event is not None
    assert (event.actor, event.actor_kind, event.reason) == ("bob", "stated", "shorter")


def test_a_body_that_is_too_large_does_not_reach_the_model(proxy: tuple[Proxy, Path]) -> None:
    browser, folder = proxy
    with contextlib.suppress(urllib.error.URLError, ConnectionError):  # cut off while it is sent
        assert browser.ask("/forms/model/invocations", "ann", "x" * 32_000_000)[0] == 413
    assert "client intended to send too large body" in (folder / "error.log").read_text()
