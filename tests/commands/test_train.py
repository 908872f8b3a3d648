"""The commands that train a linker, on small drawn forms whose words are in the cache."""

from __future__ import annotations

from pathlib import Path

import mlflow
import pytest

from ocr_model.commands import script
from ocr_model.linker.weights import from_bytes, sha256_of
from scripts.workshop import train_linker
from tests.support.drawn_pages import write_forms


@pytest.mark.integration
@pytest.mark.slow
def test_a_run_holds_scores_curves_and_the_linker(
    mlflow_store: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = write_forms(tmp_path / "forms", tmp_path / "words", 24)
    argv = ["--data", str(folder), "--folds", "2", "--curve", "10", "--words"]
    assert script("train", [*argv, str(tmp_path / "words")]) == 0
    [run] = mlflow.search_runs(output_format="list")
    metrics = run.data.metrics
    assert metrics["cv/pair_f1_normalized"] > 0.8
    assert metrics["cv/pair_f1_normalized/ci_low"] <= metrics["cv/pair_f1_normalized"]
    assert {"cv/confidence_ece/ci_low", "cv/confidence_brier/ci_low"} <= set(metrics)
    steps = mlflow.MlflowClient().get_metric_history(
        run.info.run_id, "learning_curve/pair_f1_fuzzy"
    )
    assert [point.step for point in steps] == [10, 12]
    paths = {file.path for file in mlflow.MlflowClient().list_artifacts(run.info.run_id)}
    assert "linker.npz" in paths
    path = mlflow.artifacts.download_artifacts(f"runs:/{run.info.run_id}/linker.npz")
    data = Path(path).read_bytes()
    assert run.data.tags["linker_sha256"] == sha256_of(data)
    assert from_bytes(data).forests
    told = capsys.readouterr().out
    assert (
        f"Use it  python -m scripts.log_model --linker runs:/{run.info.run_id}/linker.npz" in told
    )
    trained, bundled = (metrics[f"{whose}/pair_f1_normalized"] for whose in ("cv", "bundled"))
    assert f"Result  pair_f1_normalized {trained:.3f} against {bundled:.3f} of the bundled" in told
    assert "Fits    5, about" in told


@pytest.mark.integration
def test_weights_are_written_and_scored(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = tmp_path / "words"
    folder = write_forms(tmp_path / "forms", words, 12)
    out = tmp_path / "linker.npz"
    argv = ["--data", str(folder), "--out", str(out), "--test", str(folder)]
    assert train_linker.main([*argv, "--words", str(words)]) == 0
    told = capsys.readouterr().out
    assert sha256_of(out.read_bytes()) in told
    assert "pair_f1_fuzzy" in told


@pytest.mark.parametrize(
    ("argv", "message"),
    [
        (["--curve", "10,many"], "Expected numbers of forms like 10,25,50"),
        (["--folds", "1"], "Expected at least 2 folds, got 1"),
        (["--data", "nowhere"], "Expected a folder with annotations"),
    ],
)
def test_what_cannot_be_trained_is_said_before_anything_is_read(
    argv: list[str], message: str, mlflow_store: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert script("train", argv) == 2
    assert message in capsys.readouterr().err
    assert mlflow.search_runs(output_format="list") == []
