"""The published FUNSD archive: download it, verify it, unpack it.

The digest pins every byte of the archive, so its members need no checks of their own.
"""

from __future__ import annotations

import hashlib
import http.client
import sys
import tempfile
import urllib.error
import urllib.request
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ocr_model.allowed_hosts import refuse_other_hosts
from ocr_model.console import say
from ocr_model.errors import DatasetError, where_looked

LICENCE = """\
FUNSD (Jaume, Ekenel and Thiran, 2019; https://guillaumejaume.github.io/FUNSD/) may be used for
non-commercial, research and educational purposes only. The scans are under copyright of their
owners: do not publish or commit them, parts of them, or pictures made from them.
"""

_CHUNK_BYTES = 1 << 16
_TIMEOUT_S = 30
_STAMP = ".archive-sha256"


@dataclass(frozen=True, slots=True)
class Archive:
    """A published zip file, with its required size and digest."""

    url: str
    size_bytes: int
    sha256: str


FUNSD = Archive(
    url="https://guillaumejaume.github.io/FUNSD/dataset.zip",
    size_bytes=16_838_830,
    sha256="c31735649e4f441bcbb4fd0f379574f7520b42286e80b01d80b445649d54761f",
)


def fetch(archive: Archive, folder: Path, local_file: Path | None = None) -> Path:
    """Make sure that the verified, unpacked archive is in `folder` and return where.

    Raises:
        DatasetError: it cannot be reached, is not the expected archive, or cannot be written.
    """
    dataset = folder / "dataset"
    if _is_unpacked(archive, dataset):
        return dataset
    say(LICENCE, file=sys.stderr)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".fetching-", dir=folder) as scratch:
            zip_file = local_file or _download(archive, Path(scratch) / "dataset.zip")
            _verify(zip_file, archive)
            _unpack(zip_file, Path(scratch), dataset, archive.sha256)
        # Earlier commits kept an unfinished download here.
        (folder / "dataset.zip.part").unlink(missing_ok=True)
    except OSError as err:
        raise DatasetError(
            f"Expected to fill {folder}, got: {err.strerror or 'a failure of the disk'}."
        ) from err
    return dataset


def _is_unpacked(archive: Archive, dataset: Path) -> bool:
    """Whether it is there: unpacking ends with one rename, so an existing dataset is complete."""
    if not dataset.exists():
        return False
    stamp = dataset / _STAMP
    found = stamp.read_text().strip() if stamp.is_file() else "no archive known here"
    if found != archive.sha256:
        raise DatasetError(
            f"Expected {dataset} to be free or to come from the archive with SHA-256 "
            f"{archive.sha256}, got a folder from {found}. Move it away, or choose another --to."
        )
    return True


class _Redirects(urllib.request.HTTPRedirectHandler):
    """Follows redirects only to allowed hosts."""

    def redirect_request(
        self, req: urllib.request.Request, fp: Any, code: int, msg: str, headers: Any, newurl: str
    ) -> urllib.request.Request | None:
        refuse_other_hosts(newurl)
        return super().redirect_request(req, fp, code, msg, headers, newurl)


def _download(archive: Archive, target: Path) -> Path:
    if not archive.url.startswith(("http://", "https://")):
        raise DatasetError(f"Expected an http(s) URL, got {archive.url!r}.")
    refuse_other_hosts(archive.url)
    try:
        with (
            urllib.request.build_opener(_Redirects).open(
                archive.url, timeout=_TIMEOUT_S
            ) as response,
            target.open("wb") as file,
        ):
            for chunk in _with_progress(response, archive.size_bytes):
                file.write(chunk)
    except (urllib.error.URLError, http.client.HTTPException, ConnectionError, TimeoutError) as err:
        raise DatasetError(
            f"Expected to download {archive.url}, got: {err}. Check the network and run this "
            "again, or download the archive by hand and pass it: "
            "`ocr-model fetch-funsd --archive dataset.zip`."
        ) from err
    return target


def _with_progress(response: http.client.HTTPResponse, size_bytes: int) -> Iterator[bytes]:
    """Chunks, with a progress line every tenth; stops soon after `size_bytes`."""
    done = tenth = 0
    while done <= size_bytes and (chunk := response.read(_CHUNK_BYTES)):
        yield chunk
        done += len(chunk)
        if 10 * done // size_bytes > tenth:
            tenth = 10 * done // size_bytes
            say(f"  {done:,} of {size_bytes:,} bytes", file=sys.stderr)


def _verify(path: Path, archive: Archive) -> None:
    if not path.is_file():
        raise DatasetError(f"Expected the archive in {path}, got no such file.{where_looked(path)}")
    with path.open("rb") as file:
        found = hashlib.file_digest(file, "sha256").hexdigest()
    if found != archive.sha256:
        raise DatasetError(
            f"Expected {archive.size_bytes:,} bytes with SHA-256 {archive.sha256}, got "
            f"{path.stat().st_size:,} bytes with {found}: the download was cut off, or this is "
            "another archive. Run this again, or pass the published one with --archive."
        )


def _unpack(zip_file: Path, scratch: Path, dataset: Path, sha256: str) -> None:
    """The archive's own top folder `dataset/` appears as `dataset`, complete or not at all."""
    with zipfile.ZipFile(zip_file) as archive:
        archive.extractall(scratch)
    (scratch / "dataset" / _STAMP).write_text(f"{sha256}\n")
    (scratch / "dataset").rename(dataset)
