from __future__ import annotations

import shutil
from pathlib import Path

import mlflow
import pytest
from mlflow import MlflowClient
from mlflow.exceptions import MlflowException

from ocr_model.commands import run, script
from ocr_model.lifecycle import files_sha256_of, find_champion
from ocr_model.model_files import write_manifest

PROMPT = "prompts:/ocr-question-answer/3"
Read = pytest.CaptureFixture[str]


@pytest.fixture
def served(mlflow_store: str, tmp_path: Path, capsys: Read) -> Path:
    """The folder of a registered model that was verified."""
    run("log_model")
    assert script("verify", ["--folder", str(tmp_path / "served")]) == 0
    return tmp_path / "served"


def stored() -> Path:
    """Where the store keeps the files."""
    model = MlflowClient().get_logged_model(find_champion().source.removeprefix("models:/"))
    return Path(model.artifact_location.removeprefix("file://"))


def test_a_version_is_told_with_all_it_carries(served: Path, capsys: Read) -> None:
    told = capsys.readouterr().out.splitlines()
    assert "models:/ocr-extractor/1: every file is as it was when the model was logged." in told
    said = dict(line.split(maxsplit=1) for line in told[-8:])
    assert said["files"] == f"sha256 {files_sha256_of(find_champion())}"
    assert said["prompt"].startswith(f"{PROMPT}  sha256 ")
    assert (said["engine"], said["fields"], said["finder"]) == ("local", "none", "none")
    assert said["linker"] == "the one of its code"
    assert f"mlflow=={mlflow.__version__}" in said["requires"]
    assert said["code"] == "the same as that of this command"
    assert (served / "registered_model_meta").is_file()
    assert [path for path in served.parent.iterdir() if path.name.startswith(".verify")] == []


def test_one_changed_byte_is_found_in_the_folder_and_in_the_store(
    served: Path, tmp_path: Path, capsys: Read
) -> None:
    for folder in (served, stored()):
        file = folder / "code" / "ocr_model" / "engines" / "factory.py"
        file.write_bytes(file.read_bytes().replace(b"\n", b" ", 1))
    for folder in (served, tmp_path / "again"):
        capsys.readouterr()
        assert script("verify", ["--folder", str(folder)]) == 1
        assert capsys.readouterr().err.splitlines() == [
            "error: These are not the files of models:/ocr-extractor/1. Do not serve them:",
            "  code/ocr_model/engines/factory.py: changed",
        ]
    assert not (tmp_path / "again").exists()


def test_files_changed_with_their_manifest_are_found(served: Path, tmp_path: Path) -> None:
    """Who may write to the artefact store may write both; the digest is in the database."""
    (stored() / "code" / "numpy.py").write_text("")
    forged = write_manifest(stored())
    assert script("verify", ["--folder", str(tmp_path / "again")]) == 1
    with pytest.raises(MlflowException, match="UNIQUE constraint"):
        MlflowClient().log_model_params(
            find_champion().source.removeprefix("models:/"), {"files_sha256": forged}
        )
    assert files_sha256_of(find_champion()) != forged


def test_a_digest_noted_elsewhere_holds_against_the_database(served: Path, capsys: Read) -> None:
    noted = files_sha256_of(find_champion())
    assert script("verify", ["--folder", str(served), "--files-sha256", str(noted)]) == 0
    assert script("verify", ["--folder", str(served), "--files-sha256", "0" * 64]) == 1


def test_another_version_in_the_folder_is_found(served: Path, capsys: Read) -> None:
    run("log_model", settings='{"image_quality": 80}')
    assert script("verify", ["--folder", str(served), "--model-uri", "models:/ocr-extractor/2"])
    assert "SHA256SUMS: has sha256" in capsys.readouterr().err


def test_code_that_is_not_ours_is_told(served: Path, tmp_path: Path, capsys: Read) -> None:
    """Registered by somebody who may, with digests of its own."""
    theirs = tmp_path / "theirs"
    shutil.copytree(served, theirs)
    (theirs / "registered_model_meta").unlink()
    (theirs / "python_model.pkl").write_bytes(b"")
    digest = write_manifest(theirs)
    capsys.readouterr()
    assert script("verify", ["--folder", str(theirs), "--files-sha256", digest]) == 0
    assert "not that of this command: python_model.pkl" in capsys.readouterr().out


def test_a_version_logged_before_digests_has_an_exit_code_of_its_own(
    mlflow_store: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Read
) -> None:
    monkeypatch.setattr(MlflowClient, "log_model_params", lambda *_: None)
    run("log_model")
    assert script("verify", ["--folder", str(tmp_path / "served")]) == 3
    told = capsys.readouterr().err
    assert "No digests were recorded for models:/ocr-extractor/1" in told
    assert not (tmp_path / "served").exists()
