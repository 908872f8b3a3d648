"""A prompt for the practice LLM is optimised on drawn forms, which nothing here was fitted to."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import mlflow
import pytest
import uvicorn

from ocr_model.commands import script
from ocr_model.practice import HABITS, build_practice_app
from ocr_model.prompts import register_bundled_prompts
from scripts.workshop.model_server import free_port
from scripts.workshop.synthetic_forms.writing import write_forms

pytestmark = [pytest.mark.integration, pytest.mark.slow]

GATE_PAGES = 5


@pytest.fixture
def practice(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    port = free_port()
    server = uvicorn.Server(
        uvicorn.Config(build_practice_app(), port=port, log_level="error", ws="none")
    )
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    monkeypatch.setenv("OPENAI_BASE_URL", f"http://127.0.0.1:{port}/v1")
    yield
    server.should_exit = True
    thread.join(timeout=10)


def test_rules_are_found_and_what_was_learned_by_heart_is_refused(
    mlflow_store: str, practice: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OCR_MODEL_CACHE_PATH", str(tmp_path / "replies.sqlite"))
    write_forms(tmp_path / "drawn", 30 + GATE_PAGES, 1, "held-out", 1)
    parent = register_bundled_prompts()[0]
    slow = ["--settings", '{"timeout_s": 600}']  # pages wait for one another
    llm = ["--llm", "practice", *slow]
    assert script("log_model", ["--engine", "llm", "--prompt-uri", parent, *llm]) == 0
    data = ["--data", str(tmp_path / "drawn"), "--min-pages", str(GATE_PAGES)]
    assert script("optimize", [*data, *slow]) == 0

    prompt = mlflow.genai.load_prompt("prompts:/ocr-question-answer/4")
    text = str(prompt.template)
    assert sum(bool(habit.cure.search(text)) for habit in HABITS) >= 3
    assert "Where a form asks" not in text
    table = mlflow.load_table("candidates.json", run_ids=[prompt.tags["optimize_run_id"]])
    by_heart = table[table["instructions"].str.contains("Where a form asks")]
    assert len(by_heart) > 0
    assert by_heart["verdict"].str.startswith("refused").all()
    better = ["--prompt-uri", "prompts:/ocr-question-answer/4", "--requirement", "better"]
    assert script("promote", [*better, *data, *slow]) == 0
