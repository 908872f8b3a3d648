"""Where on a page a label stands: among the words, also on two lines, misread letters included."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from rapidfuzz.distance import Levenshtein

from ocr_model.fields.decision.likeness import skeleton
from ocr_model.fields.decision.lines import PageWords, overlap_x
from ocr_model.fields.wanted import Column
from ocr_model.schema import Word

# Words that are so alike are the label; of short labels every letter counts.
_ALIKE = 0.85
_LONGEST_LABEL_WORDS = 16
# A label of so few signs is a word of sentences, too: it has to stand by itself.
_SHORT_LABEL = 9
# What a longer label is worth where two claim a word: "Date of birth" before "Date".
_PER_SIGN = 0.02
# In heights: a label goes on in the line below when that is so near, and begins so far left of it.
_NEXT_LINE = 0.9
_INTO_LINE = 0.3
_SAME_LEFT = 1.5


@dataclass(frozen=True, slots=True)
class LabelPlace:
    """Words of a page that read like a label, from first to last.

    `opens` where nothing stands before it in its run, `closes` where nothing stands behind.
    """

    words: tuple[int, ...]
    likeness: float
    opens: bool
    closes: bool

    @property
    def rank(self) -> float:
        """A label stands by itself more often than within a sentence."""
        return self.likeness + 0.2 * self.opens + 0.1 * self.closes

    def stands(self, page: PageWords) -> bool:
        """Whether it begins a run; a short one also ends it, or has a colon."""
        short = sum(len(skeleton(page.words[i].text)) for i in self.words) < _SHORT_LABEL
        colon = page.words[self.words[-1]].text.rstrip().endswith(":")
        return self.opens and (not short or self.closes or colon)


class LabelFinder:
    """Looks labels up on one page."""

    def __init__(self, page: PageWords) -> None:
        self._page = page
        self._after: dict[int, list[int]] = {i: [] for i in range(len(page.words))}
        self._first: set[int] = set()
        self._last: set[int] = set()
        self._skeletons = [skeleton(word.text) for word in page.words]
        self._by_top = sorted(page.runs, key=lambda run: run.box.top)
        self._tops = [run.box.top for run in self._by_top]
        for run in page.runs:
            self._first.add(run.words[0])
            self._last.add(run.words[-1])
            for one, following in zip(run.words, run.words[1:], strict=False):
                self._after[one].append(following)
        for run in page.runs:
            self._after[run.words[-1]] += self._below(run.words[0], run.words[-1])

    def places(self, label: str) -> list[LabelPlace]:
        """All places of a label that do not overlap, the likeliest first."""
        wanted = skeleton(label)
        found = sorted(self._all(wanted), key=lambda place: -place.rank) if wanted else []
        kept: list[LabelPlace] = []
        taken: set[int] = set()
        for place in found:
            if taken.isdisjoint(place.words):
                taken |= set(place.words)
                kept.append(place)
        return kept

    def _all(self, wanted: str) -> Iterator[LabelPlace]:
        needed = _ALIKE if len(wanted) > 5 else 1.0
        longest = len(wanted) / needed
        for start in range(len(self._page.words)):
            paths: list[tuple[int, ...]] = [(start,)]
            while paths:
                path = paths.pop()
                said = "".join(self._skeletons[i] for i in path)
                if len(said) > longest or len(path) > _LONGEST_LABEL_WORDS:
                    continue
                # A beginning that fits nowhere is not followed up.
                allowed = int(1 + len(said) * (1 - needed))
                begun = Levenshtein.distance(said, wanted[: len(said)], score_cutoff=allowed)
                if begun > allowed:
                    continue
                paths += [(*path, following) for following in self._after[path[-1]]]
                if len(said) < len(wanted) * needed:
                    continue
                alike = Levenshtein.normalized_similarity(said, wanted)
                if alike >= needed:
                    opens, closes = start in self._first, path[-1] in self._last
                    yield LabelPlace(path, alike, opens, closes)

    def _below(self, first: int, last: int) -> list[int]:
        """The first word of the run below a run, where it may be the same phrase going on."""
        box = self._page.around((first, last))
        unit = self._page.unit
        first_run = bisect_right(self._tops, box.bottom - _INTO_LINE * unit)
        last_run = bisect_left(self._tops, box.bottom + _NEXT_LINE * unit)
        return [
            run.words[0]
            for run in self._by_top[first_run:last_run]
            if overlap_x(run.box, box) > 0
            and abs(run.box.left - box.left) < _SAME_LEFT * unit + (box.right - box.left) / 2
        ]


def labels_among(words: Sequence[Word], fields: Iterable[Column]) -> list[tuple[int, ...]]:
    """The words of each label on a page, by their indices; no word is in two labels.

    A label that nowhere stands by itself is there where it is seen once, else at an end of a run.
    """
    page = PageWords(1, words)
    finder = LabelFinder(page)
    labels = dict.fromkeys(label for field in fields for label in field.labels)
    places = {label: finder.places(label) for label in labels}
    taken: set[int] = set()
    found: list[tuple[int, ...]] = []

    def claim(place: LabelPlace) -> None:
        if taken.isdisjoint(place.words):
            taken.update(place.words)
            found.append(place.words)

    standing = {label: [p for p in places[label] if p.stands(page)] for label in labels}
    claims = [(_PER_SIGN * len(label) + p.rank, p) for label in labels for p in standing[label]]
    for _, place in sorted(claims, key=lambda claim: claim[0], reverse=True):
        claim(place)
    for label in labels:
        if not standing[label]:
            free = [place for place in places[label] if taken.isdisjoint(place.words)]
            ends = [place for place in free if place.opens or place.closes]
            for place in free if len(free) == 1 else ends[:1]:
                claim(place)
    return found
