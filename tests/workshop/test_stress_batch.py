from __future__ import annotations

import json
import random
from pathlib import Path

import pytest

from scripts.workshop.stress.batch import FAULTS, Bench, run


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path, 2, 0, random.Random(0), {})


def row(n: int, width: int, outcome: str = "ok") -> str:
    pairs = {"Width": [str(width)]}
    return json.dumps({"document_id": f"scans/{n:04}.png", "outcome": outcome, "pairs": pairs})


@pytest.mark.parametrize(
    ("rows", "right"),
    [
        ([row(0, 100), row(1, 101)], 2),
        ([row(0, 100)], 1),
        ([row(0, 100), row(1, 100)], 1),
        ([row(0, 100), row(1, 101, "partial")], 1),
        ([row(0, 100), row(1, 101), row(1, 101)], 1),
        ([], 0),
    ],
    ids=["all", "one is missing", "one is wrong", "one is no ok", "one is there twice", "none"],
)
def test_only_one_right_row_for_each_document_is_right(
    bench: Bench, rows: list[str], right: int
) -> None:
    (bench.folder / "rows.jsonl").write_text("\n".join(rows))
    assert bench.right("rows.jsonl") == right


@pytest.mark.integration
@pytest.mark.slow
def test_12_documents_are_right_whatever_happens_to_the_machine() -> None:
    found = run(documents=12, kills=1, seed=0)
    passed_over = [name for name, complaints in found.items() if complaints is None]
    assert {name: complaints for name, complaints in found.items() if complaints} == {}
    assert found.keys() == FAULTS.keys()
    if passed_over:
        pytest.skip(f"this machine allows no mounts: {', '.join(passed_over)}")
