"""Candidates whose worth is known beforehand, judged as a person would have it done."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import mlflow
import pytest
from mlflow import MlflowClient

from ocr_model.commands import script
from ocr_model.forms.funsd import load_forms
from ocr_model.lifecycle.champion import find_champion
from ocr_model.lifecycle.dataset import dataset_digest, datasets_of
from ocr_model.lifecycle.registry import MODEL_NAME
from ocr_model.prompts import PROMPT_NAME, load_prompt, register_prompt
from tests.integration.conftest import CHECKOUT, Registered
from tests.support.endpoint import Endpoint
from tests.support.forms import read_as_told, write_forms

pytestmark = pytest.mark.integration


@dataclass(frozen=True)
class Office:
    """A store whose champion is told to be SLOPPY, an endpoint, and 32 labelled forms."""

    data: Path
    prompts: dict[str, str]
    endpoint: Endpoint

    def promote(self, told: str, *argv: str) -> int:
        given = ["--prompt-uri", self.prompts[told], "--data", str(self.data)]
        return script("promote", [*given, "--trace-images", "none", *argv])


@pytest.fixture(scope="module")
def office(_empty_store: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    folder = tmp_path_factory.mktemp("office")
    shutil.copy(_empty_store, folder / "mlflow.db")
    data = write_forms(folder / "claims", 32)
    with pytest.MonkeyPatch.context() as patched, Endpoint(read_as_told) as endpoint:
        patched.setenv("MLFLOW_TRACKING_URI", f"sqlite:///{folder}/mlflow.db")
        mlflow.set_tracking_uri(f"sqlite:///{folder}/mlflow.db")
        experiment = mlflow.create_experiment("office", artifact_location=str(folder / "artifacts"))
        mlflow.set_experiment(experiment_id=experiment)
        prompts = {
            told: register_prompt(f"You are {told}. Read the form.", told)
            for told in ("SLOPPY", "CAREFUL", "HASTY", "LUCKY")
        }
        assert script("log_model", ["--engine", "llm", "--prompt-uri", prompts["SLOPPY"]]) == 0
        yield Office(data, prompts, endpoint)
        mlflow.set_tracking_uri(None)


@pytest.fixture(autouse=True)
def _key_of_the_endpoint(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in office.endpoint.environment.items():
        monkeypatch.setenv(name, value)


def tags_of(prompt_uri: str) -> dict[str, str]:
    [version] = [
        version
        for version in MlflowClient().search_model_versions(f"name = '{MODEL_NAME}'")
        if version.tags["prompt_uri"] == prompt_uri
    ]
    return dict(version.tags)


@pytest.mark.parametrize(
    ("told", "code", "verdict", "difference"),
    [
        # Of 32 forms SLOPPY misreads 11 and HASTY 22, one pair of two on each.
        ("HASTY", 3, "worse", -11 / 64),
        # LUCKY misreads 11 - 8 + 6.
        ("LUCKY", 4, "insufficient evidence", 2 / 64),
    ],
)
@pytest.mark.slow
def test_candidate_that_has_not_shown_its_worth_does_not_become_champion(
    office: Office, told: str, code: int, verdict: str, difference: float
) -> None:
    assert office.promote(told) == code
    assert int(find_champion().version) == 1
    tags = tags_of(office.prompts[told])
    assert tags["gate_verdict"] == verdict
    assert float(tags["gate_difference"].split()[0]) == pytest.approx(difference, abs=1e-4)
    assert "previous_champion" not in tags


def test_better_candidate_becomes_champion_once_and_is_rolled_back(
    office: Office, capsys: pytest.CaptureFixture[str]
) -> None:
    assert office.promote("CAREFUL", "--requirement", "better") == 0
    champion = find_champion()
    assert champion.tags["prompt_uri"] == office.prompts["CAREFUL"]
    tags = champion.tags
    assert (tags["gate_verdict"], tags["previous_champion"]) == ("promote", "1")
    assert tags["gate_dataset_digest"] == dataset_digest(load_forms(office.data))
    assert tags["prompt_sha256"] == load_prompt(office.prompts["CAREFUL"]).sha256
    run = mlflow.get_run(tags["gate_run_id"])
    assert run.data.metrics["pair_f1_normalized_difference/estimate"] == pytest.approx(11 / 64)
    assert run.data.tags["gate_verdict"] == "promote"

    asked = len(office.endpoint.requests)
    assert office.promote("CAREFUL") == 0
    assert "is the champion already" in capsys.readouterr().out
    assert len(office.endpoint.requests) == asked

    assert script("rollback", []) == 0
    assert int(find_champion().version) == 1
    assert script("rollback", []) == 0
    assert int(find_champion().version) == 1


def test_candidate_that_cannot_be_run_leaves_the_champion(
    office: Office, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in office.endpoint.environment:
        monkeypatch.delenv(name)
    assert office.promote("HASTY") == 2
    assert "The champion stays as it is" in capsys.readouterr().err
    assert int(find_champion().version) == 1


def test_comparison_is_one_run_with_a_child_for_each_model_and_can_be_followed(
    office: Office, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = write_forms(tmp_path / "few", 12)
    prompts = [office.prompts[told] for told in ("SLOPPY", "LUCKY", "CAREFUL")]
    argv = ["--prompt-uris", ",".join(prompts), "--data", str(data)]
    assert script("compare", argv) == 0
    printed = capsys.readouterr().out
    assert "C − A = " in printed
    assert "The best of 3 models on these 12 pages was chosen by these pages" in printed

    [parent] = mlflow.search_runs(
        filter_string="run_name LIKE 'compare v% on few (12)'", output_format="list"
    )
    children = [
        mlflow.get_run(run.info.run_id)
        for run in mlflow.search_runs(
            filter_string=f"tags.`mlflow.parentRunId` = '{parent.info.run_id}'",
            order_by=["attributes.start_time ASC"],
            output_format="list",
        )
    ]
    assert [run.data.params["model_prompt_uri"] for run in children] == prompts
    assert len({datasets_of(run)[0].digest for run in children}) == 1
    careful = children[2].data.metrics
    # Of 12 forms SLOPPY misreads four.
    assert careful["pair_f1_normalized_minus_first/estimate"] == pytest.approx(4 / 24)
    assert careful["pair_f1_normalized_minus_first/low"] > 0
    artifacts = {item.path for item in MlflowClient().list_artifacts(parent.info.run_id)}
    expected = {"comparison.txt", "models.json", "differences.json", "accuracy_cost_latency.png"}
    assert expected <= artifacts

    [trace] = mlflow.search_traces(
        run_id=children[2].info.run_id, max_results=1, return_type="list"
    )
    assert script("lineage", [trace.info.trace_id]) == 0
    chain = capsys.readouterr().out
    model = children[2].data.params["evaluated_model_uri"]
    digest = datasets_of(children[2])[0].digest
    for member in (children[2].info.run_id, parent.info.run_id, model, prompts[2], digest):
        assert member in chain
    linked = mlflow.search_traces(
        filter_string=f"prompt = '{PROMPT_NAME}/{prompts[2].rpartition('/')[2]}'",
        return_type="list",
    )
    assert trace.info.trace_id in {found.info.trace_id for found in linked}


@pytest.mark.slow
def test_prompt_uri_is_all_that_mlflow_run_needs(
    office: Office, registered: Registered, tmp_path: Path
) -> None:
    """The forms, the LLM and every setting come from the champion and its last evaluation."""
    assert (
        script(
            "evaluate",
            ["--model-uri", f"models:/{MODEL_NAME}@champion", "--data", str(office.data)],
        )
        == 0
    )
    command = ["mlflow", "run", str(CHECKOUT), "-e", "promote", "--env-manager", "local"]
    finished = subprocess.run(
        [*command, "-P", f"prompt_uri={office.prompts['CAREFUL']}"],
        env={
            **registered.environment,
            **office.endpoint.environment,
            "MLFLOW_TRACKING_URI": os.environ["MLFLOW_TRACKING_URI"],
        },
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert finished.returncode == 0, finished.stdout + finished.stderr
    assert "Verdict  promote" in finished.stdout
    assert f"32 in {office.data}" in finished.stdout
    assert find_champion().tags["prompt_uri"] == office.prompts["CAREFUL"]
    assert script("rollback", []) == 0
