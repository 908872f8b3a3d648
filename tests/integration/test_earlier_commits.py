"""What an earlier commit left on disk goes on working with the code of this checkout.

Only through doors that users have: commands, `mlflow.pyfunc.load_model`, MLflow's client.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from mlflow import MlflowClient
from mlflow.exceptions import MlflowException

from tests.earlier.store import CACHE, STORE, unpack
from tests.support.endpoint import Endpoint, Reply, Seen, completion

pytestmark = pytest.mark.integration

CHECKOUT = Path(__file__).parents[2]
LOCAL, LLM = "models:/ocr-extractor/1", "models:/ocr-extractor/2"
FORMS = ("fax_cover", "insurance_claim", "memorandum", "price_quotation")
# Makes a version of its own of settings that are registered already, and decides no answer.
OTHERWISE = '{"max_pages": 99}'

READ_ONE_FORM = """
import base64, json, sys
{imports}
import mlflow, pandas
image = base64.b64encode(open("forms/images/fax_cover.png", "rb").read()).decode()
for uri in sys.argv[1:]:
    model = mlflow.pyfunc.load_model(uri)
    [row] = model.predict(pandas.DataFrame({{"image": [image]}})).to_dict("records")
    told = {{name: row[name] for name in ("outcome", "engine", "pairs", "answers")}}
    print(json.dumps(told | {{"code": sys.modules["ocr_model"].__file__}}))
"""


@dataclass(frozen=True)
class Earlier:
    """The folder of a user of an earlier commit, and an LLM that answers with a page's width."""

    folder: Path
    endpoint: Endpoint

    @property
    def client(self) -> MlflowClient:
        return MlflowClient(f"sqlite:///{self.folder / STORE}")

    @property
    def widths_asked(self) -> list[int]:
        return [seen.image.width for seen in self.endpoint.requests]

    def command(self, verb: str, *arguments: str, connected: bool = True) -> str:
        """What `python -m scripts.<verb>` of this checkout prints."""
        return _output_of(self.start_command(verb, *arguments, connected=connected))

    def start_command(
        self, verb: str, *arguments: str, connected: bool = True
    ) -> subprocess.Popen[str]:
        command = [sys.executable, "-m", f"scripts.{verb}", *arguments]
        return self.start(command, connected=connected)

    def log_model(self, *arguments: str) -> str:
        """The URI of a model of this checkout's code."""
        return self.command("log_model", *arguments).split()[0]

    def start_reading(
        self, *uris: str, imports: str = "", checkout: bool = True
    ) -> subprocess.Popen[str]:
        """A fresh process that prints the row of every model, and where its code came from."""
        code = READ_ONE_FORM.format(imports=imports)
        return self.start([sys.executable, "-c", code, *uris], checkout=checkout)

    def start(
        self, command: list[str], *, connected: bool = True, checkout: bool = True
    ) -> subprocess.Popen[str]:
        environment = {
            **{name: value for name, value in os.environ.items() if name != "PYTHONPATH"},
            **(self.endpoint.environment if connected else {}),
            **({"PYTHONPATH": str(CHECKOUT)} if checkout else {}),
            "MLFLOW_TRACKING_URI": f"sqlite:///{self.folder / STORE}",
            "MLFLOW_EXPERIMENT_NAME": "forms",
            "OCR_MODEL_CACHE_PATH": str(self.folder / CACHE),
        }
        return subprocess.Popen(
            command,
            env=environment,
            cwd=self.folder,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )


@pytest.fixture
def earlier(tmp_path: Path) -> Iterator[Earlier]:
    with Endpoint(_tells_its_width) as endpoint:
        found = Earlier(unpack(tmp_path / "earlier", endpoint.base_url), endpoint)
        try:
            found.client.get_registered_model("ocr-extractor")
        except MlflowException:  # a store of an older MLflow
            store = f"sqlite:///{found.folder / STORE}"
            upgrade = [sys.executable, "-m", "mlflow", "db", "upgrade", store]
            subprocess.run(upgrade, check=True, capture_output=True)
        yield found


def _tells_its_width(seen: Seen) -> Reply:
    pairs = [{"key": "Width", "value": [str(seen.image.width)]}]
    return completion(json.dumps({"pairs": pairs}))


def _output_of(process: subprocess.Popen[str]) -> str:
    said, told = process.communicate(timeout=300)
    assert process.returncode == 0, said + told
    return said


