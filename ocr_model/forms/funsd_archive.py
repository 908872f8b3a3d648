"""FUNSD as it is published: download, verify and unpack the archive."""

from __future__ import annotations

import hashlib
import http.client
import shutil
import stat
import sys
import tempfile
import urllib.error
import urllib.request
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from ocr_model.console import say
from ocr_model.errors import DatasetError, where_looked

LICENCE = """\
FUNSD (Jaume, Ekenel and Thiran, 2019; https://guillaumejaume.github.io/FUNSD/) may be used for
non-commercial, research and educational purposes only. The scans are under copyright of their
owners: do not publish or commit them, parts of them, or pictures made from them.
"""

_CHUNK_BYTES = 1 << 16
_TIMEOUT_S = 30
# Each attempt goes on where the one before was cut off.
_ATTEMPTS = 5
# FUNSD unpacks to about 30 MB in about 400 files.
_MAX_UNPACKED_BYTES = 200_000_000
_MAX_MEMBERS = 5_000
_STAMP = ".archive-sha256"


@dataclass(frozen=True, slots=True)
class Archive:
    """A zip file as published, with the size and digest that it must have."""

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
        DatasetError: not reachable, not the expected archive, or not safe to unpack.
    """
    dataset = folder / "dataset"
    if _is_unpacked(archive, dataset):
        return dataset
    say(LICENCE, file=sys.stderr)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        part = folder / "dataset.zip.part"
        if local_file is None:
            download(archive, part)
        else:
            verify(local_file, archive)
        unpack(local_file or part, dataset, archive.sha256)
        part.unlink(missing_ok=True)
    except OSError as err:
        raise DatasetError(f"{folder} could not be filled: {err}.") from err
    return dataset


def _is_unpacked(archive: Archive, dataset: Path) -> bool:
    """Unpacking ends with one rename, so that a dataset that is there is complete."""
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


def download(archive: Archive, part: Path) -> None:
    """Download into `part`, going on from the bytes that are there, and verify it.

    Raises:
        DatasetError: what was received is kept if it can be resumed, removed if it is wrong.
    """
    for _ in range(_ATTEMPTS):
        have = part.stat().st_size if part.exists() else 0
        if have >= archive.size_bytes:
            break
        try:
            _receive(archive, part, have)
        except urllib.error.HTTPError as err:
            err.close()
            if err.code != http.HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE or not have:
                raise _unreachable(archive, f"HTTP status {err.code}") from err
            part.unlink()
        except urllib.error.URLError as err:
            raise _unreachable(archive, str(err.reason)) from err
        except (http.client.HTTPException, ConnectionError, TimeoutError) as err:
            say(f"  cut off ({err!r}), going on", file=sys.stderr)
    have = part.stat().st_size if part.exists() else 0
    if have < archive.size_bytes:
        raise _unreachable(archive, f"{have} of {archive.size_bytes} bytes, kept to go on from")
    try:
        verify(part, archive)
    except DatasetError as err:
        part.unlink()
        raise DatasetError(f"{err} The download was removed; run this again.") from err


def _unreachable(archive: Archive, reason: str) -> DatasetError:
    return DatasetError(
        f"Expected to download {archive.url}, got: {reason}. Check the network and run this again, "
        "or download the archive by hand and pass it: "
        "`ocr-model fetch-funsd --archive dataset.zip`."
    )


def _receive(archive: Archive, part: Path, have: int) -> None:
    if not archive.url.startswith(("http://", "https://")):
        raise DatasetError(f"Expected an http(s) URL, got {archive.url!r}.")
    request = urllib.request.Request(archive.url)  # noqa: S310 - the scheme is checked above
    if have:
        request.add_header("Range", f"bytes={have}-")
    with urllib.request.urlopen(request, timeout=_TIMEOUT_S) as response:  # noqa: S310
        resumed = str(response.headers.get("Content-Range", "")).startswith(f"bytes {have}-")
        # A server that does not know ranges answers 200 with everything.
        start = have if response.status == http.HTTPStatus.PARTIAL_CONTENT and resumed else 0
        announced = archive.size_bytes if response.length is None else start + response.length
        if announced != archive.size_bytes:
            raise DatasetError(
                f"Expected {archive.size_bytes} bytes at {archive.url}, the server announces "
                f"{announced}: this is not the archive that was published."
            )
        with part.open("ab" if start else "wb") as target:
            _copy(response, target, start, archive.size_bytes)


def _copy(source: BinaryIO, target: BinaryIO, start: int, size_bytes: int) -> None:
    """Copy with a line of progress every tenth; stops soon after `size_bytes`."""
    done, tenth = start, 10 * start // size_bytes
    while done <= size_bytes and (chunk := source.read(_CHUNK_BYTES)):
        target.write(chunk)
        done += len(chunk)
        if 10 * done // size_bytes > tenth:
            tenth = 10 * done // size_bytes
            say(f"  {done:,} of {size_bytes:,} bytes", file=sys.stderr)


def verify(path: Path, archive: Archive) -> None:
    """Raises DatasetError unless the file has the size and SHA-256 of the archive."""
    if not path.is_file():
        raise DatasetError(f"Expected the archive in {path}, got no such file.{where_looked(path)}")
    with path.open("rb") as file:
        found = hashlib.file_digest(file, "sha256").hexdigest()
    if path.stat().st_size != archive.size_bytes or found != archive.sha256:
        raise DatasetError(
            f"Expected {path} to have {archive.size_bytes} bytes and SHA-256 {archive.sha256}, "
            f"got {path.stat().st_size} bytes and {found}."
        )


def unpack(path: Path, dataset: Path, sha256: str, max_bytes: int = _MAX_UNPACKED_BYTES) -> None:
    """Unpack the archive so that `dataset` appears complete or not at all.

    An archive's own single top folder `dataset/` becomes `dataset`.

    Raises:
        DatasetError: the archive is damaged, too large, or holds a member that is refused.
    """
    with tempfile.TemporaryDirectory(prefix=".unpacking-", dir=dataset.parent) as scratch:
        root = Path(scratch) / "root"
        root.mkdir()
        try:
            with zipfile.ZipFile(path) as archive:
                for member in _checked_members(archive, max_bytes):
                    _write_member(archive, member, root)
        except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError) as err:
            raise DatasetError(f"{path} is not a zip file that can be unpacked: {err}.") from err
        top = root / "dataset" if (root / "dataset").is_dir() else root
        (top / _STAMP).write_text(f"{sha256}\n")
        top.rename(dataset)


def _checked_members(archive: zipfile.ZipFile, max_bytes: int) -> list[zipfile.ZipInfo]:
    """Files to unpack; every member is checked before the first byte is written."""
    members = archive.infolist()
    # zipfile never returns more of a member than the size its header declares.
    declared = sum(member.file_size for member in members)
    if declared > max_bytes or len(members) > _MAX_MEMBERS:
        raise DatasetError(
            f"Expected at most {max_bytes} bytes in {_MAX_MEMBERS} files, the archive holds "
            f"{declared} bytes in {len(members)}."
        )
    for member in members:
        _check_member(member)
    # Archives made on macOS carry a second tree with resource forks.
    return [m for m in members if not m.is_dir() and not m.filename.startswith("__MACOSX/")]


def _check_member(member: zipfile.ZipInfo) -> None:
    name, kind = member.filename, stat.S_IFMT(member.external_attr >> 16)
    outside = PurePosixPath(name).is_absolute() or ".." in PurePosixPath(name).parts
    if outside or "\\" in name or ":" in name:
        raise DatasetError(f"Expected paths inside the archive's own folder, got {name!r}.")
    if kind not in (0, stat.S_IFREG, stat.S_IFDIR) or member.flag_bits & 1:
        raise DatasetError(f"Expected plain files, got a link, device or encrypted file: {name!r}.")


def _write_member(archive: zipfile.ZipFile, member: zipfile.ZipInfo, root: Path) -> None:
    target = root / member.filename
    target.parent.mkdir(parents=True, exist_ok=True)
    with archive.open(member) as source, target.open("xb") as file:
        shutil.copyfileobj(source, file)
