"""Check the files of a registered version before any of its code is run."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from mlflow.entities.model_registry import ModelVersion

from ocr_model.commands.cli import Verify
from ocr_model.console import printable, say
from ocr_model.lifecycle import (
    download_version,
    files_sha256_of,
    find_champion,
    find_version,
    uri_of,
)
from ocr_model.model_files import contents_of, faults_of

_FAULTS = 1
_NOTHING_RECORDED = 3
_MOST_FAULTS = 20


def verify(given: Verify) -> int:
    version = find_version(given.model_uri) if given.model_uri else find_champion()
    recorded = given.files_sha256 or files_sha256_of(version)
    if recorded is None:
        say(
            f"error: No digests were recorded for {uri_of(version)}: it was logged before they "
            "existed, so changes of its files cannot be detected. Log it again to get a version "
            "that can be verified.",
            file=sys.stderr,
        )
        return _NOTHING_RECORDED
    if given.folder.exists() and not _is_empty(given.folder):
        return _check(given.folder, version, recorded)
    # The folder contains either everything that was logged, or nothing.
    parent = given.folder.absolute().parent
    with tempfile.TemporaryDirectory(dir=parent, prefix=".verify-") as temporary:
        fetched = download_version(version, Path(temporary) / "model")
        exit_code = _check(fetched, version, recorded)
        if exit_code == 0:
            fetched.replace(given.folder)
    return exit_code


def _is_empty(folder: Path) -> bool:
    return folder.is_dir() and not any(folder.iterdir())


def _check(folder: Path, version: ModelVersion, recorded: str) -> int:
    """Print what is wrong with the files, or else their content."""
    added = {"model_name": version.name, "model_version": str(version.version)}
    if faults := faults_of(folder, recorded, added):
        named = [printable(fault, one_line=True) for fault in faults[:_MOST_FAULTS]]
        if len(faults) > _MOST_FAULTS:
            named.append(f"and {len(faults) - _MOST_FAULTS} more")
        told = "\n  ".join(
            [f"error: These are not the files of {uri_of(version)}. Do not serve them:", *named]
        )
        say(told, file=sys.stderr)
        return _FAULTS
    contents = contents_of(folder)
    say(f"{uri_of(version)}: every file is as it was when the model was logged.")
    for kind, text in [("files", f"sha256 {recorded}"), *contents]:
        say(f"{kind:<10}{printable(text, one_line=True)}")
    return 0
