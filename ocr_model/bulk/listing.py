"""The input of a batch -> its files, one after another.

Knows nothing of their content: a file that is not a document gets a row that says so.
"""

from __future__ import annotations

import glob
import os
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from ocr_model.errors import ConfigError, where_looked

_LISTS = (".txt", ".lst", ".list")


class BatchDocument(NamedTuple):
    """A file and the name of its row: its path as it was found, as text."""

    path: str
    document_id: str


def find_documents(given: str) -> Iterator[BatchDocument]:
    """The documents of a folder, a glob, a list file, or a single file.

    A folder: all files in it and below, without hidden ones, sorted. A list (`.txt`, `.lst`,
    `.list`): one path per line, in order. Relative paths are resolved from the working folder.

    Raises:
        ConfigError: nothing was found.
    """
    if Path(given).is_dir():
        paths = _files_below(given)
    elif Path(given).is_file():
        paths = _listed_in(Path(given)) if given.lower().endswith(_LISTS) else iter([given])
    else:
        paths = iter(sorted(filter(_is_file, glob.glob(given, recursive=True))))  # noqa: PTH207 - of text
    first = next(paths, None)
    if first is None:
        raise ConfigError(
            f"Expected input to name a folder with documents, a glob like 'scans/*.png' or a list "
            f"of paths ({', '.join(_LISTS)}), got {given!r}, where no file is."
            f"{where_looked(given)}"
        )
    yield _document(first)
    yield from map(_document, paths)


def _files_below(folder: str) -> Iterator[str]:
    """Sorted within each folder, so that no complete list is held in memory."""
    for parent, folders, files in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(files):
            path = os.path.join(parent, name)  # noqa: PTH118 - millions of Path objects
            if not name.startswith(".") and _is_file(path):
                yield path


def _is_file(path: str) -> bool:
    """Whether it is a regular file, not a folder or a pipe, which might never end."""
    return Path(path).is_file()


def _listed_in(file: Path) -> Iterator[str]:
    with file.open(encoding="utf-8-sig", errors="surrogateescape") as lines:
        for line in lines:
            if path := line.strip():
                yield path


def _document(path: str) -> BatchDocument:
    # A name that is not UTF-8 is kept for opening the file; a table cannot store it.
    document_id = path.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
    return BatchDocument(str(Path(path).absolute()), document_id)
