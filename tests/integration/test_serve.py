"""`mlflow models serve` answers every payload style; a bad row leaves the others alive."""

from __future__ import annotations

import base64
import io
import json
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from scripts.workshop.drawn_files import paged_pdf
from scripts.workshop.model_server import Serving, served
from tests.conftest import as_base64
from tests.integration.conftest import CHECKOUT, Registered
from tests.integration.test_roundtrip import EXPECTED_PAIRS

pytestmark = pytest.mark.integration


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
    serving = Serving("models:/ocr-extractor@champion", registered.environment)
    with served(serving, tmp_path_factory.mktemp("serve")) as running:
        yield running.url


@pytest.fixture
def example_image() -> str:
    from ocr_model.lifecycle.registry import input_example

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


@pytest.mark.slow
def test_server_built_from_the_models_requirements_alone_answers(
    registered: Registered, tmp_path: Path, example_image: str
) -> None:
    serving = Serving("models:/ocr-extractor@champion", registered.environment, "uv")
    with served(serving, tmp_path) as running:
        [row] = ask(running.url, {"instances": [{"image": example_image}]})
        three_pages = tmp_path / "three pages.pdf"
        three_pages.write_bytes(paged_pdf(3))
        curl = [CHECKOUT / "scripts" / "curl_client", three_pages, running.url]
        [pdf] = run_client(curl)["predictions"]
    assert row["pairs"] == EXPECTED_PAIRS
    assert (pdf["outcome"], pdf["pages"], pdf["error"]) == ("empty", 3, None)


def run_client(command: list[str | Path]) -> dict[str, Any]:
    told = subprocess.run(command, capture_output=True, cwd=CHECKOUT, timeout=60, check=True)
    printed: dict[str, Any] = json.loads(told.stdout)
    return printed


def test_both_clients_take_a_file_from_the_command_line(
    server: str, example_image: str, tmp_path: Path
) -> None:
    scan = tmp_path / "a scan.png"
    scan.write_bytes(base64.b64decode(example_image))
    python = run_client([sys.executable, "-m", "scripts.client", scan, "--url", server])
    assert (python["document_id"], python["pairs"]) == ("a scan.png", EXPECTED_PAIRS)
    [row] = run_client([CHECKOUT / "scripts" / "curl_client", scan, server])["predictions"]
    assert row["pairs"] == EXPECTED_PAIRS


@pytest.mark.parametrize("content_type", [pytest.param("csv", marks=pytest.mark.slow), "json"])
def test_predict_reads_a_file_without_a_network(
    registered: Registered, example_image: str, tmp_path: Path, content_type: str
) -> None:
    given, rows = tmp_path / f"in.{content_type}", tmp_path / "rows.json"
    given.write_text(
        f"image,document_id\n{example_image},one\n{example_image},two\n"
        if content_type == "csv"
        else json.dumps({"instances": [{"image": example_image, "document_id": "one"}] * 2}),
        encoding="utf-8",
    )
    command = ["mlflow", "models", "predict", "-m", registered.model_uri, "-i", str(given)]
    command += ["-o", str(rows), "-t", content_type, "--env-manager", "local"]
    # Nobody listens on port 9: whatever is asked of the network fails.
    nowhere = dict.fromkeys(("http_proxy", "https_proxy", "all_proxy"), "http://127.0.0.1:9")
    subprocess.run(
        command, env=registered.environment | nowhere, cwd=tmp_path, timeout=300, check=True
    )
    predictions = json.loads(rows.read_text("utf-8"))["predictions"]
    assert [row["pairs"] for row in predictions] == [EXPECTED_PAIRS] * 2
    assert predictions[0]["document_id"] == "one"


def test_long_document_is_answered_before_the_server_cuts_it_off(
    registered: Registered, example_image: str, tmp_path: Path
) -> None:
    frame = Image.open(io.BytesIO(base64.b64decode(example_image))).convert("L")
    tiff = io.BytesIO()
    pages = 90
    frame.save(tiff, "TIFF", save_all=True, append_images=[frame] * (pages - 1))
    one_at_a_time = {"concurrency": 1}
    serving = Serving(
        registered.model_uri, registered.environment, timeout_s=12, model_config=one_at_a_time
    )
    with served(serving, tmp_path) as running:
        [row] = ask(running.url, {"instances": [{"image": as_base64(tiff.getvalue())}]})
    assert (row["outcome"], row["pages"]) == ("partial", pages)
    assert "the 9 s of this request were over" in row["error"]
    read = {answer["page"] for answer in row["answers"]}
    assert 1 in read
    assert len(read) < pages
    assert row["pairs"]["Order no.:"] == ["4711"] * len(read)
