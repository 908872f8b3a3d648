"""What was read is kept by content: it comes back without an engine."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from ocr_model.fields import PageContent, parse_fields
from ocr_model.forms import Form
from ocr_model.ocr import reader_digest
from ocr_model.schema import Answer, Box, Word
from ocr_model.training.finder import reading

WANTED = parse_fields("fields: [{name: total, type: currency}]")
OTHERS = parse_fields("fields: [{name: total, type: currency, labels: [Sum]}]")
PAGE = PageContent(
    2,
    [Answer("Total", "9.00", 2, Box(1, 2, 3, 4), 0.5), Answer("Due", None, 2)],
    [Word("Total", Box(0, 0, 9, 9), 0.75)],
)


class LoadedError(Exception):
    pass


@pytest.fixture
def no_engine(monkeypatch: pytest.MonkeyPatch) -> None:
    def build(*_: object) -> None:
        raise LoadedError

    monkeypatch.setattr(reading, "build_engine", build)


def test_a_document_that_was_read_is_not_read_again(tmp_path: Path, no_engine: None) -> None:
    image = tmp_path / "a.png"
    image.write_bytes(b"a picture")
    digest = hashlib.sha256(b"a picture").hexdigest()
    folder = tmp_path / f"{reader_digest()}-{reading._linking_digest(WANTED)}"
    folder.mkdir()
    reading._write(folder / f"{digest}.json", [PAGE])
    form = Form("a", image, ())
    [read] = reading.read_documents([form], WANTED, tmp_path)
    assert (read.sha256, read.contents, read.error) == (digest, (PAGE,), None)
    # Other labels may make other answers of the same words.
    with pytest.raises(LoadedError):
        reading.read_documents([form], OTHERS, tmp_path)
