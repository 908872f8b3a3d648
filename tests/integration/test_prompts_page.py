"""Prompts tried in a real browser, with the practice LLM."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from scripts.workshop.chromium import Chromium, find_browser
from scripts.workshop.model_server import free_port
from tests.integration.conftest import CHECKOUT
from tests.integration.test_demo import wait_for

pytestmark = [pytest.mark.integration, pytest.mark.slow]


def test_a_text_is_edited_tried_beside_a_version_and_saved(tmp_path: Path) -> None:
    browser = find_browser()
    if browser is None:
        pytest.skip("no browser")
    llm, demo = free_port(), free_port()
    environment = {
        "PATH": "/usr/bin:/bin",
        "HOME": str(tmp_path),
        "MLFLOW_DISABLE_TELEMETRY": "true",
        "MLFLOW_TRACKING_URI": f"sqlite:///{tmp_path / 'mlflow.db'}",
        "OPENAI_BASE_URL": f"http://127.0.0.1:{llm}/v1",
    }
    commands = (
        ["scripts.practice_llm", "--port", str(llm)],
        ["scripts.demo", "--llm", "practice", "--port", str(demo)],
    )
    started = [
        subprocess.Popen([sys.executable, "-m", *command], cwd=CHECKOUT, env=environment)
        for command in commands
    ]
    try:
        wait_for(f"http://127.0.0.1:{llm}", "/v1/models")
        wait_for(f"http://127.0.0.1:{demo}")
        with Chromium(browser, tmp_path / "profile") as page:
            page.resize(1280, 1200)
            page.open(f"http://127.0.0.1:{demo}")
            page.wait("!document.getElementById('trial').hidden")
            page.open(f"http://127.0.0.1:{demo}/prompts")
            page.wait("document.getElementById('version-a').options.length === 4")
            page.run("document.getElementById('sample').click()")
            page.wait("!document.getElementById('read').disabled")
            page.run(
                "{const text = document.getElementById('text-b'); text.value += '\\nNever guess.';"
                " text.dispatchEvent(new Event('input'))}"
            )
            page.run("document.getElementById('read').click()")
            page.wait("document.querySelectorAll('#pairs tr').length > 5")
            # Version 2 lets dates be rewritten and answers be joined, version 3 does not.
            differing = page.run(
                "[...document.querySelectorAll('tr.differs th')].map((head) => head.innerText)"
            )
            assert differing == ["Date:", "Handling:"]
            page.run("document.getElementById('gate').click()")
            assert "Save B as a version first" in page.run("document.body.innerText")
            page.run("document.getElementById('message').value = 'Never guess'")
            page.run("document.querySelector('#save button').click()")
            page.wait("document.getElementById('status').textContent === 'Saved as version 4.'")
            page.run("document.getElementById('gate').click()")
            said = page.run("document.getElementById('needs').innerText")
            assert "At least 30 labelled pages" in said
            assert "--prompt-uri prompts:/ocr-question-answer/4" in said
            assert not page.complaints
            assert all(f"127.0.0.1:{demo}/" in request for request in page.requests)
    finally:
        for process in started:
            process.terminate()
            process.wait(timeout=20)
