from __future__ import annotations

from pathlib import Path

import pytest
from mlflow import MlflowClient

from ocr_model.commands import script
from ocr_model.errors import ConfigError
from ocr_model.evaluation.child_runs import metric_names, score_name
from ocr_model.scoring.form_scores import form_shares, run_scores
from tests.support.forms import write_forms


def test_every_score_of_a_page_can_be_compared_under_its_name_in_the_run() -> None:
    found = metric_names()
    assert set(found.values()) == set(form_shares({}, {}))
    assert found["pair_f1_fuzzy"] == "pair_f1_fuzzy"
    assert found["key_value_accuracy/mean"] == "key_value_accuracy"
    assert found["perfect_page_rate"] == "perfect_page"
    page = form_shares({"a": ["b"]}, {"a": ["b"]})
    assert set(found) <= set(run_scores([page]))


@pytest.mark.parametrize("metric", ["cost_usd_per_page", "key_value_accuracy/p90", "f1"])
def test_metric_of_which_more_is_not_better_or_that_does_not_add_up_is_refused(metric: str) -> None:
    with pytest.raises(ConfigError, match=f"pair_f1_normalized.*got '{metric}'"):
        score_name(metric)


@pytest.mark.parametrize(
    ("argv", "told"),
    [
        ([], "Expected 2 to 26 different models"),
        (["--model-uris", "models:/m/1"], "Expected 2 to 26 different models"),
        (["--model-uris", "models:/m/1,models:/m/2"], "models:/m/1"),
        (["--llms", "a,b", "--metric", "f1"], "got 'f1'"),
        (["--llms", "a,b", "--split", "0.5"], "no longer takes split"),
        (["--llms", "a,b", "--image-settings", "1000"], "Expected image settings"),
    ],
    ids=["none", "one", "not registered", "metric", "split", "image"],
)
def test_comparison_that_cannot_be_made_is_refused_before_a_run_starts(
    mlflow_store: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    argv: list[str],
    told: str,
) -> None:
    data = write_forms(tmp_path / "claims", 4)
    assert script("compare", [*argv, "--data", str(data)]) == 2
    assert told in capsys.readouterr().err
    client = MlflowClient()
    experiments = [experiment.experiment_id for experiment in client.search_experiments()]
    assert client.search_runs(experiments) == []


def test_a_missing_key_is_missed_before_anything_is_registered(
    mlflow_store: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in ("OPENAI_API_KEY", "OPENAI_BASE_URL"):
        monkeypatch.delenv(name, raising=False)
    data = write_forms(tmp_path / "claims", 4)
    assert script("compare", ["--llms", "a,b", "--data", str(data)]) == 2
    assert "OPENAI_API_KEY" in capsys.readouterr().err
    client = MlflowClient()
    assert client.search_registered_models() == []
    experiments = [experiment.experiment_id for experiment in client.search_experiments()]
    assert client.search_runs(experiments) == []
