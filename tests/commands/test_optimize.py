"""What ends a search, or keeps it from beginning."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.endpoint import Played, Seen, error
from tests.support.optimizing import Bench, optimizing

# 20 forms to choose on, read with the start; then a round of three forms.
FIRST_CALLS = 20 + 3


@pytest.fixture
def bench(mlflow_store: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Bench]:
    with optimizing(tmp_path, monkeypatch) as bench:
        yield bench


def test_a_fault_of_the_reflecting_llm_ends_the_search(
    bench: Bench, capsys: pytest.CaptureFixture[str]
) -> None:
    def no_such_model(seen: Seen) -> Played:
        return bench.llm(seen) if seen.data_urls else error(404, "model not found")

    bench.answers = no_such_model
    assert bench.optimize("--reflection-llm", "b") == 2
    assert "reflection_llm 'b'" in capsys.readouterr().err
    assert len(bench.requests) == FIRST_CALLS + 1


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
    ],
)
def test_what_cannot_be_searched_is_told_before_anything_is_sent(
    bench: Bench, capsys: pytest.CaptureFixture[str], argv: list[str], told: str
) -> None:
    assert bench.optimize(*argv) == 2
    assert told in capsys.readouterr().err
    assert bench.requests == []
