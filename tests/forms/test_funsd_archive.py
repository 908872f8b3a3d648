"""The fetch script against a real HTTP server on loopback that serves a small archive."""

from __future__ import annotations

import contextlib
import hashlib
import importlib
import io
import json
import re
import socket
import stat
import threading
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from ocr_model.commands import script
from ocr_model.errors import DatasetError
from ocr_model.forms.funsd import load_forms
from ocr_model.forms.funsd_archive import FUNSD, Archive, fetch, unpack

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
    """What the server does: `cuts` are the bytes after which the next responses break off."""

    body: bytes = BODY
    knows_ranges: bool = True
    refuses_ranges: bool = False
    misreads_ranges: bool = False
    announces_length: bool = True
    status: int = 200
    cuts: list[int] = field(default_factory=list)
    ranges_asked: list[str | None] = field(default_factory=list)
    url: str = ""

    @property
    def archive(self) -> Archive:
        return Archive(self.url, len(BODY), hashlib.sha256(BODY).hexdigest())


def handler_of(site: Site) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked = self.headers.get("Range")
            site.ranges_asked.append(asked)
            if site.status != 200:
                self.send_error(site.status)
                return
            if asked is not None and site.refuses_ranges:
                self.send_error(416)
                return
            start = 0
            if asked is not None and site.knows_ranges:
                asked_start = int(asked.removeprefix("bytes=").removesuffix("-"))
                start = 0 if site.misreads_ranges else asked_start
            self._send(start, partial=asked is not None and site.knows_ranges)

        def _send(self, start: int, *, partial: bool) -> None:
            rest = site.body[start:]
            self.send_response(206 if partial else 200)
            if partial:
                last = len(site.body) - 1
                self.send_header("Content-Range", f"bytes {start}-{last}/{len(site.body)}")
            if site.announces_length:
                self.send_header("Content-Length", str(len(rest)))
            self.end_headers()
            with contextlib.suppress(ConnectionError):  # the client may have had enough
                self.wfile.write(rest[: site.cuts.pop(0)] if site.cuts else rest)

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
    assert site.ranges_asked == [None]


def test_download_cut_off_goes_on_where_it_was(site: Site, tmp_path: Path) -> None:
    site.cuts = [50_000, 70_000]
    fetch(site.archive, tmp_path)
    assert site.ranges_asked == [None, "bytes=50000-", "bytes=120000-"]


def test_partial_file_of_an_earlier_run_is_resumed(site: Site, tmp_path: Path) -> None:
    (tmp_path / "dataset.zip.part").write_bytes(BODY[:1234])
    fetch(site.archive, tmp_path)
    assert site.ranges_asked == ["bytes=1234-"]


def test_complete_partial_file_is_unpacked_without_a_request(site: Site, tmp_path: Path) -> None:
    (tmp_path / "dataset.zip.part").write_bytes(BODY)
    fetch(site.archive, tmp_path)
    assert site.ranges_asked == []
    assert leftovers(tmp_path) == ["dataset"]


def test_server_without_ranges_sends_everything_again(site: Site, tmp_path: Path) -> None:
    site.knows_ranges = False
    site.cuts = [50_000]
    fetch(site.archive, tmp_path)
    assert site.ranges_asked == [None, "bytes=50000-"]
    assert load_forms(tmp_path)[0].image_path.read_bytes() == NOISE


def test_other_range_than_asked_for_is_not_appended(site: Site, tmp_path: Path) -> None:
    (tmp_path / "dataset.zip.part").write_bytes(BODY[:1234])
    site.misreads_ranges = True
    fetch(site.archive, tmp_path)
    assert site.ranges_asked == ["bytes=1234-"]
    assert load_forms(tmp_path)[0].image_path.read_bytes() == NOISE


def test_refused_range_starts_over(site: Site, tmp_path: Path) -> None:
    (tmp_path / "dataset.zip.part").write_bytes(b"of another file")
    site.refuses_ranges = True
    fetch(site.archive, tmp_path)
    assert site.ranges_asked == ["bytes=15-", None]
    assert load_forms(tmp_path)[0].image_path.read_bytes() == NOISE


def test_download_that_never_ends_is_given_up_and_kept(site: Site, tmp_path: Path) -> None:
    site.cuts = [10] * 5
    with pytest.raises(DatasetError, match=rf"50 of {len(BODY)} bytes, kept to go on from"):
        fetch(site.archive, tmp_path)
    assert (tmp_path / "dataset.zip.part").read_bytes() == BODY[:50]


def test_wrong_checksum_removes_the_file(site: Site, tmp_path: Path) -> None:
    archive = site.archive
    site.body = BODY[:-1] + b"?"
    with pytest.raises(DatasetError, match=rf"SHA-256 {archive.sha256}, got .*was removed"):
        fetch(archive, tmp_path)
    assert leftovers(tmp_path) == []


@pytest.mark.parametrize("partial", [0, 100], ids=["fresh", "resumed"])
def test_announced_size_that_differs_is_refused_before_the_download(
    site: Site, tmp_path: Path, partial: int
) -> None:
    archive = site.archive
    (tmp_path / "dataset.zip.part").write_bytes(BODY[:partial])
    site.body = BODY + b"more"
    with pytest.raises(DatasetError, match=f"server announces {len(BODY) + 4}"):
        fetch(archive, tmp_path)
    assert (tmp_path / "dataset.zip.part").read_bytes() == BODY[:partial]


