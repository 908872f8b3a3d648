"""What `forget` refuses before it touches anything, and how it names what it cannot reach."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ocr_model.commands import script
from ocr_model.engines.llm.cache import CachedReply, ReplyCache
from ocr_model.engines.llm.exchange import Completion
from ocr_model.engines.llm.request import Dialect
from ocr_model.schema import Usage

DIGEST = "a" * 64


@pytest.mark.parametrize(
    "arguments",
    [[], ["a", "--older-than", "1d"], [""], ["--older-than", "soon"], ["a", "--receipt", "there"]],
)
def test_what_is_not_clear_touches_nothing(
    arguments: list[str],
    mlflow_store: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("there").touch()
    assert script("forget", [*arguments, "--erase"]) == 2
    assert capsys.readouterr().err.startswith("error: Expected")


def test_replies_without_a_document_are_named_as_not_reachable(
    mlflow_store: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    cache = ReplyCache(tmp_path / "replies.sqlite", "read-write")
    reply = CachedReply(Completion("CANARY"), Usage(), Dialect("text"))
    cache.put("known", "http://here", "llm", reply, DIGEST)
    cache.put("before", "http://here", "llm", reply)
    cache.close()
    assert script("forget", [DIGEST.upper(), "--erase", "--receipt", "receipt.json"]) == 0
    receipt = json.loads(Path("receipt.json").read_text("utf-8"))
    found = {(line["what"], line["state"]): line["count"] for line in receipt["places"]}
    assert found["replies", "erased"] == 1
    assert found["replies", "not reachable"] == 1
    assert receipt["documents"] == [DIGEST.upper()]
