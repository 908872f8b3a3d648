from __future__ import annotations

from ocr_model.history import Actor, read_history
from ocr_model.lifecycle.prompt_versions import (
    history_of_prompt,
    register_noted_bundled_prompts,
    register_noted_prompt,
)
from ocr_model.prompts import PROMPT_NAME, load_prompt

ANN = Actor("ann", "stated")


def kept(name: str) -> list[tuple[str, str, str]]:
    events = [recorded.event for recorded in read_history(history_of_prompt(name))]
    return [(e.version, e.reason, e.prompt_sha256) for e in events if e is not None]


def test_new_version_is_an_event_and_a_known_text_is_none(mlflow_store: str) -> None:
    for text in ("Read.", "Read well.", "Read."):
        register_noted_prompt(text, f"said {text}", "p", actor=ANN)
    digests = [load_prompt(f"prompts:/p/{n}").sha256 for n in (1, 2)]
    assert kept("p") == [("1", "said Read.", digests[0]), ("2", "said Read well.", digests[1])]


def test_bundled_prompts_are_noted_once(mlflow_store: str) -> None:
    uris = register_noted_bundled_prompts()
    assert register_noted_bundled_prompts() == uris
    assert [version for version, *_ in kept(PROMPT_NAME)] == ["1", "2", "3"]
