"""The benchmarks, as a shell calls them, in small."""

from __future__ import annotations

import re

import pytest

from scripts.workshop.bench import __main__ as bench


def test_an_unknown_benchmark_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert bench.main(["lokal"]) == 2
    assert (
        "Expected one of local, llm, serve, boxes, fields, finder, text, got 'lokal'"
        in capsys.readouterr().err
    )


def test_a_benchmark_that_is_gone_says_where_its_results_are(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert bench.main(["pages", "line"]) == 2
    assert "docs/ has its results and the commit that measured them" in capsys.readouterr().err


@pytest.mark.integration
@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")  # of mlflow.genai.evaluate, one of the arms
def test_the_llm_benchmark_measures_all_arms(
    mlflow_store: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    # As users have it: 32 threads that each write their trace wait for SQLite's lock by the minute.
    monkeypatch.setenv("MLFLOW_ENABLE_ASYNC_TRACE_LOGGING", "true")
    assert bench.main(["llm", "--quick", "--latency", "0.05"]) == 0
    printed = capsys.readouterr().out
    assert "MB after 60" in printed
    assert len(re.findall(r"^model, (?:8|32) in flight, tracing (?:on|off)", printed, re.M)) == 4
    assert re.search(r"^bare client, one page after another +2 +[\d.]+ +1\.00 ", printed, re.M)
    assert "mlflow.genai.evaluate with predict_fn" in printed


@pytest.mark.integration
@pytest.mark.slow
def test_the_serving_benchmark_compares_with_the_direct_call(
    capsys: pytest.CaptureFixture[str],
) -> None:
    argv = ["serve", "--quick", "--engines", "llm", "--latency", "0.05", "--env-manager", "local"]
    assert bench.main(argv) == 0
    printed = capsys.readouterr().out
    figures = re.findall(r"^\| llm \| 1 worker \| (\S+?)[ ,].*\| \d+ \|$", printed, re.M)
    assert figures == ["1", "4", "16", "1"]
    assert re.search(r"^\| llm \| [\d.]+ \| [\d.]+ \| \d+ \| \d+ \|$", printed, re.M)


@pytest.mark.integration
@pytest.mark.slow
def test_the_local_benchmark_measures_speed_and_memory(capsys: pytest.CaptureFixture[str]) -> None:
    assert bench.main(["local", "--n", "1", "--rounds", "1", "--memory-pages", "2"]) == 0
    printed = capsys.readouterr().out
    for arm in ("OCR alone", "one page after another", "pages at once", "one process a core"):
        assert arm in printed
    memory = next(line for line in printed.splitlines() if line.startswith("engine, one page"))
    loaded_mb, after_mb, peak_mb = map(int, memory.split()[-3:])
    assert 100 < loaded_mb <= after_mb <= peak_mb <= 450
