"""With `trace_content` none: verbs that learn, judge and serve, each in a process of its own."""

from __future__ import annotations

import base64
import json
import shutil
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pandas as pd
import pytest

from scripts.workshop.model_server import Serving, free_port, outside_environment, served
from tests.integration.conftest import Workplace
from tests.integration.test_demo import wait_for
from tests.integration.test_spark import HERE as HAS_SPARK
from tests.support.canaries import (
    CANARIES,
    GARBLED,
    REFUSED,
    canary_page,
    found_in,
    write_canary_forms,
)
from tests.support.drawn_pages import write_forms
from tests.support.review_server import ReviewServer

pytestmark = [pytest.mark.integration, pytest.mark.slow]

QUESTION, ANSWER = CANARIES
LLM = ("--engine", "llm", "--llm", "test-llm")
JSON = "application/json"


@pytest.fixture
def keeps_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OCR_MODEL_TRACE_CONTENT", "none")


def post(url: str, data: bytes, kind: str = JSON, **headers: str) -> tuple[int, str]:
    request = urllib.request.Request(url, data=data, headers={"Content-Type": kind, **headers})
    try:
        with urllib.request.urlopen(request, timeout=60) as reply:
            return reply.status, reply.read().decode()
    except urllib.error.HTTPError as err:
        with err:
            return err.code, err.read().decode()


def record(data: bytes, **more: object) -> dict[str, object]:
    return {"image": base64.b64encode(data).decode(), **more}


@pytest.mark.usefixtures("keeps_none")
def test_what_learns_and_what_judges_keep_nothing(workplace: Workplace) -> None:
    forms = write_canary_forms(workplace.made / "many", 12)
    assert workplace.run("log_model", *LLM) == 0
    assert workplace.run("log_model") == 0
    local = ("--data", forms, "--model-uri", "models:/ocr-extractor/2")
    assert workplace.run("promote", *local, "--min-pages", "12", "--margin", "0.9") == 0
    assert workplace.run("calibrate", *local) == 0
    assert workplace.run("optimize", "--data", forms, *LLM[2:]) == 2
    drafted = workplace.made / "fields.yaml"
    assert workplace.run("propose_fields", "--data", forms, "--output", drafted) == 0
    by_model = ("--data", forms / "images", "--output", workplace.made / "read.yaml")
    assert workplace.run("propose_fields", *by_model) == 0
    assert QUESTION.lower() in drafted.read_text("utf-8").lower()
    write_forms(forms, workplace.made / "words", 10)
    assert workplace.run("train", "--data", forms, "--folds", "2", "--curve", "") == 0
    reports = list(Path("reports").rglob("report.html"))
    assert found_in(Path("reports"))
    for report in reports:
        report.unlink()
    assert workplace.found() == {}


@contextmanager
def model_server(workplace: Workplace, uri: str) -> Iterator[str]:
    """As `mlflow models serve` starts it, with its log where nothing of a page may be."""
    serving = Serving(uri, outside_environment(workplace.store))
    with served(serving, workplace.kept / "work") as server:
        yield server.url


@contextmanager
def demo_server(workplace: Workplace, model_url: str) -> Iterator[str]:
    port = free_port()
    command = [sys.executable, "-m", "scripts.demo", "--url", model_url, *LLM[2:]]
    with (
        workplace.log.open("ab") as log,
        subprocess.Popen(
            [*command, "--port", str(port)],
            env=workplace.environment(),
            stdout=log,
            stderr=log,
        ) as process,
    ):
        url = f"http://127.0.0.1:{port}"
        try:
            wait_for(url)
            yield url
        finally:
            process.terminate()


