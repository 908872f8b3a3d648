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


def test_what_bears_digests_alone_is_not_reachable_by_an_id_that_nothing_knows(
    mlflow_store: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    ReplyCache(tmp_path / "replies.sqlite", "read-write").close()
    words = tmp_path / "cache" / "ocr_model" / "words" / "reader" / f"{DIGEST}.json"
    words.parent.mkdir(parents=True)
    words.write_text("[]")
    scans = tmp_path / "scans"
    scans.mkdir()
    named = ["--reviewed", "scans", "--erase", "--receipt"]
    assert script("forget", ["a.png", *named, "1.json"]) == 0
    assert not_reachable("1.json") == {
        "models and weights",
        "replies",
        "words that were read",
        "documents and labels without a review",
    }
    # A row that was read without a trace knows it.
    row = {"document_id": "a.png", "sha256": DIGEST, "text": "CANARY"}
    Path("rows.jsonl").write_text(json.dumps(row) + "\n")
    assert script("forget", ["a.png", "--rows", "rows.jsonl", *named, "2.json"]) == 0
    assert not_reachable("2.json") == set()
    assert (words.exists(), Path("rows.jsonl").read_text()) == (False, "")


def not_reachable(receipt: str) -> set[str]:
    places = json.loads(Path(receipt).read_text("utf-8"))["places"]
    return {line["what"] for line in places if line["state"] == "not reachable"}
