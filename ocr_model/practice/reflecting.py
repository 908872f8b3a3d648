"""The practice LLM's reply to a request for better instructions: a rule against a habit in the
feedback.

Now and then it memorises an answer instead, which helps on one form and hurts on others. It only
looks for words: the mistakes that `optimize` lists after the current instructions.
"""

from __future__ import annotations

import json
import re
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

from ocr_model.practice.habits import HABITS, written_out

_FENCED = re.compile(r"```\n(.*?)\n```", re.DOTALL)
_TEXT = r'("(?:[^"\\]|\\.)*")'
# One in this many requests is answered by memorising an answer.
_BY_HEART_EVERY = 4
_ISO_DATE = re.compile(r"\d{4}-\d\d-\d\d")

Kind = Literal["Misread", "Missed", "Blank", "Invented", "Misnamed"]
_MISTAKES: tuple[tuple[Kind, re.Pattern[str]], ...] = (
    ("Misread", re.compile(rf"^Misread: the answer to {_TEXT} is {_TEXT}, got {_TEXT}\.$", re.M)),
    ("Missed", re.compile(rf"^Missed: {_TEXT} has the answer {_TEXT}\.$", re.M)),
    ("Blank", re.compile(rf"^Blank: {_TEXT} has no answer, got {_TEXT}\.$", re.M)),
    ("Invented", re.compile(rf"^Invented: {_TEXT} with the answer {_TEXT}\.$", re.M)),
    ("Misnamed", re.compile(rf"^Misnamed: the question is {_TEXT}, got {_TEXT}\.$", re.M)),
)


@dataclass(frozen=True, slots=True)
class Mistake:
    """One line of feedback; `texts` are what it quotes, in order."""

    kind: Kind
    texts: tuple[str, ...]


def _joined(true: str, got: str) -> bool:
    parts = got.split(", ")
    return len(parts) > 1 and true in parts


# The mistakes that each habit causes, by its name.
_SHOWN_BY: dict[str, Callable[[Mistake], bool]] = {
    "fills in blanks": lambda m: m.kind in ("Blank", "Invented") and m.texts[1] == "N/A",
    "joins answers": lambda m: m.kind == "Misread" and _joined(*m.texts[1:]),
    "writes abbreviations out": lambda m: (
        m.kind == "Misnamed" and written_out(m.texts[0]) == m.texts[1] != m.texts[0]
    ),
    "rewrites dates": lambda m: (
        m.kind == "Misread" and bool(_ISO_DATE.search(m.texts[2])) and m.texts[1] != m.texts[2]
    ),
    "adds what is not there": lambda m: (
        m.kind == "Invented" and m.texts[0] in ("Type of document", "Language")
    ),
}


def asks_for_instructions(prompt: str) -> bool:
    """Whether a request without an image is a reflection: it has instructions and feedback."""
    return "instructions" in prompt and len(_FENCED.findall(prompt)) > 1


def reflect(prompt: str) -> str:
    """The instructions plus one sentence, in backticks; unchanged if everything was right."""
    instructions, feedback = _FENCED.findall(prompt)[:2]
    mistakes = list(_mistakes_in(feedback))
    uncured = [habit for habit in HABITS if not habit.cure.search(instructions)]
    shown = [habit for habit in uncured if any(map(_SHOWN_BY[habit.name], mistakes))]
    by_heart = [f'Where a form asks "{q}", answer "{a}".' for q, a in _answers(mistakes)]
    now_and_then = zlib.crc32(prompt.encode()) % _BY_HEART_EVERY == 0
    rules = [habit.rule for habit in shown]
    new = [*by_heart, *rules] if now_and_then else [*rules, *by_heart]
    return "\n".join(["```", instructions, *new[:1], "```"])


def _mistakes_in(feedback: str) -> Iterator[Mistake]:
    for kind, pattern in _MISTAKES:
        for found in pattern.finditer(feedback):
            yield Mistake(kind, tuple(json.loads(text) for text in found.groups()))


def _answers(mistakes: list[Mistake]) -> Iterator[tuple[str, str]]:
    for mistake in mistakes:
        if mistake.kind in ("Misread", "Missed") and '"' not in "".join(mistake.texts):
            yield mistake.texts[0], mistake.texts[1]
