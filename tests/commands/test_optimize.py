"""What keeps a search from beginning. Searches themselves: tests/integration/test_optimize.py."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.optimizing import Bench, optimizing


@pytest.fixture
def bench(mlflow_store: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Bench]:
    with optimizing(tmp_path, monkeypatch) as bench:
        yield bench


@pytest.mark.parametrize(
    ("argv", "told"),
    [
        (["--min-pages", "30"], "Label 27 more"),
        (["--max-calls", "46"], "at least 47"),
        (["--max-usd", "1"], "with a price in MLflow's catalogue"),
        (["--metric", "f1"], "got 'f1'"),
        (["--prompt-uri", "prompts:/p/9"], "Expected a registered prompt"),
        (["--data", ""], "Expected a folder of labelled forms"),
        (["--reflection-parameters", "1"], "reflection-parameters"),
        (["--reflection-parameters", '{"api_key": "a"}'], "without secrets"),
    ],
)
def test_what_cannot_be_searched_is_told_before_anything_is_sent(
    bench: Bench, capsys: pytest.CaptureFixture[str], argv: list[str], told: str
) -> None:
    assert bench.optimize(*argv) == 2
    assert told in capsys.readouterr().err
    assert bench.requests == []


def test_without_the_extra_it_says_what_to_install(
    bench: Bench, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "gepa", None)
    assert bench.optimize() == 2
    assert "pip install 'ocr_model[optimize]'" in capsys.readouterr().err
