"""A decoded value -> the answers in it, as text. Pure."""

from __future__ import annotations

import re
from collections import Counter
from typing import Any

from ocr_model.engines.llm.reply.values import Literal, Members

_NOT_TEXT = re.compile("[\x00\ud800-\udfff]")


class NotAnswerError(Exception):
    """A value that is neither text, a number, a boolean nor null."""


class AnswerReader:
    """Reads answers and counts adaptations."""

    def __init__(self, notes: Counter[str]) -> None:
        self._notes = notes

    def read(self, value: Any) -> list[str]:
        """Raises NotAnswerError; then nothing is noted."""
        notes: Counter[str] = Counter()
        if value is None:
            notes["null read as an empty list"] += 1
            value = []
        elif isinstance(value, Members) or not isinstance(value, list):
            if isinstance(value, str | bool):
                notes["single answer read as a list"] += 1
            value = [value]
        texts = [self._answer(item, notes) for item in value]
        self._notes.update(notes)
        return [text for text in texts if text is not None]

    def _answer(self, item: Any, notes: Counter[str]) -> str | None:
        if isinstance(item, bool):
            item = Literal("true" if item else "false")
        if item is None or (isinstance(item, str) and not item.strip()):
            notes["blank answer dropped"] += 1
            return None
        if not isinstance(item, str):
            raise NotAnswerError
        if isinstance(item, Literal):
            notes["number or truth value kept as written"] += 1
        return self.clean(item, notes)

    def clean(self, text: str, notes: Counter[str] | None = None) -> str:
        cleaned = _NOT_TEXT.sub("", text)
        if cleaned != text:
            (self._notes if notes is None else notes)["characters that are no text removed"] += 1
        return str(cleaned)
