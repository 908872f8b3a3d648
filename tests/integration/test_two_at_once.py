"""Two commands at once on a store that is new: neither breaks it, and nothing is there twice."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import mlflow
import pytest
from mlflow import MlflowClient

from ocr_model.lifecycle import MODEL_NAME, find_champion
from ocr_model.prompts import PROMPT_NAME
from scripts.workshop.model_server import outside_environment
from tests.integration.conftest import CHECKOUT

pytestmark = pytest.mark.integration

# They wait for each other when all is imported, so that they meet at the database.
TOGETHER = """
import sys, time
from pathlib import Path
import ocr_model.lifecycle, ocr_model.commands.models
from ocr_model.commands import script
here, count, verb = Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
(here / f"ready-{sys.argv[4]}").touch()
while len(list(here.glob("ready-*"))) < count:
    time.sleep(0.001)
sys.exit(script(verb, sys.argv[5:]))
"""


def at_once(folder: Path, store: Path, commands: list[list[str]]) -> list[tuple[int, str, str]]:
    """Exit code and what was said of commands that begin together."""
    meeting = folder / "meeting"
    meeting.mkdir()
    environment = outside_environment(f"sqlite:///{store}")
    running = [
        subprocess.Popen(
            [sys.executable, "-c", TOGETHER, str(meeting), str(len(commands)), verb, str(n), *argv],
            env={**environment, "PYTHONPATH": str(CHECKOUT)},
            cwd=folder,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for n, (verb, *argv) in enumerate(commands)
    ]
    said = [process.communicate(timeout=600) for process in running]
    return [(process.returncode, *told) for process, told in zip(running, said, strict=True)]


@pytest.mark.parametrize(
    "commands",
    [
        [["register_prompts"]] * 3,
        pytest.param([["log_model"]] * 2, marks=pytest.mark.slow),
        pytest.param(
            [["log_model"], ["log_model", "--settings", '{"image_quality": 80}']],
            marks=pytest.mark.slow,
        ),
        pytest.param(
            [["extract", "--input", "note.txt.png", "--output", f"{n}.jsonl"] for n in range(2)],
            marks=pytest.mark.slow,
        ),
    ],
    ids=["prompts", "the same model", "two models", "first batches"],
)
def test_first_commands_at_once_on_a_new_store(tmp_path: Path, commands: list[list[str]]) -> None:
    (tmp_path / "note.txt.png").write_text("no picture")
    store = tmp_path / "new" / "mlflow.db"
    ended = at_once(tmp_path, store, commands)
    assert [code for code, _, _ in ended] == [0] * len(commands), ended
    assert all("Traceback" not in said for *_, said in ended)
    mlflow.set_tracking_uri(f"sqlite:///{store}")
    try:
        client = MlflowClient()
        prompts = client.search_prompt_versions(PROMPT_NAME)
        assert sorted(int(prompt.version) for prompt in prompts) == [1, 2, 3]
        assert len({prompt.template for prompt in prompts}) == 3
        different = {tuple(command) for command in commands if command[0] == "log_model"}
        models = 1 if commands[0][0] == "extract" else len(different)
        versions = client.search_model_versions(f"name = '{MODEL_NAME}'")
        assert sorted(int(v.version) for v in versions) == list(range(1, models + 1))
        if models:
            assert int(find_champion().version) == 1
            assert len(client.search_logged_models(["0"])) == models
    finally:
        mlflow.set_tracking_uri(None)
