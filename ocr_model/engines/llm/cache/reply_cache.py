"""Replies that were paid for, on disk, for any number of processes and threads.

Knows requests as JSON and replies as completions; nothing of pages, pairs or HTTP.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import sqlite3
import threading
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal, NamedTuple

from ocr_model.engines.llm.cache.cache_file import default_path, open_file, transaction
from ocr_model.engines.llm.exchange import Completion, Fault, Kind, Token
from ocr_model.engines.llm.request import Dialect
from ocr_model.schema import Usage

DEFAULT_MAX_BYTES = 1_000_000_000
# Key, endpoint, index and page overhead of an entry, roughly.
_OVERHEAD_BYTES = 400
_NEXT_USE = "(SELECT coalesce(max(used), 0) + 1 FROM replies)"
_TOUCH = f"UPDATE replies SET used = {_NEXT_USE} WHERE key = ? AND endpoint = ?"  # noqa: S608
_INSERT = (
    "INSERT INTO replies VALUES "  # noqa: S608 - constants and placeholders
    f"(?, ?, ?, ?, ?, strftime('%Y-%m-%dT%H:%M:%fZ', 'now'), {_NEXT_USE})"
)


@dataclass(frozen=True, slots=True)
class Recorded:
    """The reply a page was read from, and how it was come by.

    `usage` is what the page cost in all, requests that gave no pairs included; `dialect` is that
    of the request that was answered.
    """

    completion: Completion
    usage: Usage
    dialect: Dialect
    notes: tuple[str, ...] = ()

    def to_json(self) -> str:
        members = asdict(self)
        # The limits an endpoint told of are past when the reply is read again.
        del members["completion"]["quotas"]
        if not members["completion"]["tool_arguments"]:
            del members["completion"]["tool_arguments"]
        tokens = members["completion"].pop("tokens")
        if tokens:
            # Latin-1 writes any bytes, one character each.
            members["completion"]["tokens"] = [
                [written.decode("latin-1"), logprob] for written, logprob in tokens
            ]
        return json.dumps(members)

    @classmethod
    def from_json(cls, text: str) -> Recorded:
        members = json.loads(text)
        completion = members["completion"]
        completion["tokens"] = tuple(
            Token(written.encode("latin-1"), logprob)
            for written, logprob in completion.get("tokens", ())
        )
        return cls(
            Completion(**{**completion, "usage": Usage(**completion["usage"])}),
            Usage(**members["usage"]),
            Dialect(**members["dialect"]),
            tuple(members["notes"]),
        )


class Contents(NamedTuple):
    """What a cache holds. `by_llm` has (endpoint, llm, entries), the most entries first."""

    entries: int
    bytes: int
    oldest: str | None
    newest: str | None
    by_llm: list[tuple[str, str, int]]


def key_of(request: dict[str, Any]) -> str:
    """SHA-256 of a request body, whatever the order of its members."""
    canonical = json.dumps(request, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


class ReplyCache:
    """One file of recorded replies. A reply is in it whole or not at all, whoever is killed."""

    def __init__(
        self,
        path: Path | str,
        mode: Literal["read-write", "replay"],
        max_bytes: int = DEFAULT_MAX_BYTES,
    ) -> None:
        """Open the file at `path`, or the user's own where that is empty.

        Raises:
            ConfigError: there is no file to replay, or it is damaged or no cache.
        """
        self.path = Path(path).expanduser() if path else default_path()
        self.replays = mode == "replay"
        self._max_bytes = max_bytes
        self._lock = threading.Lock()
        self._claims = _Claims()
        self._connection = open_file(self.path, read_only=self.replays)
        self.close = self._connection.close

    def claim(self, key: str) -> contextlib.AbstractContextManager[None]:
        """Hold a key, so that two threads with the same page do not both pay for it."""
        return self._claims.hold(key)

    def get(self, key: str, endpoint: str) -> Recorded | None:
        """What this endpoint once replied; in a replay, what any endpoint last replied.

        Raises:
            sqlite3.Error: the file was damaged or taken away since it was opened.
        """
        with self._lock:
            found = self._connection.execute(
                "SELECT reply FROM replies WHERE key = ? AND (endpoint = ? OR ?) "
                "ORDER BY stored_at DESC, rowid DESC LIMIT 1",
                (key, endpoint, self.replays),
            ).fetchone()
            if found is None:
                return None
            if not self.replays:
                # Only the order of eviction hangs on it: a full disk must not cost the reply.
                with contextlib.suppress(sqlite3.OperationalError):
                    self._connection.execute(_TOUCH, (key, endpoint))
        return Recorded.from_json(found[0])

    def put(self, key: str, endpoint: str, llm: str, recorded: Recorded) -> None:
        """Store a reply; what was not used for longest makes room for it.

        Raises:
            sqlite3.Error: the disk is full, or the file was damaged or taken away.
        """
        reply = recorded.to_json()
        entry = (key, endpoint, llm, reply, len(reply) + _OVERHEAD_BYTES)
        with self._lock, transaction(self._connection) as connection:
            connection.execute("DELETE FROM replies WHERE key = ? AND endpoint = ?", entry[:2])
            connection.execute(_INSERT, entry)
            while connection.execute("SELECT bytes FROM size").fetchone()[0] > self._max_bytes:
                connection.execute(
                    "DELETE FROM replies WHERE rowid = "
                    "(SELECT rowid FROM replies ORDER BY used LIMIT 1)"
                )

    def contents(self) -> Contents:
        with self._lock:
            (size,) = self._connection.execute("SELECT bytes FROM size").fetchone()
            entries, oldest, newest = self._connection.execute(
                "SELECT count(*), min(stored_at), max(stored_at) FROM replies"
            ).fetchone()
            by_llm = self._connection.execute(
                "SELECT endpoint, llm, count(*) FROM replies GROUP BY 1, 2 ORDER BY 3 DESC, 1, 2"
            ).fetchall()
        return Contents(entries, size, oldest, newest, by_llm)

    def entries(self) -> Iterator[dict[str, Any]]:
        """All entries as they would stand in JSON, oldest first."""
        with self._lock:
            rows = self._connection.execute(
                "SELECT key, endpoint, llm, stored_at, reply FROM replies ORDER BY stored_at, rowid"
            ).fetchall()
        for key, endpoint, llm, stored_at, reply in rows:
            entry = {"key": key, "endpoint": endpoint, "llm": llm, "stored_at": stored_at}
            yield entry | {"reply": json.loads(reply)}

    def copy_to(self, path: Path) -> None:
        """Write a copy to replay from: one file, whole even while others write to this one."""
        with self._lock, contextlib.closing(sqlite3.connect(path)) as copy:
            self._connection.backup(copy)
            copy.execute("PRAGMA journal_mode = DELETE")

    def clear(self) -> int:
        """Remove all entries and give their space back; how many there were."""
        with self._lock:
            removed = self._connection.execute("DELETE FROM replies").rowcount
            self._connection.execute("VACUUM")
        return removed


class _Claims:
    """A lock per key that exists as long as somebody wants it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._held: dict[str, tuple[threading.Lock, int]] = {}

    @contextlib.contextmanager
    def hold(self, key: str) -> Iterator[None]:
        with self._lock:
            lock, wanted = self._held.get(key, (threading.Lock(), 0))
            self._held[key] = (lock, wanted + 1)
        try:
            with lock:
                yield
        finally:
            with self._lock:
                lock, wanted = self._held.pop(key)
                if wanted > 1:
                    self._held[key] = (lock, wanted - 1)


class Recording:
    """Stands in for the wire in a replay: whatever is asked for, nothing is sent."""

    def post(self, request: dict[str, Any], seconds: float) -> Fault:  # noqa: ARG002 - a wire's
        return Fault(Kind.NOT_RECORDED, "not recorded, and a replay sends nothing")

    def close(self) -> None:
        """Nothing is open."""
