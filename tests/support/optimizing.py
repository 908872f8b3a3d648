"""A bench for `optimize`: a store, labelled forms, and an LLM whose habits are known."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from ocr_model.commands import script
from ocr_model.prompts import register_prompt
from tests.support.endpoint import Endpoint, Played, Seen
from tests.support.forms import write_forms
from tests.support.reflecting_llm import ReflectingLlm

START = "Read the form.\n\n{{ additional_rules }}"


@dataclass
class Bench:
    """A store, 33 forms of which 3 are for the gate, an endpoint, a cache of one's own."""

    data: Path
    cache: Path
    llm: ReflectingLlm
    answers: Callable[[Seen], Played]
    requests: list[Seen] = field(default_factory=list)

    def optimize(self, *argv: str) -> int:
        given = ["--data", str(self.data), "--prompt-uri", "prompts:/p/1", "--min-pages", "3"]
        return script("optimize", [*given, "--llm", "a", "--cache-path", str(self.cache), *argv])


@contextmanager
def optimizing(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Bench]:
    """33 forms, of which 3 are for the gate; the prompt `p` in the store that is set."""
    llm = ReflectingLlm()
    data = write_forms(folder / "claims", 33)
    bench = Bench(data, folder / "replies.sqlite", llm, llm)
    with Endpoint(lambda seen: bench.answers(seen)) as endpoint:
        bench.requests = endpoint.requests
        for name, value in endpoint.environment.items():
            monkeypatch.setenv(name, value)
        register_prompt(START, "start", "p")
        yield bench
