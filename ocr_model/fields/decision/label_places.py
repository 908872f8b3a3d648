"""Locate a label among the words of a page, also on two lines and with misread letters."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from rapidfuzz.distance import Levenshtein

from ocr_model.fields.decision.likeness import is_rate, skeleton, without_rate
from ocr_model.fields.decision.lines import PageWords, overlap_x
from ocr_model.fields.wanted import Column
from ocr_model.schema import Word

# Words with this similarity are the label; in short labels every letter counts.
_ALIKE = 0.85
_LONGEST_LABEL_WORDS = 16
# "20 %", "( 20 % )"; a label with another rate, or none, is nearly as likely.
_MOST_RATE_WORDS = 4
_OTHER_RATE = 0.95
# A label with so few characters may be part of a sentence: it has to be isolated.
_SHORT_LABEL = 9
# Bonus of a longer label if two claim a word: "Date of birth" before "Date".
_PER_SIGN = 0.02
# In heights: how close the line below must be, and how far left it may start, to continue a label.
_NEXT_LINE = 0.9
_INTO_LINE = 0.3
_SAME_LEFT = 1.5


@dataclass(frozen=True, slots=True)
class LabelPlace:
    """Words of a page that match a label, from first to last.

    `opens` if it is the start of its run, `closes` if it is the end; `has_rate` if it ends with a
    rate.
    """

    words: tuple[int, ...]
    likeness: float
    opens: bool
    closes: bool
    has_rate: bool = False

    @property
    def rank(self) -> float:
        """A label is isolated more often than part of a sentence."""
        return self.likeness + 0.2 * self.opens + 0.1 * self.closes

    def stands(self, page: PageWords) -> bool:
        """Whether it starts a run; a short one must also end it, or have a colon or a rate."""
        short = sum(len(skeleton(page.words[i].text)) for i in self.words) < _SHORT_LABEL
        colon = page.words[self.words[-1]].text.rstrip().endswith(":")
        return self.opens and (not short or self.closes or colon or self.has_rate)


class LabelFinder:
    """Finds labels on one page."""

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

    def places(self, label: str, *, with_rate: bool = False) -> list[LabelPlace]:
        """All places of a label that do not overlap, the most likely first.

        A rate after it belongs to a label with a rate, or to any label `with_rate`: "VAT 19 %" in
        "VAT 19 % 1.90" is a place of "VAT 20 %", and more likely if the rates are equal.
        """
        wanted = filter(None, dict.fromkeys(map(skeleton, (without_rate(label), label))))
        found = [place for said in wanted for place in self._all(said)]
        if with_rate or without_rate(label) != label:
            found = [self._rated(place, label) for place in found]
        found.sort(key=lambda place: -place.rank)
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
                # Skip starts that match no label.
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

    def _rated(self, place: LabelPlace, label: str) -> LabelPlace:
        """The place extended by the rate after it."""
        words = place.words
        for count in range(_MOST_RATE_WORDS, 0, -1):
            behind = self._behind(place.words[-1], count)
            if len(behind) == count and is_rate(self._page.text(behind)):
                words += behind
                break
        other = without_rate(label) != label and (
            skeleton(self._page.text(words)) != skeleton(label)
        )
        alike = _OTHER_RATE * place.likeness if other else place.likeness
        return replace(
            place,
            words=words,
            likeness=alike,
            closes=words[-1] in self._last,
            has_rate=words != place.words,
        )

    def _behind(self, word: int, count: int) -> tuple[int, ...]:
        """The next words of its run, at most this many."""
        behind: list[int] = []
        while len(behind) < count and word not in self._last:
            word = self._after[word][0]
            behind.append(word)
        return tuple(behind)

    def _below(self, first: int, last: int) -> list[int]:
        """The first word of the run below, if it may continue the same phrase."""
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

    A longer label that is nowhere isolated counts if it occurs once, else only at an end of a run;
    "Company" within "Company no. 17" does not count.
    """
    page = PageWords(1, words)
    finder = LabelFinder(page)
    labels = {label: field.type == "currency" for field in fields for label in field.labels}
    places = {label: finder.places(label, with_rate=money) for label, money in labels.items()}
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
        if not standing[label] and len(skeleton(label)) >= _SHORT_LABEL:
            free = [place for place in places[label] if taken.isdisjoint(place.words)]
            ends = [place for place in free if place.opens or place.closes]
            for place in free if len(free) == 1 else ends[:1]:
                claim(place)
    return found
