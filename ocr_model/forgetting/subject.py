"""What is to be forgotten, and whether something names it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

SHA256 = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Subject:
    """Documents by `ids` and by `digests` of their bytes, or all from `before` a time.

    `known_as` are further ids that the digests go by; they count where no digest is kept.
    """

    ids: frozenset[str] = frozenset()
    digests: frozenset[str] = frozenset()
    known_as: frozenset[str] = frozenset()
    before: datetime | None = None

    def names(self, document_id: object, sha256: object = None) -> bool:
        """Whether what carries this id and digest is of the document."""
        if sha256 in self.digests or document_id in self.ids:
            return True
        return not sha256 and document_id in self.known_as

    def is_all_of(self, file: Path) -> bool:
        """Whether a file was last written before its time, so that all in it is old."""
        if self.before is None:
            return False
        return datetime.fromtimestamp(file.stat().st_mtime, self.before.tzinfo) < self.before

    @property
    def words(self) -> frozenset[str]:
        """Everything it is called by."""
        return self.ids | self.digests | self.known_as

    def in_text(self, text: str) -> bool:
        """Whether a text names it, as a word of its own."""
        return any(_word(word).search(text) for word in self.words)

    def out_of(self, text: str) -> str:
        """The text without its names."""
        for word in self.words:
            text = _word(word).sub("[forgotten]", text)
        return text


def _word(word: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w){re.escape(word)}(?!\w)")
