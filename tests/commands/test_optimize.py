"""A prompt is optimised by an LLM on loopback whose habits are known."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import mlflow
import pytest

from ocr_model.commands import script
from ocr_model.lifecycle import documents_shown_to
from ocr_model.prompts import register_prompt
from tests.support.endpoint import Endpoint
from tests.support.forms import write_forms
from tests.support.reflecting_llm import RULE, ReflectingLlm

FORMS = 33
START = "Read the form.\n\n{{ additional_rules }}"


@dataclass
class Bench:
    """A store, 33 forms, an endpoint, and a cache of replies of one's own."""

    data: Path
    prompt_uri: str
    llm: ReflectingLlm
    cache: Path

    def optimize(self, *argv: str) -> int:
        given = ["--data", str(self.data), "--prompt-uri", self.prompt_uri, "--min-pages", "3"]
        caching = ["--cache-path", str(self.cache), "--llm", "test-llm"]
        return script("optimize", [*given, *caching, "--max-calls", "200", *argv])


@pytest.fixture
def bench(mlflow_store: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Bench]:
    llm = ReflectingLlm()
    with Endpoint(llm) as endpoint:
        for name, value in endpoint.environment.items():
            monkeypatch.setenv(name, value)
        prompt_uri = register_prompt(START, "start", "p")
        data = write_forms(tmp_path / "claims", FORMS)
        yield Bench(data, prompt_uri, llm, tmp_path / "replies.sqlite")


def test_a_better_prompt_is_registered_with_where_it_comes_from(
    bench: Bench, capsys: pytest.CaptureFixture[str]
) -> None:
    assert bench.optimize() == 0
    print(capsys.readouterr().out)
    prompt = mlflow.genai.load_prompt("prompts:/p/2")
    assert prompt.template == f"Read the form.\n{RULE}\n\n{{{{ additional_rules }}}}"
    print(prompt.tags)
    print(json.dumps(mlflow.get_run(prompt.tags["optimize_run_id"]).data.metrics, indent=1))
    assert len(documents_shown_to("prompts:/p/2")) == 30
    assert 0
