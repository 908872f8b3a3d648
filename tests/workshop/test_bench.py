"""The benchmarks, as a shell calls them, in small."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from ocr_model.config import parse_config
from ocr_model.extraction import Document, Extractor
from scripts.workshop.bench import __main__ as bench
from scripts.workshop.bench import pages
from tests.support.drawn_pages import write_forms


def test_an_unknown_benchmark_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert bench.main(["lokal"]) == 2
    assert (
        "Expected one of local, llm, batch, languages, serve, boxes, fields, finder, "
        "calibration, pages, text, review, paired, got 'lokal'" in capsys.readouterr().err
    )


def test_a_calibration_is_judged_on_forms_it_was_not_fitted_on(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = write_forms(tmp_path / "forms", tmp_path / "words", 14)
    assert (
        bench.main(["calibration", "--data", str(folder), "--words", str(tmp_path / "words")]) == 0
    )
    printed = capsys.readouterr().out
    assert re.findall(r"^(nothing|\d+ forms)  ", printed, re.M) == [
        "nothing",
        "10 forms",
        "11 forms",
    ]


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


@pytest.mark.integration
@pytest.mark.slow
def test_the_benchmark_of_awkward_pages_says_what_they_cost(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert bench.main(["pages", "line"]) == 0
    (row,) = re.findall(
        r"^\| line \| 0\.06 \| empty \| 0 \|.*\| (\d+) \|$", capsys.readouterr().out, re.M
    )
    assert int(row) < 1000


@pytest.mark.integration
@pytest.mark.slow
def test_a_scan_of_a0_at_300_dpi_is_read_all_over_the_sheet() -> None:
    settings = {"prompt_uri": pages.PROMPT.uri, "max_page_pixels": 150_000_000}
    extractor = Extractor(parse_config(settings), pages.PROMPT)
    row = extractor.extract(Document(pages.png(pages.a0_form())))
    boxes = {answer.answer: answer.box for answer in row.answers}
    places = {str(58_000 + 37 * n): place for n, place in enumerate(pages.a0_places())}
    found = [
        box is not None and abs(box.left - left - 420) < 60 and abs(box.top - top) < 60
        for number, (left, top) in places.items()
        for box in [boxes.get(number)]
    ]
    assert sum(found) >= 0.95 * len(places)
