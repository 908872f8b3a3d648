"""The SQLite file of the reply cache: its location, creation, checks and transactions."""

from __future__ import annotations

import contextlib
import os
import sqlite3
import sys
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import quote

from ocr_model.age import parse_age, time_before
from ocr_model.errors import ConfigError, where_looked

PATH_VARIABLE = "OCR_MODEL_CACHE_PATH"
AGE_VARIABLE = "OCR_MODEL_CACHE_MAX_AGE"
SCHEMA_VERSION = 1
_APPLICATION_ID = 0x6F63726D  # "ocrm", so that no other program's file is mistaken for ours
_BUSY_S = 30.0

# Models carry their own code, so earlier versions of it write to this file, too: they track its
# size in `size` with the triggers, and evict by `used`. This version does neither.
_SCHEMA = (
    "CREATE TABLE replies (key TEXT NOT NULL, endpoint TEXT NOT NULL, llm TEXT NOT NULL, "
    "reply TEXT NOT NULL, bytes INTEGER NOT NULL, stored_at TEXT NOT NULL, "
    "used INTEGER NOT NULL, PRIMARY KEY (key, endpoint))",
    "CREATE INDEX replies_by_use ON replies (used)",
    "CREATE TABLE size (bytes INTEGER NOT NULL)",
    "INSERT INTO size VALUES (0)",
    "CREATE TRIGGER grow AFTER INSERT ON replies "
    "BEGIN UPDATE size SET bytes = bytes + new.bytes; END",
    "CREATE TRIGGER shrink AFTER DELETE ON replies "
    "BEGIN UPDATE size SET bytes = bytes - old.bytes; END",
    f"PRAGMA application_id = {_APPLICATION_ID}",
    f"PRAGMA user_version = {SCHEMA_VERSION}",
)


# The document of a reply, for erasing it; models of earlier versions do not write it.
DOCUMENTS = (
    "CREATE TABLE IF NOT EXISTS documents (sha256 TEXT NOT NULL, key TEXT NOT NULL, "
    "PRIMARY KEY (sha256, key)) WITHOUT ROWID"
)


def default_path() -> Path:
    """`OCR_MODEL_CACHE_PATH`, else a file in the user's cache folder."""
    if named := os.environ.get(PATH_VARIABLE, "").strip():
        return Path(named).expanduser()
    if sys.platform == "win32":
        folder = os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local"
    else:
        folder = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(folder) / "ocr_model" / "replies.sqlite"


def longest_kept() -> timedelta | None:
    """The maximum age of a reply on this machine; None: no limit."""
    given = os.environ.get(AGE_VARIABLE, "").strip()
    return parse_age(given) if given else None


def stored_before(age: timedelta) -> str:
    """Now minus the age, in the format of `stored_at`."""
    return as_stored(time_before(age))


def as_stored(time: datetime) -> str:
    return f"{time:%Y-%m-%dT%H:%M:%S.%f}"[:-3].rjust(23, "0") + "Z"


def open_file(path: Path, *, read_only: bool) -> sqlite3.Connection:
    """Open a cache file; for writing, create it, readable only by its owner.

    Raises:
        ConfigError: there is no file to read, or it is damaged or not a cache.
    """
    if read_only and not path.is_file():
        raise ConfigError(
            f"Expected recorded replies at {path}, found no file. Record some with "
            f"cache='read-write', or name the file in `cache_path`.{where_looked(path)}"
        )
    try:
        if not read_only:
            _create_private(path)
        return _open(path, "ro" if read_only else "rw")
    except (sqlite3.Error, OSError) as err:
        raise ConfigError(
            f"Expected {path} to be a cache of replies, but it cannot be used: {err}. Name "
            "another file in `cache_path`, or move this one away; nothing in it was changed."
        ) from err


def _create_private(path: Path) -> None:
    """Create the file with private permissions, because replies contain people's data."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with contextlib.suppress(FileExistsError):
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))


def _open(path: Path, access: str) -> sqlite3.Connection:
    connection = sqlite3.connect(
        f"file:{quote(str(path.absolute()))}?mode={access}",
        uri=True,
        timeout=_BUSY_S,
        isolation_level=None,
        check_same_thread=False,
    )
    try:
        if access == "rw":
            _create_tables(connection)
        _check(connection, path)
        if access == "rw":
            _use_wal(connection)
            connection.execute(DOCUMENTS)
    except BaseException:
        connection.close()
        raise
    return connection


def _create_tables(connection: sqlite3.Connection) -> None:
    """Create the tables of an empty file; if several processes find it empty, one does."""
    if connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
        return
    with transaction(connection):
        if not connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
            for statement in _SCHEMA:
                connection.execute(statement)


def _check(connection: sqlite3.Connection, path: Path) -> None:
    (application,) = connection.execute("PRAGMA application_id").fetchone()
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if (application, version) != (_APPLICATION_ID, SCHEMA_VERSION):
        is_ours = application == _APPLICATION_ID
        raise ConfigError(
            f"Expected {path} to be a cache of replies in version {SCHEMA_VERSION}, got "
            f"{f'version {version}' if is_ours else 'a SQLite file of something else'}. Name "
            "another file in `cache_path`."
        )
    connection.execute("SELECT reply FROM replies LIMIT 1").fetchone()


def _use_wal(connection: sqlite3.Connection) -> None:
    """Allow readers during a write. Changing the mode does not wait for locks, so we retry."""
    gives_up_at = time.monotonic() + _BUSY_S
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            break
        except sqlite3.OperationalError:
            if time.monotonic() > gives_up_at:
                raise
            time.sleep(0.01)
    # Deleted content is overwritten, because replies contain people's data.
    connection.execute("PRAGMA secure_delete = ON")
    # Consistent after any kill; a power cut may lose the last entries, never the file.
    connection.execute("PRAGMA synchronous = NORMAL")


@contextlib.contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[sqlite3.Connection]:
    """Run the block atomically, with an exclusive write lock."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield connection
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise
