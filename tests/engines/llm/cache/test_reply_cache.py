"""The reply cache: one file, many processes, any kill."""

from __future__ import annotations

import contextlib
import json
import sqlite3
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any, Literal

import pytest

from ocr_model.engines.llm.cache.cache_file import default_path
from ocr_model.engines.llm.cache.reply_cache import CachedReply, ReplyCache, key_of
from ocr_model.engines.llm.exchange.completion import Completion
from ocr_model.engines.llm.request import Dialect
from ocr_model.errors import ConfigError, LLMError
from ocr_model.schema import Usage

HERE, THERE = "http://here/v1", "http://there/v1"
REPLY = CachedReply(
    Completion('{"pairs": []} \ud800 ä', "stop", Usage(7, None), 3, "Hm."),
    Usage(14, 2),
    Dialect("json_object", renames_limit=True),
    ("asked again: why",),
)


def recorded(text: str) -> CachedReply:
    return CachedReply(Completion(text), Usage(), Dialect("text"))


@contextlib.contextmanager
def cache_at(
    path: Path, mode: Literal["read-write", "replay"] = "read-write"
) -> Iterator[ReplyCache]:
    with contextlib.closing(ReplyCache(path, mode)) as cache:
        yield cache


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "new folder" / "replies.sqlite"


def test_a_reply_is_found_by_the_next_process_as_it_was_stored(path: Path) -> None:
    with cache_at(path) as cache:
        assert cache.get("k", [HERE]) is None
        cache.put("k", HERE, "llm", REPLY)
    with cache_at(path) as cache:
        assert cache.get("k", [HERE]) == REPLY
        assert cache.get("other", [HERE]) is None


def test_only_the_owner_may_read_it(path: Path) -> None:
    with cache_at(path):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


@pytest.mark.parametrize(
    ("other", "same"),
    [
        ({"messages": [1, 2], "model": "m"}, True),
        ({"model": "n", "messages": [1, 2]}, False),
        ({"model": "m", "messages": [2, 1]}, False),
        ({"model": "m", "messages": [1, 2], "seed": 1}, False),
    ],
    ids=["order of members", "model", "order of messages", "parameter"],
)
def test_key_is_of_the_content_of_a_request(other: dict[str, Any], same: bool) -> None:
    assert (key_of({"model": "m", "messages": [1, 2]}) == key_of(other)) is same


def test_key_is_the_sha256_of_the_canonical_json() -> None:
    # printf '{"a":"\\u00e4","b":1}' | sha256sum
    assert key_of({"b": 1, "a": "ä"}) == (
        "78892fb919682f85e08161f2cd8e0e904520a093cd75421077a1c865e59e90c6"
    )


def test_a_reply_that_was_kept_under_another_name_of_the_endpoint_is_found(path: Path) -> None:
    with cache_at(path) as cache:
        cache.put("k", THERE, "llm", REPLY)
        assert cache.get("k", [HERE, THERE]) == REPLY


def test_replies_of_earlier_versions_are_read_and_those_of_this_one_by_them(path: Path) -> None:
    reply = json.loads(REPLY.to_json())
    earlier = {**reply, "completion": {**reply["completion"], "quotas": []}}
    assert CachedReply.from_json(json.dumps(earlier)) == REPLY
    # Members that they do not know would be a defect there.
    known = {"text", "finish_reason", "usage", "cached_tokens", "reasoning"}
    assert reply["completion"].keys() == known


def test_another_endpoint_has_replies_of_its_own_and_a_replay_takes_the_last(path: Path) -> None:
    with cache_at(path) as cache:
        cache.put("k", HERE, "llm", recorded("here"))
        assert cache.get("k", [THERE]) is None
        time.sleep(0.002)
        cache.put("k", THERE, "llm", recorded("there"))
        assert cache.get("k", [HERE]) == recorded("here")
    with cache_at(path, "replay") as replay:
        assert replay.get("k", ["replay"]) == recorded("there")


def test_a_replay_changes_nothing_and_needs_a_file(path: Path) -> None:
    with pytest.raises(ConfigError, match=r"found no file\. Record some with cache"):
        ReplyCache(path, "replay")
    with cache_at(path) as cache:
        cache.put("k", HERE, "llm", REPLY)
    before = path.read_bytes()
    with cache_at(path, "replay") as replay:
        assert replay.get("k", ["replay"]) == REPLY
        [note] = replay.put("l", HERE, "llm", REPLY)
        assert "readonly" in note
    assert path.read_bytes() == before


