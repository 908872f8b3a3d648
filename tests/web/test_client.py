"""The client says in a sentence what went wrong, whoever did it."""

from __future__ import annotations

import base64
import json
import socket
import subprocess
from pathlib import Path
from typing import Any

import pytest

from ocr_model.commands import script
from ocr_model.web.client import NoAnswerError, read_document
from tests.support.model_stub import ROW, ModelStub

CURL_CLIENT = Path(__file__).parents[2] / "scripts" / "curl_client"


def test_a_document_goes_out_whole_and_its_row_comes_back() -> None:
    stub = ModelStub()
    with stub.served() as url:
        row = read_document(b"%PDF-1.7 \x00\xff", "scan.pdf", f"{url}/")
    [asked] = stub.asked
    [instance] = asked["instances"]
    assert base64.b64decode(instance["image"]) == b"%PDF-1.7 \x00\xff"
    assert instance["document_id"] == "scan.pdf"
    assert row == ROW


@pytest.mark.parametrize(
    ("stub", "status", "says"),
    [
        (ModelStub(reply=b"no such column", status=400), 400, "refused the request .400.: no such"),
        (ModelStub(reply=b"too slow", status=504), 504, "own time limit .504."),
        (ModelStub(reply=b"<html>"), None, "Expected predictions .* got b'<html>'"),
        (ModelStub(reply={"predictions": []}), None, "Expected predictions"),
        (ModelStub(reply={"predictions": [0.7]}), None, "another model's answer"),
        (ModelStub(delay_s=1.0), None, "did not answer within 0.1 s"),
    ],
    ids=["400", "504", "no_json", "no_row", "another_model", "slow"],
)
def test_what_is_no_row_is_a_sentence(stub: ModelStub, status: int | None, says: str) -> None:
    with stub.served() as url, pytest.raises(NoAnswerError, match=says) as caught:
        read_document(b"x", "x", url, timeout_s=0.1 if stub.delay_s else 10)
    assert caught.value.status == status


def test_nobody_listening_is_a_sentence_that_says_what_to_start() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
        with pytest.raises(NoAnswerError, match=r"refused.* Start a server with `mlflow models"):
            read_document(b"x", "x", f"http://127.0.0.1:{port}")


@pytest.mark.parametrize(
    ("changed", "code"),
    [({}, 0), ({"outcome": "empty"}, 0), ({"outcome": "partial"}, 1), ({"outcome": "timeout"}, 1)],
    ids=["ok", "empty", "partial", "timeout"],
)
def test_exit_code_tells_whether_all_was_read(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], changed: dict[str, Any], code: int
) -> None:
    (tmp_path / "form.png").write_bytes(b"form")
    with ModelStub(reply={"predictions": [ROW | changed]}).served() as url:
        assert script("client", [str(tmp_path / "form.png"), "--url", url]) == code
    printed = json.loads(capsys.readouterr().out)
    assert printed["pairs"] == ROW["pairs"]
    assert printed.keys() == {"document_id", "outcome", "error", "pairs"}


def test_a_file_that_is_not_there_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert script("client", ["nowhere.pdf"]) == 2
    assert "nowhere.pdf" in capsys.readouterr().err


def test_curl_takes_a_file_of_any_size(tmp_path: Path) -> None:
    """More than fits on a command line."""
    data = bytes(range(256)) * 4000
    (tmp_path / "big scan.tiff").write_bytes(data)
    stub = ModelStub()
    with stub.served() as url:
        told = subprocess.run(
            [CURL_CLIENT, tmp_path / "big scan.tiff", url],
            capture_output=True,
            check=True,
            timeout=30,
        )
    assert json.loads(told.stdout)["predictions"] == [ROW]
    assert base64.b64decode(stub.asked[0]["instances"][0]["image"]) == data


def test_curl_shows_a_refusal_and_fails(tmp_path: Path) -> None:
    (tmp_path / "scan.png").write_bytes(b"x")
    with ModelStub(reply=b"no such column", status=400).served() as url:
        told = subprocess.run(
            [CURL_CLIENT, tmp_path / "scan.png", url], capture_output=True, check=False, timeout=30
        )
    assert told.returncode != 0
    assert b"no such column" in told.stdout
