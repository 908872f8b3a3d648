"""The fetch script against a real HTTP server on loopback that serves a small archive."""

from __future__ import annotations

import contextlib
import hashlib
import importlib
import io
import json
import re
import socket
import threading
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from ocr_model.commands import script
from ocr_model.errors import DatasetError
from ocr_model.forms.funsd import load_forms
from ocr_model.forms.funsd_archive import FUNSD, Archive, fetch

VERB = importlib.import_module("ocr_model.commands.fetch_funsd")

ANNOTATION = {
    "form": [
        {"id": 0, "label": "question", "text": "Name:", "words": [], "linking": [[0, 1]]},
        {"id": 1, "label": "answer", "text": "Ann", "words": [], "linking": [[0, 1]]},
    ]
}
# Incompressible, so that cutting the body halfway cuts inside a member.
NOISE = hashlib.shake_256(b"page").digest(200_000)


def zip_bytes(members: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return buffer.getvalue()


BODY = zip_bytes(
    {
        "dataset/": b"",
        "dataset/testing_data/annotations/a.json": json.dumps(ANNOTATION).encode(),
        "dataset/testing_data/images/a.png": NOISE,
        "__MACOSX/dataset/._a.json": b"resource fork",
    }
)


@dataclass
class Site:
    """What the server does; `cut` is the number of bytes after which it breaks off."""

    body: bytes = BODY
    announces_length: bool = True
    status: int = 200
    cut: int | None = None
    requests: int = 0
    url: str = ""

    @property
    def archive(self) -> Archive:
        return Archive(self.url, len(BODY), hashlib.sha256(BODY).hexdigest())


def handler_of(site: Site) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            site.requests += 1
            if site.status != 200:
                self.send_error(site.status)
                return
            self.send_response(200)
            if site.announces_length:
                self.send_header("Content-Length", str(len(site.body)))
            self.end_headers()
            with contextlib.suppress(ConnectionError):  # the client may have had enough
                self.wfile.write(site.body[: site.cut])

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002, ARG002 - as the base
            return

    return Handler


@pytest.fixture
def site(monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    site = Site()
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler_of(site))
    site.url = f"http://127.0.0.1:{server.server_port}/dataset.zip"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield site
    server.shutdown()
    thread.join()
    server.server_close()


def leftovers(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_published_archive_is_the_official_one() -> None:
    assert FUNSD.url == "https://guillaumejaume.github.io/FUNSD/dataset.zip"
    assert FUNSD.size_bytes == 16_838_830
    assert re.fullmatch("[0-9a-f]{64}", FUNSD.sha256)


def test_fetched_forms_load_and_nothing_else_is_left(site: Site, tmp_path: Path) -> None:
    folder = tmp_path / "data" / "funsd"
    assert fetch(site.archive, folder) == folder / "dataset"
    (form,) = load_forms(folder)
    assert form.references == {"Name:": ["Ann"]}
    assert form.image_path.read_bytes() == NOISE
    assert leftovers(folder) == ["dataset"]
    assert leftovers(folder / "dataset") == [".archive-sha256", "testing_data"]


def test_the_verb_states_the_licence_and_shows_progress(
    site: Site,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(VERB, "FUNSD", replace(site.archive, url="http://unused.invalid/"))
    assert script("fetch_funsd", ["--to", str(tmp_path), "--url", site.url]) == 0
    told = capsys.readouterr()
    assert told.out == f"FUNSD is in {tmp_path / 'dataset'}\n"
    licence, progress = told.err.split(f"{len(BODY):,} of {len(BODY):,} bytes")[0].split("\n\n")
    assert "non-commercial, research and educational purposes only" in licence
    assert progress.count("\n") >= 3


def test_second_fetch_asks_the_server_nothing(site: Site, tmp_path: Path) -> None:
    fetch(site.archive, tmp_path)
    fetch(site.archive, tmp_path)
    assert site.requests == 1


def test_unfinished_download_of_an_earlier_commit_is_cleared(site: Site, tmp_path: Path) -> None:
    (tmp_path / "dataset.zip.part").write_bytes(BODY[:1234])
    fetch(site.archive, tmp_path)
    assert leftovers(tmp_path) == ["dataset"]


@pytest.mark.parametrize("announces_length", [True, False])
def test_download_cut_off_leaves_nothing_and_can_be_run_again(
    site: Site, tmp_path: Path, *, announces_length: bool
) -> None:
    site.cut, site.announces_length = 50_000, announces_length
    with pytest.raises(DatasetError, match="un this again"):
        fetch(site.archive, tmp_path)
    assert leftovers(tmp_path) == []
    site.cut = None
    fetch(site.archive, tmp_path)
    assert load_forms(tmp_path)[0].image_path.read_bytes() == NOISE


def test_other_archive_is_refused_and_removed(site: Site, tmp_path: Path) -> None:
    archive = site.archive
    site.body = BODY[:-1] + b"?"
    with pytest.raises(DatasetError, match=rf"SHA-256 {archive.sha256}, got .*another archive"):
        fetch(archive, tmp_path)
    assert leftovers(tmp_path) == []


def test_endless_body_is_not_read_to_its_end(site: Site, tmp_path: Path) -> None:
    archive = site.archive
    site.announces_length = False
    site.body = BODY * 50
    with pytest.raises(DatasetError, match="another archive") as caught:
        fetch(archive, tmp_path)
    (received,) = re.findall(r"got ([\d,]+) bytes", str(caught.value))
    assert int(received.replace(",", "")) <= len(BODY) + (1 << 16)


@pytest.mark.parametrize("status", [404, 503])
def test_http_error_is_named(site: Site, tmp_path: Path, status: int) -> None:
    site.status = status
    with pytest.raises(DatasetError, match=f"HTTP Error {status}"):
        fetch(site.archive, tmp_path)
    assert site.requests == 1


def test_offline_error_says_what_to_do(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
    url = f"http://127.0.0.1:{port}/dataset.zip"
    assert script("fetch_funsd", ["--to", str(tmp_path), "--url", url]) == 2
    told = capsys.readouterr().err
    assert "Connection refused" in told
    assert "--archive dataset.zip" in told


@pytest.mark.parametrize("url", ["file:///etc/passwd", "ftp://127.0.0.1/x", "dataset.zip"])
def test_url_that_is_not_http_is_refused(tmp_path: Path, url: str) -> None:
    with pytest.raises(DatasetError, match=r"Expected an http\(s\) URL"):
        fetch(replace(FUNSD, url=url), tmp_path)


def test_archive_downloaded_by_hand_needs_no_network_and_stays(
    site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    by_hand = tmp_path / "mine.zip"
    by_hand.write_bytes(BODY)
    arguments = ["--to", str(tmp_path / "funsd"), "--archive", str(by_hand)]
    monkeypatch.setattr(VERB, "FUNSD", site.archive)
    assert script("fetch_funsd", arguments) == 0
    assert site.requests == 0
    assert by_hand.is_file()
    assert [form.name for form in load_forms(tmp_path / "funsd")] == ["a"]


def test_wrong_archive_downloaded_by_hand_is_refused_and_stays(tmp_path: Path) -> None:
    by_hand = tmp_path / "mine.zip"
    by_hand.write_bytes(BODY)
    with pytest.raises(DatasetError, match=rf"got {len(BODY):,} bytes"):
        fetch(FUNSD, tmp_path / "funsd", by_hand)
    assert by_hand.is_file()


def test_missing_archive_downloaded_by_hand_is_named(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match=r"nowhere\.zip, got no such file"):
        fetch(FUNSD, tmp_path, tmp_path / "nowhere.zip")


def test_folder_of_unknown_origin_is_not_touched(site: Site, tmp_path: Path) -> None:
    (tmp_path / "dataset").mkdir()
    (tmp_path / "dataset" / "mine.txt").write_text("keep")
    with pytest.raises(DatasetError, match="from no archive known here"):
        fetch(site.archive, tmp_path)
    assert leftovers(tmp_path / "dataset") == ["mine.txt"]
    assert site.requests == 0


def test_target_that_cannot_be_a_folder_is_named(site: Site, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(DatasetError, match=r"Expected to fill .*, got: Not a directory"):
        fetch(site.archive, tmp_path / "file" / "funsd")
