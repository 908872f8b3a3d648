from __future__ import annotations

import os

import pytest

from ocr_model.ocr.process import usable_cores


@pytest.mark.parametrize(
    ("told", "cores"),
    [("", 4), ("1", 1), ("2", 2), ("16", 4), ("0", 4), ("2,1", 4)],
    ids=["nothing", "one", "fewer", "more than there are", "none", "nested"],
)
def test_cores_are_those_of_the_process_and_no_more_than_it_is_told(
    monkeypatch: pytest.MonkeyPatch, told: str, cores: int
) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0, 1, 2, 3})
    monkeypatch.setenv("OMP_NUM_THREADS", told)
    assert usable_cores() == cores