def test_a_served_model_keeps_nothing_of_pages_that_fail_either(workplace: Workplace) -> None:
    """`trace_content` comes with the model here, as a server has the environment it has."""
    assert workplace.run("log_model", *LLM, "--settings", '{"trace_content": "none"}') == 0
    page = canary_page()
    records = [record(canary_page(height), document_id="a") for height in (200, REFUSED, GARBLED)]
    wrong = [
        {"dataframe_records": [{"picture": ANSWER}]},
        {"dataframe_records": [{"image": {"text": ANSWER}}]},
        {"dataframe_records": [record(page, document_id={"a": [1]})]},
        {"dataframe_split": {"columns": ["image"], "data": [[record(page)["image"], ANSWER]]}},
        {"instances": [{"image": f"{QUESTION} {ANSWER}"}]},
        {"inputs": [record(page)], "params": {"trace_content": ANSWER}},
        {ANSWER: [record(page)]},
    ]
    with model_server(workplace, "models:/ocr-extractor/1") as url:
        ask = f"{url}/invocations"
        status, told = post(ask, json.dumps({"instances": records}).encode())
        rows = json.loads(told)["predictions"]
        assert (status, rows[0]["pairs"][f"{QUESTION}:"]) == (200, [ANSWER])
        assert not [row for row in rows if ANSWER in (row["error"] or "")]
        for payload in wrong:
            post(ask, json.dumps(payload).encode())
        post(ask, b'{"instances": [' + page + ANSWER.encode())
        post(ask, f"image\n{ANSWER},{ANSWER},{ANSWER}".encode(), "text/csv")
        post(ask, page, f"image/{ANSWER}")
    assert workplace.found() == {}


@pytest.mark.usefixtures("keeps_none")
def test_the_demo_keeps_nothing(workplace: Workplace) -> None:
    assert workplace.run("log_model", *LLM) == 0
    page = canary_page()
    with (
        model_server(workplace, "models:/ocr-extractor/1") as model,
        demo_server(workplace, model) as url,
    ):
        for height in (200, REFUSED, GARBLED):
            document = canary_page(height)
            status, told = post(f"{url}/rows", document, "image/png")
            assert status == 200
            assert (ANSWER in told) == (height == 200)
            reading = {"name": "a.png", "uri": "prompts:/ocr-question-answer/1"}
            asked = reading | {"document": base64.b64encode(document).decode()}
            status, told = post(f"{url}/prompts/read", json.dumps(asked).encode())
            assert (status, ANSWER in told) == (200, height == 200)
        assert post(f"{url}/pages", page, "image/png")[0] == 200
        post(f"{url}/pages", page[:300] + ANSWER.encode(), "image/png")
        post(f"{url}/prompts/read", f'{{"document": "{ANSWER}"}}'.encode())
    assert workplace.found() == {}


@pytest.mark.usefixtures("keeps_none")
def test_a_review_is_written_to_its_folder_alone(workplace: Workplace) -> None:
    assert workplace.run("log_model", *LLM) == 0
    scans = workplace.made / "scans"
    shutil.copytree(workplace.given / "images", scans)
    (scans / "refused.png").write_bytes(canary_page(REFUSED))
    tab = {"X-Review-Editor": "tab-12345678"}
    log = workplace.log
    with ReviewServer(workplace.environment(), log, "--data", str(scans)) as server:
        server.wait_until_read(2)
        at = f"{server.url}/api/documents/form-0"
        opened = json.loads(post(f"{at}/open", b"", **tab)[1])["review"]
        assert ANSWER in json.dumps(opened)
        saved = {"version": opened["version"], "questions": opened["questions"]}
        request = urllib.request.Request(
            at, json.dumps(saved | {"version": 99, "x": ANSWER}).encode(), tab, method="PUT"
        )
        with pytest.raises(urllib.error.HTTPError):
            urllib.request.urlopen(request, timeout=30)
        status, told = post(f"{at}/done", json.dumps(saved).encode(), **tab)
        assert (status, json.loads(told)["state"]) == (200, "done")
        while any(item["sending"] for item in server.work()["items"]):
            pass
        [done] = [item for item in server.work()["items"] if item["name"] == "form-0"]
        assert "The folder alone" in done["told"]
    assert found_in(scans / "annotations")
    assert workplace.found() == {}


@pytest.mark.skipif(not HAS_SPARK, reason="no pyspark or no Java: SPARK NOT TESTED")
def test_spark_keeps_nothing(workplace: Workplace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SPARK_LOCAL_IP", "127.0.0.1")
    monkeypatch.setenv("SPARK_LOCAL_DIRS", str(workplace.kept / "tmp"))
    assert workplace.run("log_model", *LLM, "--settings", '{"trace_content": "none"}') == 0
    scans, rows = workplace.given / "images", workplace.made / "rows"
    for height in (REFUSED, GARBLED):
        (scans / f"{height}.png").write_bytes(canary_page(height))
    asked = ("--input", scans, "--output", rows, "--model-uri", "models:/ocr-extractor/1")
    assert workplace.run("extract_spark", *asked, "--master", "local[1]") == 0
    outcomes = set(pd.read_parquet(rows)["outcome"])
    assert {"ok", "unparseable"} < outcomes
    assert workplace.found() == {}