def _rows_in(process: subprocess.Popen[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in _output_of(process).splitlines()]


def _date_on(row: dict[str, Any]) -> list[str]:
    return list(dict(row["pairs"])["Date:"])


def test_models_read_a_form_with_the_code_they_carry(earlier: Earlier) -> None:
    beside_the_checkout = earlier.start_reading(LOCAL, LLM)
    without_it = earlier.start_reading(LLM, LOCAL, checkout=False)
    local, llm = _rows_in(beside_the_checkout)
    assert_read(local, llm)
    assert Path(local["code"]).is_relative_to(earlier.folder / "artifacts/models")
    llm, local = _rows_in(without_it)
    assert_read(local, llm)
    assert Path(llm["code"]).is_relative_to(earlier.folder / "artifacts/models")


def test_models_read_a_form_in_a_process_that_has_imported_the_checkout(earlier: Earlier) -> None:
    process = earlier.start_reading(LOCAL, LLM, imports="import ocr_model.pyfunc_model")
    local, llm = _rows_in(process)
    assert_read(local, llm)
    assert Path(local["code"]).is_relative_to(CHECKOUT)


def assert_read(local: dict[str, Any], llm: dict[str, Any]) -> None:
    assert (local["outcome"], local["engine"]) == ("ok", "local")
    assert _date_on(local) == ["10/17/95"]
    assert (llm["outcome"], llm["engine"]) == ("ok", "llm")
    assert llm["pairs"] == {"Width": ["800"]}


def test_model_that_lacks_its_key_ends_before_anything_is_read(earlier: Earlier) -> None:
    batch = ("--input", "forms/images", "--output", "none.jsonl", "--model-uri", LLM)
    process = earlier.start_command("extract", *batch, connected=False)
    _, told = process.communicate(timeout=300)
    assert process.returncode == 2
    assert told.startswith("error: OPENAI_API_KEY is not set")
    assert "Traceback" not in told


@pytest.mark.slow
def test_champion_before_is_restored_and_a_candidate_of_this_code_judged_against_it(
    earlier: Earlier,
) -> None:
    assert f"{LOCAL} is champion again, instead of 2." in earlier.command("rollback")
    llm = ("--engine", "llm", "--llm", "test-llm", "--prompt-uri", "prompts:/ocr-question-answer/2")
    replay = ("--settings", '{"cache": "replay"}', "--min-pages", "4")
    said = earlier.command("promote", *llm, *replay, connected=False)
    assert f"Champion   {LOCAL}\nCandidate  models:/ocr-extractor/3" in said
    # The forms are those the champion was evaluated on at the earlier commit.
    assert f"Forms      4 in {earlier.folder}/forms" in said
    assert "Verdict  promote: models:/ocr-extractor/3 is champion" in said
    then, now = (
        earlier.client.get_model_version("ocr-extractor", number).tags for number in ("2", "3")
    )
    for name in ("gate_dataset_digest", "previous_champion"):
        assert now[name] == then[name]


def test_verdict_runs_and_traces_are_followed(earlier: Earlier) -> None:
    verdict = earlier.client.get_model_version("ocr-extractor", "2").tags["gate_run_id"]
    [experiment] = earlier.client.search_experiments(filter_string="name = 'forms'")
    [trace, *_] = earlier.client.search_traces([experiment.experiment_id], max_results=1)
    of_trace = earlier.start_command("lineage", trace.info.trace_id)
    chain = earlier.command("lineage", verdict)
    assert "judge v2 against v1, finished" in chain
    assert f"{LLM}  " in chain
    assert f", champion, judged 'promote' by run {verdict}" in chain
    assert "prompts:/ocr-question-answer/2  sha256 " in chain
    assert f"file://{earlier.folder}/forms" in chain
    assert "ok\nrun  " in _output_of(of_trace)


def test_replies_are_found_by_a_model_of_this_code(earlier: Earlier) -> None:
    settings = ("--engine", "llm", "--llm", "test-llm", "--settings", OTHERWISE)
    uri = earlier.log_model(*settings, "--prompt-uri", "prompts:/ocr-question-answer/2")
    assert uri == "models:/ocr-extractor/3"
    batch = ("--input", "forms/images", "--output", "now.jsonl", "--model-uri", uri)
    earlier.command("extract", *batch, "--cache", "replay", connected=False)
    rows = _rows_of(earlier.folder / "now.jsonl")
    assert [(row["outcome"], row["cached"]) for row in rows] == [("ok", True)] * 4
    assert _date_on(rows[0]) == ["10/17/95"]
    assert earlier.endpoint.requests == []


def test_replies_are_found_by_their_model_and_held_against_the_rules(earlier: Earlier) -> None:
    replay = ("--model-uri", LLM, "--cache", "replay", "--trace-images", "none")
    scored = ("--data", "forms", "--rules", "rules.yaml", "--grounding", "off")
    earlier.command("evaluate", *replay, *scored, connected=False)
    [now, before] = _evaluations_of(earlier, LLM)
    # Its own code does not find them either where Pillow encodes a page in other bytes than then.
    assert (now.get("cached_pages"), now["outcome/ok"]) == (4, 1)
    for name in ("rule_compliance", "pair_f1_normalized"):
        assert now[name] == before[name]
    assert 0 < now["rule_compliance"] < 1


def test_calibration_file_makes_the_confidences_of_a_model_of_this_code(earlier: Earlier) -> None:
    calibration = (earlier.folder / "confidence_calibration.json").read_text("utf-8")
    uri = earlier.log_model("--settings", calibration)
    raw, calibrated = _rows_in(earlier.start_reading(LOCAL, uri, imports="import ocr_model"))
    assert raw["code"] == calibrated["code"]
    scores, confidences = zip(*json.loads(calibration)["confidence_calibration"], strict=True)
    expected = np.interp(_confidences_of(raw), scores, confidences)
    assert _confidences_of(calibrated) == pytest.approx(expected.tolist(), abs=1e-3)
    assert _confidences_of(calibrated) != _confidences_of(raw)


def test_batch_of_an_llm_goes_on_and_asks_only_for_pages_that_were_not_finished(
    earlier: Earlier,
) -> None:
    kept = _rows_of(earlier.folder / "rows.parquet.partial/rows.jsonl")
    assert len(kept) == 16
    settings = ("--settings", '{"concurrency": 1}')
    said = earlier.command("extract", "--input", "scans", "--output", "rows.parquet", *settings)
    assert "Documents  20 of 20: 20 ok" in said
    assert earlier.widths_asked == [108, 109]
    rows = pd.read_parquet(earlier.folder / "rows.parquet").to_dict("records")
    assert [row["document_id"] for row in rows] == [f"scans/{n:02}.png" for n in range(20)]
    for n, row in enumerate(rows):
        assert dict(row["pairs"])["Width"] == [str(90 + n)]
    assert [row["latency_ms"] for row in rows[:16]] == [row["latency_ms"] for row in kept]
    assert [row["cached"] for row in rows[16:]] == [True, True, False, False]
    assert not (earlier.folder / "rows.parquet.partial").exists()


@pytest.mark.slow
def test_batch_of_the_embedded_engine_goes_on_and_keeps_its_rows(earlier: Earlier) -> None:
    kept = _rows_of(earlier.folder / "rows.jsonl.partial/rows.jsonl")
    assert [row.pop("row") for row in kept] == [0, 1]
    batch = ("--input", "forms/images", "--output", "rows.jsonl", "--model-uri", LOCAL)
    earlier.command("extract", *batch, "--settings", '{"concurrency": 1}', connected=False)
    rows = _rows_of(earlier.folder / "rows.jsonl")
    assert [row["document_id"] for row in rows] == [f"forms/images/{name}.png" for name in FORMS]
    assert rows[:2] == kept
    assert {row["outcome"] for row in rows} == {"ok"}
    assert not (earlier.folder / "rows.jsonl.partial").exists()


def _rows_of(file: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in file.read_text("utf-8").splitlines()]


def _evaluations_of(earlier: Earlier, uri: str) -> list[dict[str, float]]:
    """Metrics of the runs of `evaluate`, the newest first."""
    [experiment] = earlier.client.search_experiments(filter_string="name = 'forms'")
    runs = earlier.client.search_runs(
        [experiment.experiment_id],
        f"params.evaluated_model_uri = '{uri}' and params.rules = 'rules.yaml'",
        order_by=["attributes.start_time DESC"],
    )
    return [run.data.metrics for run in runs]


def _confidences_of(row: dict[str, Any]) -> list[float]:
    return [
        answer["confidence"] for answer in row["answers"] if answer.get("confidence") is not None
    ]
