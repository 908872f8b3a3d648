"""What cannot be calibrated is said before a page is read; see integration."""

from __future__ import annotations

from pathlib import Path

import pytest
from mlflow import MlflowClient

from ocr_model.commands import run, script
from ocr_model.commands.calibrate import _caution
from ocr_model.errors import ConfigError, DatasetError
from tests.lifecycle.test_fields_of_model import WANTED, register
from tests.support.forms import write_forms


def _versions() -> int:
    return len(MlflowClient().search_model_versions(""))


def test_a_few_forms_are_not_enough(mlflow_store: str, tmp_path: Path) -> None:
    register(None)
    with pytest.raises(DatasetError, match=r"at least 10 labelled forms .* got 9"):
        run("calibrate", data=write_forms(tmp_path / "claims", 9))
    assert _versions() == 1


def test_fields_of_the_embedded_engine_are_refused(mlflow_store: str, tmp_path: Path) -> None:
    register(WANTED)
    with pytest.raises(ConfigError, match="without fields, or one that reads with an LLM"):
        run("calibrate", data=write_forms(tmp_path / "claims", 12))


def test_a_dataset_wants_the_folder_of_its_documents(
    mlflow_store: str, capsys: pytest.CaptureFixture[str]
) -> None:
    for verb in ("calibrate", "evaluate"):
        assert script(verb, ["--data", "datasets:/claims"]) == 2
        assert "Give --documents FOLDER beside it" in capsys.readouterr().err
    assert _versions() == 0


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ({"confidence_ece": 0.11}, {"confidence_ece": 0.05}, 0),
        ({"confidence_ece": 0.11}, {"confidence_ece": 0.12}, 1),
        ({"confidence_ece": 0.11}, {}, 1),
    ],
)
def test_a_calibration_that_is_worth_nothing_is_told(
    before: dict[str, float], after: dict[str, float], told: int
) -> None:
    assert len(_caution(before, after)) == told