def test_endless_body_is_not_read_to_its_end(site: Site, tmp_path: Path) -> None:
    archive = site.archive
    site.announces_length = False
    site.body = BODY * 50
    with pytest.raises(DatasetError, match="was removed") as caught:
        fetch(archive, tmp_path)
    (received,) = re.findall(r"got (\d+) bytes", str(caught.value))
    assert int(received) <= len(BODY) + (1 << 16)


@pytest.mark.parametrize("status", [404, 416, 503])
def test_http_error_is_named(site: Site, tmp_path: Path, status: int) -> None:
    site.status = status
    with pytest.raises(DatasetError, match=f"HTTP status {status}"):
        fetch(site.archive, tmp_path)
    assert site.ranges_asked == [None]


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
    assert site.ranges_asked == []
    assert by_hand.is_file()
    assert [form.name for form in load_forms(tmp_path / "funsd")] == ["a"]


def test_wrong_archive_downloaded_by_hand_is_refused_and_stays(tmp_path: Path) -> None:
    by_hand = tmp_path / "mine.zip"
    by_hand.write_bytes(BODY)
    with pytest.raises(DatasetError, match=rf"got {len(BODY)} bytes"):
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
    assert site.ranges_asked == []


def test_target_that_cannot_be_a_folder_is_named(site: Site, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(DatasetError, match=r"Expected to fill .*, got: Not a directory"):
        fetch(site.archive, tmp_path / "file" / "funsd")


def symlink_zip() -> bytes:
    link = zipfile.ZipInfo("dataset/link")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(link, "/etc/passwd")
    return buffer.getvalue()


def encrypted_zip() -> bytes:
    """The flag alone, in the local header and in the directory."""
    content = bytearray(zip_bytes({"a": b"x"}))
    content[6] |= 1
    content[content.index(b"PK\x01\x02") + 8] |= 1
    return bytes(content)


def damaged_zip() -> bytes:
    """One byte of the noise differs, so that its CRC does not hold."""
    content = bytearray(BODY)
    content[100_000] ^= 1
    return bytes(content)


REFUSED: dict[str, tuple[Callable[[], bytes], str]] = {
    "parent folder": (lambda: zip_bytes({"ok": b"", "../evil": b"x"}), r"got '\.\./evil'"),
    "parent inside": (lambda: zip_bytes({"a/../../evil": b"x"}), "own folder"),
    "absolute": (lambda: zip_bytes({"/evil": b"x"}), "own folder"),
    "backslash": (lambda: zip_bytes({"..\\evil": b"x"}), "own folder"),
    "drive": (lambda: zip_bytes({"c:evil": b"x"}), "own folder"),
    "folder outside": (lambda: zip_bytes({"../evil/": b""}), "own folder"),
    "symlink": (symlink_zip, r"a link, device or encrypted file: 'dataset/link'"),
    "encrypted": (encrypted_zip, "encrypted file: 'a'"),
    "bomb": (lambda: zip_bytes({"zeros": bytes(1_000_001)}), "holds 1000001 bytes in 1"),
    "many files": (lambda: zip_bytes({f"{n}": b"" for n in range(5_001)}), "in 5001"),
    "no zip": (lambda: b"<html>Not found</html>", "not a zip file"),
    "cut off": (lambda: BODY[:-100], "not a zip file"),
    "damaged": (damaged_zip, "not a zip file that can be unpacked"),
}


@pytest.mark.parametrize(("content", "message"), REFUSED.values(), ids=REFUSED.keys())
def test_archive_is_refused_and_nothing_is_written(
    tmp_path: Path, content: Callable[[], bytes], message: str
) -> None:
    folder = tmp_path / "funsd"
    folder.mkdir()
    (tmp_path / "archive.zip").write_bytes(content())
    with pytest.raises(DatasetError, match=message):
        unpack(tmp_path / "archive.zip", folder / "dataset", "digest", max_bytes=1_000_000)
    assert leftovers(folder) == []
    assert leftovers(tmp_path) == ["archive.zip", "funsd"]


def test_zip_slip_in_a_download_is_refused(site: Site, tmp_path: Path) -> None:
    site.body = zip_bytes({"dataset/a": b"x", "../evil": b"x"})
    digest = hashlib.sha256(site.body).hexdigest()
    with pytest.raises(DatasetError, match="own folder"):
        fetch(Archive(site.url, len(site.body), digest), tmp_path / "funsd")
    assert leftovers(tmp_path) == ["funsd"]
    assert not (tmp_path / "funsd" / "dataset").exists()


def test_member_listed_twice_is_refused(site: Site, tmp_path: Path) -> None:
    content = zip_bytes({"same": b"1", "sane": b"2"}).replace(b"sane", b"same")
    by_hand = tmp_path / "twice.zip"
    by_hand.write_bytes(content)
    archive = Archive(site.url, len(content), hashlib.sha256(content).hexdigest())
    with pytest.raises(DatasetError, match="File exists"):
        fetch(archive, tmp_path / "funsd", by_hand)
    assert leftovers(tmp_path / "funsd") == []


def test_archive_without_a_top_folder_becomes_the_dataset(tmp_path: Path) -> None:
    content = zip_bytes({"training_data/annotations/a.json": b"[]", "__MACOSX/._a.json": b""})
    (tmp_path / "archive.zip").write_bytes(content)
    unpack(tmp_path / "archive.zip", tmp_path / "dataset", "digest")
    assert (tmp_path / "dataset" / "training_data" / "annotations" / "a.json").is_file()
    assert leftovers(tmp_path / "dataset") == [".archive-sha256", "training_data"]
