from __future__ import annotations

import os
from pathlib import Path

import pytest

from ocr_model.bulk.listing import find_documents
from ocr_model.errors import ConfigError


@pytest.fixture
def scans(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("scans/b.png", "scans/a.tif", "scans/deep/c.png", "scans/.hidden", "scans/.x/d"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(b"x")
    os.mkfifo(tmp_path / "scans/pipe")
    (tmp_path / "some.txt").write_text("scans/b.png\n\n  gone.png \nscans/b.png\n")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    ("given", "found"),
    [
        ("scans", ["scans/a.tif", "scans/b.png", "scans/deep/c.png"]),
        ("scans/*.png", ["scans/b.png"]),
        ("scans/**/*.png", ["scans/b.png", "scans/deep/c.png"]),
        ("some.txt", ["scans/b.png", "gone.png", "scans/b.png"]),
        ("scans/a.tif", ["scans/a.tif"]),
    ],
    ids=["folder", "glob", "glob of folders", "list", "one file"],
)
def test_input_names_documents(scans: Path, given: str, found: list[str]) -> None:
    documents = list(find_documents(given))
    assert [document.document_id for document in documents] == found
    assert [document.path for document in documents] == [str(scans / name) for name in found]


@pytest.mark.parametrize("given", ["scans/*.pdf", "nowhere", "scans/pipe"])
def test_input_without_a_file_is_refused(scans: Path, given: str) -> None:
    with pytest.raises(ConfigError, match="where there is no file"):
        list(find_documents(given))


def test_a_name_that_is_no_utf_8_is_found_and_can_be_written(tmp_path: Path) -> None:
    name = os.fsdecode(b"M\xfcller.png")
    (tmp_path / name).write_bytes(b"x")
    [document] = find_documents(str(tmp_path))
    assert document.document_id.endswith("M\\xfcller.png")
    assert Path(document.path).read_bytes() == b"x"