def foreign(path: Path) -> None:
    with contextlib.closing(sqlite3.connect(path)) as other:
        other.execute("CREATE TABLE precious (x)")


def of_the_future(path: Path) -> None:
    ReplyCache(path, "read-write").close()
    with contextlib.closing(sqlite3.connect(path)) as cache:
        cache.execute("PRAGMA user_version = 2")


def torn(path: Path) -> None:
    ReplyCache(path, "read-write").close()
    path.write_bytes(path.read_bytes()[:5000])


@pytest.mark.parametrize("mode", ["read-write", "replay"])
@pytest.mark.parametrize(
    ("damage", "told"),
    [
        (lambda path: path.write_bytes(b"no database " * 99), "file is not a database.*move this"),
        (torn, "malformed.*nothing in it was changed"),
        (foreign, "SQLite file of something else"),
        (of_the_future, "in version 1, got version 2"),
    ],
    ids=["not a database", "torn", "foreign", "of the future"],
)
def test_a_file_that_cannot_be_used_is_named_and_left_as_it_is(
    tmp_path: Path, damage: Any, told: str, mode: Literal["read-write", "replay"]
) -> None:
    path = tmp_path / "replies.sqlite"
    damage(path)
    before = path.read_bytes()
    with pytest.raises(ConfigError, match=f"(?s)replies.sqlite.*{told}"):
        ReplyCache(path, mode)
    assert path.read_bytes() == before


GOOD = json.loads(REPLY.to_json())


@pytest.mark.parametrize(
    "reply",
    [
        "",
        "[]",
        "[" * 100_000,
        "9" * 5000,
        json.dumps(GOOD | {"completion": []}),
        json.dumps(GOOD | {"completion": GOOD["completion"] | {"text": 7}}),
        json.dumps(GOOD | {"completion": GOOD["completion"] | {"tokens": [["a", "b"]]}}),
        json.dumps(GOOD | {"completion": GOOD["completion"] | {"tokens": [[7, 0.5]]}}),
        json.dumps(GOOD | {"usage": {"prompt_tokens": "many"}}),
        json.dumps(GOOD | {"dialect": {"rung": {}}}),
        json.dumps(GOOD | {"notes": [1]}),
        json.dumps(GOOD | {"notes": None}),
    ],
)
def test_an_entry_that_is_no_reply_ends_the_batch_in_a_sentence(path: Path, reply: str) -> None:
    """The file may come from others: nothing in it is run, and nothing is paid for again."""
    with cache_at(path) as cache:
        cache.put("k", HERE, "llm", REPLY)
    with contextlib.closing(sqlite3.connect(path)) as file, file:
        file.execute("UPDATE replies SET reply = ?", (reply,))
    with (
        cache_at(path) as cache,
        pytest.raises(LLMError, match=r"cannot be read: .* Nothing was sent") as told,
    ):
        cache.get("k", [HERE])
    assert told.value.aborts_batch


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(ConfigError, match="cache_path"):
        ReplyCache(tmp_path / "file" / "replies.sqlite", "read-write")


def test_threads_that_want_the_same_key_take_turns_and_others_do_not_wait(path: Path) -> None:
    order: list[str] = []
    with cache_at(path) as cache:
        other = next(k for k in map(str, range(9)) if cache.lock_of(k) is not cache.lock_of("k"))

        def second() -> None:
            with cache.lock_of("k"):
                order.append("second")

        with cache.lock_of("k"):
            thread = threading.Thread(target=second)
            thread.start()
            with cache.lock_of(other):
                order.append("other")
            thread.join(0.05)
            order.append("first")
        thread.join(5)
    assert order == ["other", "first", "second"]


WRITER = """
import sys
from pathlib import Path
from ocr_model.engines.llm.cache.reply_cache import CachedReply, ReplyCache
from ocr_model.engines.llm.exchange.completion import Completion
from ocr_model.engines.llm.request import Dialect
from ocr_model.schema import Usage
cache = ReplyCache(Path(sys.argv[1]), "read-write")
for n in range(int(sys.argv[3])):
    reply = CachedReply(Completion("x" * 500), Usage(), Dialect("text"))
    cache.put(f"{sys.argv[2]}-{n}", "e", "llm", reply)
    print(n, flush=True)
"""


