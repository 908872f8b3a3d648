"""`python -m scripts.cache`: look at, copy and empty what was recorded."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ocr_model.commands import script
from ocr_model.engines.llm.cache.reply_cache import CachedReply, ReplyCache
from ocr_model.engines.llm.exchange.completion import Completion
from ocr_model.engines.llm.request import Dialect
from ocr_model.schema import Usage

REPLY = CachedReply(Completion("ä"), Usage(1, 2), Dialect("text"))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where `OCR_MODEL_CACHE_PATH` of a test points to."""
    path = tmp_path / "replies.sqlite"
    recorded = ReplyCache(path, "read-write")
    for key in "abc":
        recorded.put(key, "http://here/v1", "gpt-6-luna", REPLY)
    recorded.close()
    return path


def test_inspect_tells_how_many_of_which_llm(
    path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert script("cache", ["inspect"]) == 0
    printed = capsys.readouterr().out
    assert f"{path}: 3 replies" in printed
    assert "3  gpt-6-luna  http://here/v1" in printed


def test_an_exported_cache_can_be_replayed(path: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy.sqlite"
    assert script("cache", ["export", str(copy)]) == 0
    replay = ReplyCache(copy, "replay")
    assert replay.get("b", "replay") == REPLY
    replay.close()
    assert sorted(file.name for file in tmp_path.glob("copy*")) == ["copy.sqlite"]


def test_an_export_to_look_at_has_a_line_per_reply(path: Path, tmp_path: Path) -> None:
    file = tmp_path / "copy.jsonl"
    assert script("cache", ["export", str(file), "--cache-path", str(path)]) == 0
    entries = [json.loads(line) for line in file.read_text("utf-8").splitlines()]
    assert [entry["key"] for entry in entries] == ["a", "b", "c"]
    assert entries[0]["reply"]["completion"]["text"] == "ä"


def test_clear_removes_all_and_keeps_the_file(
    path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert script("cache", ["clear"]) == 0
    assert f"Removed 3 replies from {path}" in capsys.readouterr().out
    emptied = ReplyCache(path, "read-write")
    assert emptied.contents()[:2] == (0, 0)
    emptied.close()


@pytest.mark.parametrize("verb", ["inspect", "clear"])
def test_nothing_is_made_where_nothing_was_recorded(
    verb: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert script("cache", [verb, "--cache-path", str(tmp_path / "none.sqlite")]) == 2
    assert "found no file" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("verb", ["inspect", "clear"])
def test_a_file_of_something_else_is_left_alone(verb: str, tmp_path: Path) -> None:
    file = tmp_path / "letter.txt"
    file.write_text("Dear Ann, " * 50)
    assert script("cache", [verb, "--cache-path", str(file)]) == 2
    assert file.read_text() == "Dear Ann, " * 50


@pytest.mark.parametrize(
    ("target", "told"), [("replies.sqlite", "exists"), ("no/copy.sqlite", "is none")]
)
def test_export_overwrites_nothing(
    path: Path, tmp_path: Path, target: str, told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert script("cache", ["export", str(tmp_path / target)]) == 2
    assert told in capsys.readouterr().err


def test_expire_removes_by_age_and_needs_one(
    path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert script("cache", ["expire", "--older-than", "1d"]) == 0
    assert f"Removed 0 replies older than 1d from {path}" in capsys.readouterr().out
    for arguments in (["expire"], ["clear", "--older-than", "1d"], ["expire", "--older-than", "x"]):
        assert script("cache", arguments) == 2
    assert "like 180d or 12h" in capsys.readouterr().err
