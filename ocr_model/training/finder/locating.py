"""Where on its pages the true value of a field stands: truth is only a text.

Letters may be misread, a value may go over several words and lines, and a date or an amount may be
written in another way. What is not found is not guessed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rapidfuzz.distance import Levenshtein

from ocr_model.fields import Column, Habits, read_value, skeleton
from ocr_model.finder import Document, PagePieces

# From here on a text is taken for the value with misread letters; of short ones all must be right.
_ALIKE = 0.7
_SHORT = 6
# Beside the best place, others count where they are nearly as alike.
_NEARLY = 0.04
# A text that is the truth letter by letter comes before one that only says the same.
_ALIKE_TYPED = 0.99
_LONGEST_TYPED = 8


@dataclass(frozen=True, slots=True)
class Place:
    """Pieces of a page, by the number of the page in its document, and how alike they are."""

    page: int
    path: tuple[int, ...]
    likeness: float


def locate(document: Document, value: str, wanted: Column, habits: Habits) -> list[Place]:
    """All places of a value that do not overlap, the most alike first; none where there is none."""
    found = [
        Place(number, path, likeness)
        for number, page in enumerate(document.pages)
        for path, likeness in (
            *_as_text(page, value),
            *(_as_typed(page, value, wanted, habits) if wanted.type != "text" else ()),
        )
    ]
    # Of equally alike ones the shorter: nothing that is not part of the value.
    found.sort(key=lambda place: (-place.likeness, len(place.path)))
    kept: list[Place] = []
    for place in found:
        if place.likeness < found[0].likeness - _NEARLY:
            break
        taken = {i for other in kept if other.page == place.page for i in other.path}
        if taken.isdisjoint(place.path):
            kept.append(place)
    return kept


def _as_text(page: PagePieces, value: str) -> Iterator[tuple[tuple[int, ...], float]]:
    wanted = skeleton(value)
    if not wanted:
        return
    said = [skeleton(text) for text in page.texts]
    lengths = list(map(len, said))
    needed = _ALIKE if len(wanted) > _SHORT else 1.0
    longest = len(wanted) / needed
    for start in range(len(page)):
        for path in page.paths(start, len(wanted)):
            length = sum(lengths[i] for i in path)
            if not len(wanted) * needed <= length <= longest or not _trimmed(page, path):
                continue
            text = "".join(said[i] for i in path)
            alike = Levenshtein.normalized_similarity(text, wanted, score_cutoff=needed)
            if alike >= needed:
                yield path, alike


def _as_typed(
    page: PagePieces, value: str, wanted: Column, habits: Habits
) -> Iterator[tuple[tuple[int, ...], float]]:
    """Runs on one line that are read as the same date or amount."""
    bare = wanted.model_copy(update={"pattern": None})
    true = read_value(value, bare)
    if not true.found:
        return
    digits = [sum(map(str.isdigit, text)) for text in page.texts]
    for line in page.lines:
        for at in range(len(line)):
            for end in range(at + 1, min(at + _LONGEST_TYPED, len(line)) + 1):
                path = tuple(line[at:end])
                if not any(digits[i] for i in path) or (len(path) > 1 and not _trimmed(page, path)):
                    continue
                read = read_value(page.text(path), bare, habits)
                if read.found and read.value is not None and _same(read.value, true.value, bare):
                    # The longer ones that begin there hold more than the value.
                    yield path, _ALIKE_TYPED
                    break


def _same(one: str, other: str | None, wanted: Column) -> bool:
    if other is None or wanted.type not in ("number", "currency"):
        return one == other
    return float(one) == float(other)


def _trimmed(page: PagePieces, path: Sequence[int]) -> bool:
    """Whether it neither begins nor ends with mere punctuation."""
    return all(any(map(str.isalnum, page.texts[i])) for i in (path[0], path[-1]))
