"""The practice LLM as a client meets it: over HTTP, by the `openai` client."""

from __future__ import annotations

import base64
import json
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openai
import pytest
import uvicorn

from ocr_model.practice import HABITS, build_practice_app
from scripts.workshop.model_server import free_port

FORM = Path(__file__).parents[2] / "data" / "sample" / "images" / "fax_cover.png"
EVERY_RULE = " ".join(habit.rule for habit in HABITS)


@pytest.fixture(scope="module")
def llm() -> Iterator[openai.OpenAI]:
    port = free_port()
    app = build_practice_app()
    server = uvicorn.Server(uvicorn.Config(app, port=port, log_level="error", ws="none"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    with openai.OpenAI(
        base_url=f"http://127.0.0.1:{port}/v1", api_key="none", max_retries=0
    ) as client:
        yield client
    server.should_exit = True
    thread.join(timeout=10)


def asked(prompt: str, data: bytes | None = None, kind: str = "image/png") -> list[Any]:
    encoded = base64.b64encode(FORM.read_bytes() if data is None else data).decode()
    image = {"type": "image_url", "image_url": {"url": f"data:{kind};base64,{encoded}"}}
    return [{"role": "user", "content": [{"type": "text", "text": prompt}, image]}]


def test_a_page_is_read_by_its_own_name_and_habits_go_with_their_rules(
    llm: openai.OpenAI,
) -> None:
    spoilt, cured = (
        llm.chat.completions.create(model="practice", messages=asked(prompt))
        for prompt in ("Read.", EVERY_RULE)
    )
    assert spoilt.model == cured.model == "practice"
    added = {"key": "Language", "value": ["English"]}
    assert added in json.loads(spoilt.choices[0].message.content or "")["pairs"]
    pairs = json.loads(cured.choices[0].message.content or "")["pairs"]
    assert added not in pairs
    assert len(pairs) > 5
    assert cured.usage is not None
    assert cured.usage.prompt_tokens == 765 + len(EVERY_RULE) // 4


def test_instructions_with_feedback_on_them_come_back_with_a_rule(llm: openai.OpenAI) -> None:
    feedback = 'Blank: "Fax" has no answer, got "N/A".'
    text = f"These are the instructions:\n```\nRead.\n```\nMistakes:\n```\n{feedback}\n```"
    said = llm.chat.completions.create(
        model="practice", messages=[{"role": "user", "content": text}]
    )
    assert said.choices[0].message.content == f"```\nRead.\n{HABITS[0].rule}\n```"
    assert said.usage is not None
    assert said.usage.prompt_tokens == len(text) // 4


def test_a_reply_ends_at_the_limit_of_tokens(llm: openai.OpenAI) -> None:
    said = llm.chat.completions.create(model="practice", messages=asked("Read."), max_tokens=5)
    assert said.choices[0].finish_reason == "length"
    assert len(said.choices[0].message.content or "") == 20


def test_fields_are_answers_to_questions_of_their_name(llm: openai.OpenAI) -> None:
    members = {
        "from": {"type": ["string", "null"]},
        "shoe_size": {"type": ["string", "null"]},
        "to": {"type": "array", "items": {"type": "string"}},
        "lines": {"type": "array", "items": {"type": "object"}},
    }
    schema = {"name": "fields", "schema": {"type": "object", "properties": members}}
    said = llm.chat.completions.create(
        model="practice",
        messages=asked(EVERY_RULE),
        response_format={"type": "json_schema", "json_schema": schema},  # type: ignore[typeddict-item]
    )
    fields = json.loads(said.choices[0].message.content or "")
    assert fields["from"]
    assert fields["to"]
    assert (fields["shoe_size"], fields["lines"]) == (None, [])


@pytest.mark.parametrize(
    ("model", "messages", "status", "told"),
    [
        ("gpt-6-luna", asked("Read."), 404, "one model, practice"),
        ("practice", [{"role": "user", "content": "Hello"}], 400, "image of a page"),
        ("practice", asked("Read.", b"no image"), 400, "Expected"),
        ("practice", asked("Read.", kind="text/plain"), 400, "data URL"),
        ("practice", [], 400, "messages"),
        ("practice", [{"role": "user", "content": [{"type": "audio"}]}], 400, "messages"),
    ],
)
def test_what_it_cannot_read_is_refused_as_openai_does(
    llm: openai.OpenAI, model: str, messages: list[Any], status: int, told: str
) -> None:
    with pytest.raises(openai.APIStatusError, match=told) as refused:
        llm.chat.completions.create(model=model, messages=messages)
    assert refused.value.status_code == status
