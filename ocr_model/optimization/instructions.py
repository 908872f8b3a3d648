"""The part of a prompt that may be rewritten, and the prompt around it. Pure.

A candidate is only the text of the instructions: variables are appended here, and the LLM gets the
format of the reply separately from any prompt.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from ocr_model.prompts import Message, PinnedPrompt

_VARIABLE = re.compile(r"\{\{\s*([a-zA-Z_]\w*)\s*\}\}")
# Markup that a template language would interpret.
_OPENING = re.compile(r"\{(?=[{%])")
_INSTRUCTING = ("system", "developer")


@dataclass(frozen=True, slots=True)
class Instructions:
    """`text` without variables, from message `position` of the prompt; `variables` in order."""

    prompt: PinnedPrompt
    position: int
    text: str
    variables: tuple[str, ...]

    def taken_from(self, proposed: str) -> str:
        """The instructions in what an LLM proposed; an empty proposal changes nothing."""
        return cleaned(proposed) or self.text

    def rewritten(self, text: str) -> PinnedPrompt:
        """The prompt with other instructions; with its own, the prompt itself."""
        if text == self.text:
            return self.prompt
        places = [f"{{{{ {name} }}}}" for name in self.variables]
        content = "\n\n".join([text, *places])
        messages = list(self.prompt.messages)
        messages[self.position] = Message(role=messages[self.position]["role"], content=content)
        return PinnedPrompt(self.prompt.uri, tuple(messages))


def instructions_of(prompt: PinnedPrompt) -> Instructions:
    """Its instructions; of a chat prompt the first system message, else the last message."""
    roles = [message["role"] for message in prompt.messages]
    position = next((at for at, role in enumerate(roles) if role in _INSTRUCTING), len(roles) - 1)
    content = prompt.messages[position]["content"]
    variables = tuple(dict.fromkeys(_VARIABLE.findall(content)))
    return Instructions(prompt, position, cleaned(content), variables)


def cleaned(text: str) -> str:
    """Without variables, and without markup that looks like one.

    "Read.\\n\\n{{ additional_rules }}" -> "Read."; "{% if x %}" -> "{ % if x %}"
    """
    return _OPENING.sub("{ ", _VARIABLE.sub("", text)).strip()


def template_of(prompt: PinnedPrompt) -> str | list[dict[str, Any]]:
    """The template for the registry: a single system message becomes a text prompt."""
    if len(prompt.messages) == 1 and prompt.messages[0]["role"] == "system":
        return prompt.messages[0]["content"]
    return [dict(message) for message in prompt.messages]
