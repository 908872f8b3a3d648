"""What is rewritten of a prompt, and what cannot be lost."""

from __future__ import annotations

import pytest

from ocr_model.optimization.instructions import cleaned, instructions_of, template_of
from ocr_model.prompts import Message, PinnedPrompt


def prompt_of(*messages: tuple[str, str]) -> PinnedPrompt:
    return PinnedPrompt("prompts:/p/3", tuple(Message(role=r, content=c) for r, c in messages))


def test_variables_stand_behind_every_candidate() -> None:
    prompt = prompt_of(("system", "Read {{ fields }} well.\n{{additional_rules}}"))
    instructions = instructions_of(prompt)
    assert instructions.text == "Read  well."
    rewritten = instructions.rewritten("Read better.")
    assert template_of(rewritten) == "Read better.\n\n{{ fields }}\n\n{{ additional_rules }}"
    assert rewritten.variables == prompt.variables
    assert instructions.rewritten(instructions.text) is prompt


def test_of_a_chat_prompt_the_system_message_is_rewritten() -> None:
    prompt = prompt_of(("user", "Hello {{ a }}"), ("system", "Read."), ("user", "Go."))
    rewritten = instructions_of(prompt).rewritten("Read better.")
    contents = [message["content"] for message in rewritten.messages]
    assert contents == ["Hello {{ a }}", "Read better.", "Go."]
    assert template_of(rewritten) == [
        {"role": "user", "content": "Hello {{ a }}"},
        {"role": "system", "content": "Read better."},
        {"role": "user", "content": "Go."},
    ]


def test_without_a_system_message_it_is_the_last() -> None:
    prompt = prompt_of(("assistant", "Yes?"), ("user", "Read."))
    assert instructions_of(prompt).text == "Read."


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Read {{ x }}.", "Read ."),
        ("{{ x | upper }}", "{ { x | upper }}"),
        ("{% if a %}b", "{ % if a %}b"),
        ('{"a": {"b": 1}}', '{"a": {"b": 1}}'),
    ],
)
def test_what_a_template_language_takes_for_its_own_is_broken_up(text: str, expected: str) -> None:
    assert cleaned(text) == expected


def test_an_empty_proposal_changes_nothing() -> None:
    instructions = instructions_of(prompt_of(("system", "Read.")))
    assert instructions.taken_from(" {{ x }}\n") == "Read."
