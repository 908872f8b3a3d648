"""The SQLite file of the reply cache: where it lies, how it is created, checked and written."""

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
_APPLICATION_ID = 0x6F63726D  # "ocrm", so that no other program's file is taken for ours
_BUSY_S = 30.0

# Models carry their own code, so earlier versions of it write to this file too: they keep its size
# in `size` by the triggers, and evict by `used`. This version does neither.
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


# Which document a reply is of, to forget it by; models of earlier versions write none.
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
    """How old a reply may become on this machine; None: as old as it will."""
    given = os.environ.get(AGE_VARIABLE, "").strip()
    return parse_age(given) if given else None


def stored_before(age: timedelta) -> str:
    """The time so long ago, as `stored_at` has it."""
    return as_stored(time_before(age))


def as_stored(time: datetime) -> str:
    return f"{time:%Y-%m-%dT%H:%M:%S.%f}"[:-3].rjust(23, "0") + "Z"


def open_file(path: Path, *, read_only: bool) -> sqlite3.Connection:
    """Open a cache file; one that is to be written is created, readable by its owner only.

    Raises:
        ConfigError: there is no file to read, or it is damaged or no cache.
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
    """Replies hold what stands on people's forms."""
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
    """Give an empty file its tables; of several processes that find it empty, one does."""
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
    """Readers and a writer at once. The change of mode does not wait for others by itself."""
    gives_up_at = time.monotonic() + _BUSY_S
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            break
        except sqlite3.OperationalError:
            if time.monotonic() > gives_up_at:
                raise
            time.sleep(0.01)
    # What is deleted is overwritten: replies hold what stands on people's forms.
    connection.execute("PRAGMA secure_delete = ON")
    # Whole after any kill; a power cut may cost the last entries, never the file.
    connection.execute("PRAGMA synchronous = NORMAL")


@contextlib.contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[sqlite3.Connection]:
    """All of the block or nothing of it, alone among the processes that write."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield connection
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise
