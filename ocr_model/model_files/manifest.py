"""SHA256SUMS inside a model: a line per file, in the format of `sha256sum`.

The digest of this one file, stored elsewhere, protects every file of the model.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from pathlib import Path

import yaml

# The parameter of the logged model that keeps the manifest's own digest.
RECORDED_AS = "files_sha256"

_MANIFEST = "SHA256SUMS"
# MLflow adds it to a download from the registry; its content ends up in the rows.
_ADDED = "registered_model_meta"
_MOST_ADDED_BYTES = 4096


def write_manifest(folder: Path) -> str:
    """Write the digests of all files into the model; return the digest of the manifest."""
    lines = [
        f"{_sha256(folder / name)}  {name}\n" for name in sorted({*_names(folder)} - {_MANIFEST})
    ]
    (folder / _MANIFEST).write_text("".join(lines), encoding="utf-8")
    return _sha256(folder / _MANIFEST)


def faults_of(folder: Path, recorded: str, added: dict[str, str]) -> list[str]:
    """Every file that differs from when the model was logged; none if all are unchanged.

    "model_code.py: changed"; "code/evil.py: not of this model"

    Args:
        recorded: the result of `write_manifest`.
        added: the allowed content of `registered_model_meta`, if the folder has one.
    """
    manifest, found = folder / _MANIFEST, set(_names(folder))
    if _MANIFEST not in found or manifest.is_symlink():
        return [f"{_MANIFEST}: missing"]
    content = manifest.read_bytes()
    if (digest := hashlib.sha256(content).hexdigest()) != recorded:
        return [f"{_MANIFEST}: has sha256 {digest}, and {recorded} was recorded"]
    lines = (line.partition("  ") for line in content.decode("utf-8").splitlines())
    known = {name: digest for digest, _, name in lines}
    faults = [f"{name}: missing" for name in known.keys() - found]
    faults += [f"{name}: not of this model" for name in found - known.keys() - {_MANIFEST, _ADDED}]
    for name in known.keys() & found:
        file = folder / name
        if file.is_symlink() or not file.is_file():
            faults.append(f"{name}: no plain file")
        elif _sha256(file) != known[name]:
            faults.append(f"{name}: changed")
    if _ADDED in found and not _says(folder / _ADDED, added):
        faults.append(f"{_ADDED}: names another version")
    return sorted(faults)


def _names(folder: Path) -> Iterator[str]:
    """The entries of the folder, including links to folders, which are not followed."""
    for parent, folders, files in os.walk(folder):
        links = [name for name in folders if (Path(parent) / name).is_symlink()]
        for name in [*files, *links]:
            yield (Path(parent) / name).relative_to(folder).as_posix()


def _sha256(file: Path) -> str:
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def _says(file: Path, added: dict[str, str]) -> bool:
    if file.is_symlink() or not file.is_file() or file.stat().st_size > _MOST_ADDED_BYTES:
        return False
    try:
        said = yaml.safe_load(file.read_bytes())
    except (yaml.YAMLError, UnicodeDecodeError):
        return False
    return isinstance(said, dict) and {key: str(value) for key, value in said.items()} == added