def writer(path: Path, name: str, entries: int) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", WRITER, str(path), name, str(entries)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


@pytest.mark.slow
def test_processes_that_create_and_write_the_file_at_once_lose_nothing(path: Path) -> None:
    writers = [writer(path, name, 60) for name in "abc"]
    for process in writers:
        process.communicate(timeout=60)
        assert process.returncode == 0
    with cache_at(path) as cache:
        assert cache.contents().entries == 180


@pytest.mark.slow
def test_everything_stored_before_a_sigkill_is_there_after_it(path: Path) -> None:
    told = 0
    for kill in range(3):
        with writer(path, f"run-{kill}", 1_000_000) as process:
            assert process.stdout is not None
            for _ in range(20 + 7 * kill):
                last = process.stdout.readline()
            process.kill()
            rest = process.stdout.read().split()
            told += int(rest[-1] if rest else last) + 1
    with cache_at(path) as cache:
        # The last of each run may be stored, though it was killed before it said so.
        assert told <= cache.contents().entries <= told + 3
        assert len(list(cache.entries())) == cache.contents().entries


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({"OCR_MODEL_CACHE_PATH": "/x/y.sqlite", "XDG_CACHE_HOME": "/z"}, "/x/y.sqlite"),
        ({"XDG_CACHE_HOME": "/z"}, "/z/ocr_model/replies.sqlite"),
        ({"HOME": "/home/ann"}, "/home/ann/.cache/ocr_model/replies.sqlite"),
    ],
    ids=["named", "xdg", "home"],
)
def test_default_path_is_the_users(
    environment: dict[str, str], expected: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("OCR_MODEL_CACHE_PATH", "XDG_CACHE_HOME"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert default_path() == Path(expected)


def test_entries_are_json(path: Path) -> None:
    with cache_at(path) as cache:
        cache.put("k", HERE, "llm", REPLY)
        [entry] = json.loads(json.dumps(list(cache.entries())))
    assert (entry["key"], entry["endpoint"], entry["llm"]) == ("k", HERE, "llm")
    assert entry["reply"]["completion"]["text"] == REPLY.completion.text


def aged(path: Path, key: str, text: str, stored_at: str) -> None:
    with cache_at(path) as cache:
        cache.put(key, HERE, "llm", recorded(text))
    with contextlib.closing(sqlite3.connect(path)) as file, file:
        file.execute("UPDATE replies SET stored_at = ? WHERE key = ?", (stored_at, key))


def test_what_is_older_than_the_machine_allows_is_not_given_and_leaves_no_byte(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    aged(path, "old", "CANARY-OLD", "2020-01-01T00:00:00.000Z")
    with cache_at(path) as cache:
        cache.put("new", HERE, "llm", REPLY)
    monkeypatch.setenv("OCR_MODEL_CACHE_MAX_AGE", "30d")
    with cache_at(path, "replay") as cache:
        assert cache.get("old", [HERE]) is None
    with cache_at(path) as cache:
        assert (cache.get("old", [HERE]), cache.get("new", [HERE])) == (None, REPLY)
        assert cache.contents().entries == 1
        kept = b"".join(file.read_bytes() for file in path.parent.iterdir())
    assert b"CANARY-OLD" not in kept


def test_expiring_counts_what_was_removed(path: Path) -> None:
    aged(path, "old", "a", "2020-01-01T00:00:00.000Z")
    with cache_at(path) as cache:
        cache.put("new", HERE, "llm", REPLY)
        assert cache.expire(timedelta(days=1)) == 1
        assert cache.expire(timedelta(days=1)) == 0
        assert cache.expire(timedelta(days=999_999)) == 0


def test_a_reply_is_forgotten_with_any_of_its_documents(path: Path) -> None:
    with cache_at(path) as cache:
        cache.put("a", HERE, "llm", recorded("CANARY-A"), "1" * 64)
        cache.note_document("a", "2" * 64)
        cache.put("b", HERE, "llm", REPLY, "3" * 64)
        cache.put("c", HERE, "llm", REPLY)
        assert (cache.forget(["2" * 64], erases=False), cache.nameless()) == (1, 1)
        assert cache.forget(["2" * 64], erases=True) == 1
        assert cache.forget(["1" * 64, "2" * 64], erases=True) == 0
        assert cache.get("b", [HERE]) == REPLY
        assert b"CANARY-A" not in b"".join(file.read_bytes() for file in path.parent.iterdir())
