"""A cache on disk of replies that were paid for, for any number of processes and threads.

Knows requests as JSON and replies as completions; nothing of pages, pairs or HTTP. Ours, because
caches from PyPI pickle their values, and people share files of replies.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import logging
import sqlite3
import threading
from collections.abc import Collection, Iterator, Sequence
from dataclasses import asdict, astuple, dataclass, fields
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Literal, NamedTuple

from ocr_model.engines.llm.cache.cache_file import (
    as_stored,
    default_path,
    longest_kept,
    open_file,
    stored_before,
    transaction,
)
from ocr_model.engines.llm.exchange import Completion, Token
from ocr_model.engines.llm.request import Dialect
from ocr_model.errors import LLMError
from ocr_model.schema import Outcome, Usage

_log = logging.getLogger(__name__)

# With this many locks, two pages rarely share one.
_LOCKS = 4096
# Earlier versions of this package evict by the columns `bytes` and `used`.
_INSERT = (
    "INSERT INTO replies VALUES (?, ?, ?, ?, ?, "
    "strftime('%Y-%m-%dT%H:%M:%fZ', 'now'), CAST(strftime('%s', 'now') AS INTEGER))"
)
_NOTE = "INSERT OR IGNORE INTO documents VALUES (?, ?)"
_OF_DOCUMENT = "key IN (SELECT key FROM documents WHERE sha256 = ?)"
# Errors from an entry that is not a reply.
_NO_REPLY = (
    *(sqlite3.Error, ValueError, KeyError, TypeError, AttributeError),
    *(RecursionError, MemoryError),
)
_COMPLETION = frozenset(field.name for field in fields(Completion))


@dataclass(frozen=True, slots=True)
class CachedReply:
    """The reply a page was read from.

    `usage` is the total for the page, including requests without pairs; `dialect` is that of the
    answered request.
    """

    completion: Completion
    usage: Usage
    dialect: Dialect
    notes: tuple[str, ...] = ()

    def to_json(self) -> str:
        members = asdict(self)
        # Latin-1 encodes any bytes, one character each.
        tokens = [
            [written.decode("latin-1"), logprob] for written, logprob in self.completion.tokens
        ]
        for name, value in (("tokens", tokens), ("tool_arguments", self.completion.tool_arguments)):
            del members["completion"][name]
            members["completion"] |= {name: value} if value else {}
        return json.dumps(members)

    @classmethod
    def from_json(cls, text: str) -> CachedReply:
        members = json.loads(text)
        completion = {k: v for k, v in members["completion"].items() if k in _COMPLETION}
        completion["usage"] = Usage(**completion["usage"])
        completion["tokens"] = tuple(
            Token(written.encode("latin-1"), logprob)
            for written, logprob in completion.get("tokens", ())
        )
        reply = cls(
            Completion(**completion),
            Usage(**members["usage"]),
            Dialect(**members["dialect"]),
            tuple(members["notes"]),
        )
        if not reply._is_of_its_types:
            raise TypeError("an entry that is no reply")
        return reply

    @property
    def _is_of_its_types(self) -> bool:
        """Check types, because another program may have written the file."""
        said = self.completion
        texts = (said.text, said.reasoning, said.tool_arguments, self.dialect.rung, *self.notes)
        counts = (said.cached_tokens, *astuple(said.usage), *astuple(self.usage))
        return (
            all(isinstance(text, str) for text in texts)
            and isinstance(said.finish_reason, str | None)
            and all(isinstance(count, int | None) for count in counts)
            and all(isinstance(token.logprob, int | float) for token in said.tokens)
        )


class Contents(NamedTuple):
    """The content of a cache. `by_llm` has (endpoint, llm, entries), most entries first."""

    entries: int
    bytes: int
    oldest: str | None
    newest: str | None
    by_llm: list[tuple[str, str, int]]


def key_of(request: dict[str, Any]) -> str:
    """SHA-256 of a request body, independent of the order of its members."""
    canonical = json.dumps(request, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


class ReplyCache:
    """One file of replies. Writes are atomic, whichever process is killed."""

    def __init__(self, path: Path | str, mode: Literal["read-write", "replay"]) -> None:
        """Open the file at `path`, or the user's own if that is empty.

        Replies older than `OCR_MODEL_CACHE_MAX_AGE` are not returned, and are removed from a file
        that is opened for writing.

        Raises:
            ConfigError: there is no file to replay, or it is damaged or not a cache.
        """
        self._longest_kept = longest_kept()
        self.path = Path(path).expanduser() if path else default_path()
        self.replays = mode == "replay"
        self._lock = threading.Lock()
        self._key_locks = tuple(threading.Lock() for _ in range(_LOCKS))
        self._connection = open_file(self.path, read_only=self.replays)
        self.close = self._connection.close
        if self._longest_kept is not None and not self.replays:
            self.expire(self._longest_kept)

    def lock_of(self, key: str) -> threading.Lock:
        """Held while a page is read, so that two threads with the same page do not both pay."""
        return self._key_locks[hash(key) % _LOCKS]

    def get(self, key: str, endpoints: Sequence[str]) -> CachedReply | None:
        """The reply of the first of these endpoints that has one; in a replay, the latest of any.

        Raises:
            LLMError: the file fails. Continuing would pay again for everything in it.
        """
        try:
            for endpoint in dict.fromkeys(endpoints):
                if (found := self._find(key, endpoint)) is not None:
                    return CachedReply.from_json(found)
        except _NO_REPLY as err:
            raise LLMError(
                f"The cache {self.path} cannot be read: {err}. Nothing was sent. Name another file "
                "in `cache_path`, or use cache='off'.",
                Outcome.ENDPOINT_ERROR,
                aborts_batch=True,
            ) from err
        return None

    def _find(self, key: str, endpoint: str) -> str | None:
        since = "" if self._longest_kept is None else stored_before(self._longest_kept)
        with self._lock:
            found = self._connection.execute(
                "SELECT reply FROM replies WHERE key = ? AND (endpoint = ? OR ?) "
                "AND stored_at >= ? ORDER BY stored_at DESC, rowid DESC LIMIT 1",
                (key, endpoint, self.replays, since),
            ).fetchone()
        return None if found is None else str(found[0])

    def put(
        self, key: str, endpoint: str, llm: str, reply: CachedReply, sha256: str | None = None
    ) -> list[str]:
        """Store a reply for the document with this SHA-256; return a note if that fails, which does
        not fail the page.
        """
        text = reply.to_json()
        try:
            with self._lock, transaction(self._connection) as connection:
                connection.execute(
                    "DELETE FROM replies WHERE key = ? AND endpoint = ?", (key, endpoint)
                )
                connection.execute(_INSERT, (key, endpoint, llm, text, len(text)))
                if sha256 is not None:
                    connection.execute(_NOTE, (sha256, key))
        except sqlite3.Error as err:
            _log.warning("A reply could not be stored in %s: %s", self.path, err)
            return [f"reply not stored: {err}"]
        return []

    def note_document(self, key: str, sha256: str) -> None:
        """Record that a reply belongs to this document, too. An error does not fail the page."""
        if self.replays:
            return
        try:
            with self._lock:
                self._connection.execute(_NOTE, (sha256, key))
        except sqlite3.Error as err:
            _log.warning("%s does not know whose a reply is: %s", self.path, err)

    def contents(self) -> Contents:
        with self._lock:
            count, size, oldest, newest = self._connection.execute(
                "SELECT count(*), coalesce(sum(bytes), 0), min(stored_at), max(stored_at) "
                "FROM replies"
            ).fetchone()
            by_llm = self._connection.execute(
                "SELECT endpoint, llm, count(*) FROM replies GROUP BY 1, 2 ORDER BY 3 DESC, 1, 2"
            ).fetchall()
        return Contents(count, size, oldest, newest, by_llm)

    def entries(self) -> Iterator[dict[str, Any]]:
        """All entries as JSON values, oldest first."""
        with self._lock:
            rows = self._connection.execute(
                "SELECT key, endpoint, llm, stored_at, reply FROM replies ORDER BY stored_at, rowid"
            ).fetchall()
        for key, endpoint, llm, stored_at, reply in rows:
            entry = {"key": key, "endpoint": endpoint, "llm": llm, "stored_at": stored_at}
            yield entry | {"reply": json.loads(reply)}

    def copy_to(self, path: Path) -> None:
        """Write a copy to replay from: one file, consistent even while others write to this one."""
        with self._lock, contextlib.closing(sqlite3.connect(path)) as copy:
            self._connection.backup(copy)
            copy.execute("PRAGMA journal_mode = DELETE")

    def clear(self) -> int:
        """Remove all entries and free their space; return their number."""
        return self._remove("1", ())

    def expire(self, age: timedelta) -> int:
        """Remove older entries and free their space; return their number."""
        return self._remove("stored_at < ?", (stored_before(age),))

    def forget(self, digests: Collection[str], *, erases: bool) -> int:
        """Remove the entries of the documents with these SHA-256; return their number."""
        if not self._knows_documents():
            return 0
        return sum(self._forget(_OF_DOCUMENT, (one,), erases) for one in sorted(digests))

    def forget_before(self, time: datetime, *, erases: bool) -> int:
        """Remove the entries from before this time; return their number."""
        return self._forget("stored_at < ?", (as_stored(time),), erases)

    def _forget(self, condition: str, values: Sequence[str], erases: bool) -> int:
        if erases:
            return self._remove(condition, values)
        return self._count(condition, values)

    def nameless(self) -> int:
        """The number of entries that name no document."""
        known = "key NOT IN (SELECT key FROM documents)" if self._knows_documents() else "1"
        return self._count(known, ())

    def _count(self, condition: str, values: Sequence[str]) -> int:
        with self._lock:
            (count,) = self._connection.execute(
                f"SELECT count(*) FROM replies WHERE {condition}",  # noqa: S608 - one of ours
                values,
            ).fetchone()
        return int(count)

    def _knows_documents(self) -> bool:
        """False for a read-only file of an earlier version."""
        with self._lock:
            found = self._connection.execute(
                "SELECT 1 FROM sqlite_master WHERE name = 'documents'"
            ).fetchone()
        return found is not None

    def _remove(self, condition: str, values: Sequence[str]) -> int:
        with self._lock:
            removed = self._connection.execute(
                f"DELETE FROM replies WHERE {condition}",  # noqa: S608 - one of ours
                values,
            ).rowcount
            self._connection.execute(
                "DELETE FROM documents WHERE key NOT IN (SELECT key FROM replies)"
            )
            if removed:
                self._connection.execute("VACUUM")
                # The write-ahead log has the old content, too.
                self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return removed
