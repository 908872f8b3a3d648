"""Mutated documents end in pages or in a typed outcome, in time, in little memory."""

from __future__ import annotations

import os
import random
import time
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from multiprocessing.connection import Connection
from pathlib import Path

import pytest

from ocr_model.documents import Limits, open_document
from ocr_model.errors import DocumentError
from scripts.workshop.drawn_files import locked_pdf
from scripts.workshop.stress import documents
from scripts.workshop.stress._accidents import mutated
from scripts.workshop.stress._document_seeds import seeds
from scripts.workshop.stress.documents import Decoded, Reply, fuzz


@pytest.mark.integration
@pytest.mark.slow
def test_500_mutated_documents_end_typed_and_in_time() -> None:
    tally = fuzz(500, seed=1, keep=None)
    assert tally.failures == []
    assert sum(outcomes.total() for outcomes in tally.outcomes.values()) == 500
    assert set(tally.outcomes) == {"PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF", "PDF", "icon"}
    for kind, outcomes in tally.outcomes.items():
        # Accidents that break nothing, or everything, would test nothing.
        least = {"bad_input"} if kind == "icon" else {"ok", "bad_input"}
        assert least <= outcomes.keys() <= {"ok", "bad_input", "too_large"}


@pytest.mark.parametrize("file_format", seeds())
def test_seeds_are_whole_but_for_an_icon_and_a_locked_pdf(file_format: str) -> None:
    for data in seeds()[file_format]:
        if file_format == "icon" or data == locked_pdf():
            with pytest.raises(DocumentError, match=r"without a password|got an icon"):
                open_document(data, Limits())
            continue
        with closing(open_document(data, Limits())) as source:
            pages = [n for n in range(1, source.page_count + 1) if n not in source.left_out]
            assert (source.format, source.read(pages[0]).number) == (file_format, pages[0])


def test_a_seed_gives_the_same_document_again() -> None:
    files = seeds()["PNG"]
    first, again, other = (mutated(random.Random(seed), files) for seed in (1, 1, 2))
    assert first == again
    assert first != other


def tally_of(failures: list[str], resident_mb: list[float]) -> Decoded:
    return Decoded({"PNG": Counter(ok=1)}, failures, resident_mb=resident_mb)


@pytest.mark.parametrize(
    ("tally", "holds"),
    [
        (tally_of([], [50.0, 80.0, *[85.0] * 18]), True),
        (tally_of(["PNG 0-1: crash: exit status -11"], [80.0] * 20), False),
        (tally_of([], [50.0, *(80.0 + 3 * n for n in range(20))]), False),
    ],
    ids=["flat after warming up", "crash", "growth"],
)
def test_what_holds(tally: Decoded, holds: bool) -> None:
    assert tally.holds is holds


def crash(documents: Connection) -> None:
    documents.recv_bytes()
    os.abort()


def hang(documents: Connection) -> None:
    documents.recv_bytes()
    time.sleep(60)


def untyped(documents: Connection) -> None:
    while True:
        documents.recv_bytes()
        documents.send(Reply("untyped", "KeyError: 1", 0.1, 50.0))


@pytest.mark.parametrize("target", [crash, hang, untyped])
def test_what_a_decoder_must_not_do_is_counted_and_its_document_kept(
    target: Callable[[Connection], None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A process that starts on a busy machine takes seconds.
    monkeypatch.setattr(documents, "_DEADLINE_S", 2.0 if target is hang else 30.0)
    tally = fuzz(1, seed=0, keep=tmp_path / "kept", target=target)
    assert not tally.holds
    assert [failure.split(": ")[:2] for failure in tally.failures] == [["PNG 0-0", target.__name__]]
    assert (tmp_path / "kept" / "0-0.png").exists()
