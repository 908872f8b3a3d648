"""The documents to erase, and tests whether something refers to them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

SHA256 = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Subject:
    """Documents by `ids` and by `digests` of their bytes, or all from before the time `before`.

    `known_as` are further ids of the digests; they count where no digest is stored.
    """

    ids: frozenset[str] = frozenset()
    digests: frozenset[str] = frozenset()
    known_as: frozenset[str] = frozenset()
    before: datetime | None = None

    def names(self, document_id: object, sha256: object = None) -> bool:
        """Whether an entry with this id and digest belongs to the document."""
        if sha256 in self.digests or document_id in self.ids:
            return True
        return not sha256 and document_id in self.known_as

    def is_all_of(self, file: Path) -> bool:
        """Whether a file was last written before the time, so that all of it is old."""
        if self.before is None:
            return False
        return datetime.fromtimestamp(file.stat().st_mtime, self.before.tzinfo) < self.before

    @property
    def words(self) -> frozenset[str]:
        """All its ids and digests."""
        return self.ids | self.digests | self.known_as

    def in_text(self, text: str) -> bool:
        """Whether a text names it, as a separate word."""
        return any(_word(word).search(text) for word in self.words)

    def out_of(self, text: str) -> str:
        """The text without its names."""
        for word in self.words:
            text = _word(word).sub("[forgotten]", text)
        return text


def _word(word: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w){re.escape(word)}(?!\w)")
