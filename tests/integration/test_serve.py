"""`mlflow models serve` answers every payload style; a bad row leaves the others alive."""

from __future__ import annotations

import json
import socket
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import as_base64
from tests.integration.conftest import Registered
from tests.integration.test_roundtrip import EXPECTED_PAIRS

pytestmark = pytest.mark.integration

START_TIMEOUT_S = 300


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def served(registered: Registered, folder: Path, env_manager: str) -> Iterator[str]:
    port = free_port()
    command = ["mlflow", "models", "serve", "-m", "models:/ocr-extractor@champion"]
    command += ["--env-manager", env_manager, "--port", str(port)]
    log = folder / "serve.log"
    with log.open("w") as out:
        process = subprocess.Popen(
            command,
            env=registered.environment,
            cwd=folder,
            stdout=out,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            _wait_until_healthy(port, process, log)
            yield f"http://127.0.0.1:{port}"
        finally:
            # The server is a child of a shell of the command line: end the whole group.
            subprocess.run(["pkill", "-TERM", "-g", str(process.pid)], check=False)
            process.wait(timeout=30)


def _wait_until_healthy(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + START_TIMEOUT_S
    while time.monotonic() < deadline:
        assert process.poll() is None, log.read_text()
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/health", timeout=2):
                return
        except OSError:
            time.sleep(0.5)
    raise AssertionError(log.read_text())


def ask(url: str, payload: object) -> list[dict[str, Any]]:
    request = urllib.request.Request(
        f"{url}/invocations",
        data=json.dumps(payload).encode(),
        headers={"Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=60) as reply:
        predictions: list[dict[str, Any]] = json.load(reply)["predictions"]
        return predictions


@pytest.fixture(scope="module")
def server(registered: Registered, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with served(registered, tmp_path_factory.mktemp("serve"), "local") as url:
        yield url


@pytest.fixture
def example_image() -> str:
    from ocr_model.registry import input_example

    return str(input_example()["image"][0])


@pytest.mark.parametrize("style", ["dataframe_split", "dataframe_records", "inputs", "instances"])
def test_every_payload_style_is_answered(server: str, example_image: str, style: str) -> None:
    payload = {
        "dataframe_split": {"columns": ["image"], "data": [[example_image]]},
        "dataframe_records": [{"image": example_image}],
        "inputs": [{"image": example_image}],
        "instances": [{"image": example_image}],
    }[style]
    [row] = ask(server, {style: payload})
    assert (row["outcome"], row["pairs"]) == ("ok", EXPECTED_PAIRS)


def test_bad_rows_leave_the_others_alive(server: str, example_image: str) -> None:
    images = [example_image, "not base64!", as_base64(b"no image"), example_image]
    records = [{"image": image, "document_id": str(n)} for n, image in enumerate(images)]
    rows = ask(server, {"dataframe_records": records})
    assert [row["document_id"] for row in rows] == ["0", "1", "2", "3"]
    assert [row["outcome"] for row in rows] == ["ok", "bad_input", "bad_input", "ok"]
    assert [row["pairs"] == EXPECTED_PAIRS for row in rows] == [True, False, False, True]


def test_missing_column_is_a_400_that_names_it(server: str) -> None:
    with pytest.raises(urllib.error.HTTPError) as caught:
        ask(server, {"dataframe_records": [{"picture": "x"}]})
    assert caught.value.code == 400
    assert "image" in caught.value.read().decode()


def test_server_built_from_the_models_requirements_alone_answers(
    registered: Registered, tmp_path: Path, example_image: str
) -> None:
    with served(registered, tmp_path, "uv") as url:
        [row] = ask(url, {"instances": [{"image": example_image}]})
    assert row["pairs"] == EXPECTED_PAIRS
