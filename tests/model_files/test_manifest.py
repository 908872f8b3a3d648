from __future__ import annotations

import hashlib
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from ocr_model.model_files import faults_of, write_manifest

ADDED = {"model_name": "ocr-extractor", "model_version": "3"}


@pytest.fixture
def model(tmp_path: Path) -> Path:
    folder = tmp_path / "model"
    (folder / "code").mkdir(parents=True)
    (folder / "MLmodel").write_text("flavors: {}\n")
    (folder / "code" / "engine.py").write_text("x = 1\n")
    return folder


def change_a_byte(folder: Path) -> None:
    (folder / "code" / "engine.py").write_text("x = 2\n")


def remove_a_file(folder: Path) -> None:
    (folder / "MLmodel").unlink()


def add_code(folder: Path) -> None:
    (folder / "code" / "numpy.py").write_text("")


def add_compiled_code(folder: Path) -> None:
    """Python runs it in the place of the source whose time it names."""
    (folder / "code" / "__pycache__").mkdir()
    (folder / "code" / "__pycache__" / "engine.cpython-311.pyc").write_bytes(b"")


def link_a_file(folder: Path) -> None:
    (folder / "code" / "engine.py").rename(folder.parent / "elsewhere.py")
    (folder / "code" / "engine.py").symlink_to(folder.parent / "elsewhere.py")


def link_a_folder(folder: Path) -> None:
    (folder / "code" / "more").symlink_to(folder.parent)


def change_manifest_too(folder: Path) -> None:
    change_a_byte(folder)
    write_manifest(folder)


def remove_manifest(folder: Path) -> None:
    (folder / "SHA256SUMS").unlink()


def rename_the_version(folder: Path) -> None:
    (folder / "registered_model_meta").write_text("model_name: ocr-extractor\nmodel_version: '4'\n")


def break_the_version(folder: Path) -> None:
    (folder / "registered_model_meta").write_bytes(b"\xff[")


def swell_the_version(folder: Path) -> None:
    (folder / "registered_model_meta").write_text("a: &a [x, x]\n" * 1000)


@pytest.mark.parametrize(
    ("attack", "told"),
    [
        (change_a_byte, "code/engine.py: changed"),
        (remove_a_file, "MLmodel: missing"),
        (add_code, "code/numpy.py: not of this model"),
        (
            add_compiled_code,
            "code/__pycache__/engine.cpython-311.pyc: not of this model",
        ),
        (link_a_file, "code/engine.py: no plain file"),
        (link_a_folder, "code/more: not of this model"),
        (remove_manifest, "SHA256SUMS: missing"),
        (rename_the_version, "registered_model_meta: names another version"),
        (break_the_version, "registered_model_meta: names another version"),
        (swell_the_version, "registered_model_meta: names another version"),
    ],
    ids=lambda given: getattr(given, "__name__", ""),
)
def test_whatever_was_changed_is_named(
    model: Path, attack: Callable[[Path], None], told: str
) -> None:
    recorded = write_manifest(model)
    assert faults_of(model, recorded, ADDED) == []
    attack(model)
    assert faults_of(model, recorded, ADDED) == [told]


def test_files_changed_with_their_manifest_are_not_those_recorded(model: Path) -> None:
    recorded = write_manifest(model)
    change_manifest_too(model)
    [told] = faults_of(model, recorded, ADDED)
    assert told.endswith(f"and {recorded} was recorded")


def test_what_mlflow_adds_to_a_download_is_no_fault(model: Path) -> None:
    recorded = write_manifest(model)
    (model / "registered_model_meta").write_text("model_name: ocr-extractor\nmodel_version: '3'\n")
    assert faults_of(model, recorded, ADDED) == []


def test_sha256sum_checks_a_model_too(model: Path) -> None:
    recorded = write_manifest(model)
    assert hashlib.sha256((model / "SHA256SUMS").read_bytes()).hexdigest() == recorded
    if shutil.which("sha256sum"):
        check = ["sha256sum", "--check", "--strict", "SHA256SUMS"]
        assert subprocess.run(check, cwd=model, capture_output=True).returncode == 0
        change_a_byte(model)
        assert subprocess.run(check, cwd=model, capture_output=True).returncode == 1
