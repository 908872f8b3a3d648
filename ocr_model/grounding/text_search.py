"""Find a text among the words of a page, across lines and despite misread letters.

Approximate string matching (Sellers 1980) along a graph instead of a string: every letter of the
page is a node; it leads to the next letter of its phrase, and a word leads to its right neighbour
and to the words of the line below. Knows nothing of questions and answers.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import accumulate

import numpy as np
from numpy.typing import NDArray

from ocr_model.grounding.word_graph import CUT_IN, DOWN, Hops, phrases_of
from ocr_model.ocr import around, is_upright
from ocr_model.schema import Box, Word

# Costs in letters, multiples of 0.25: see `PageSearch`.
# Punctuation, which an OCR often loses or invents, and signs that say something.
_MARK_WEIGHT = 0.25
_SIGN_WEIGHT = 0.5
# To begin or end between two letters of a word. Together with a lost mark that is as much as a
# misread letter, so that "(51)" matches all of "C51)".
_WITHIN_WORD = 0.75
# All signs that the OCR reads for a tick are equal; \u533a and \u5188 look like a crossed box.
_TICKS = str.maketrans(dict.fromkeys("✓✔√☑☒✗✘\u00d7\u533a\u5188", "x"))
# Most places of one text; a page has dozens of a single digit.
_MOST_PLACES = 60
# Longer texts are cut: the work grows with their letters times the letters of the page.
_MOST_LETTERS = 2_000
# Between the letter counts of two phrases, so that no misreading leads from one to the next.
_APART = 1e6

_Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Place:
    """A match: its similarity to what is read there, and the letters of the page it covers.

    `parts` are the words or parts of words it is made of, from left to right in each phrase. `cuts`
    counts its ends that are between two letters of a word; `hopped` is what its hops from phrase to
    phrase cost, in letters. `missing` are the letters of the text that are not read before the
    place, and behind it.
    """

    parts: tuple[Box, ...]
    similarity: float
    letters: frozenset[int]
    cuts: int = 0
    hopped: float = 0.0
    missing: tuple[int, int] = (0, 0)

    @property
    def box(self) -> Box:
        return around(self.parts)


class PageSearch:
    """The letters of one page, ready to be searched many times.

    All costs are multiples of 0.25, which floats add exactly: `_traced_back` compares for equality.
    """

    def __init__(self, words: Iterable[Word]) -> None:
        phrases = phrases_of(words)
        self._words = [word for phrase in phrases for word in phrase]
        self._spans: list[tuple[int, int]] = []
        letters: list[str] = []
        for word in self._words:
            folded = folded_letters(word.text)
            self._spans.append((len(letters), len(letters) + len(folded)))
            letters += folded
        self._letters = np.array(letters, dtype="U1")
        self._weights = np.array([_weight(letter) for letter in letters])
        self._word_of = np.repeat(
            np.arange(len(self._words)), [end - start for start, end in self._spans]
        )
        self._follows = np.zeros(len(letters), dtype=bool)
        apart = np.zeros(len(letters))
        first = 0
        for number, phrase in enumerate(phrases):
            start, end = self._spans[first][0], self._spans[first + len(phrase) - 1][1]
            self._follows[start + 1 : end] = True
            apart[start:end] = _APART * number
            first += len(phrase)
        self._reached = np.cumsum(self._weights) + apart
        self._starting, self._ending = self._cuts()
        self._hops = Hops.between(phrases, self._spans)

    def find(self, text: str, least_similarity: float) -> list[Place]:
        """Places that read like `text`, best first, without any two that share a letter.

        "Ann  BERG:" among Name: / Ann / Berg -> [Place(box around Ann and Berg, similarity 1.0)]
        """
        wanted = folded_letters(text)[:_MOST_LETTERS]
        if not wanted or not len(self._letters):
            return []
        weights = np.array([_weight(letter) for letter in wanted])
        breaks = _breaks(text)
        costs = self._costs(wanted, weights, breaks)
        last = costs[-1] + self._ending
        whole = float(weights.sum())
        hops = 2 * (DOWN + CUT_IN) if len(breaks) > 1 else 0.0
        allowed = (1 - least_similarity) * whole + 2 * _WITHIN_WORD + hops
        places: list[Place] = []
        taken: set[int] = set()
        # Leaving out the whole text costs its weight: that is not a match.
        for end in self._ends(last, min(allowed, whole - _MARK_WEIGHT)):
            if end in taken or len(places) == _MOST_PLACES:
                continue
            read, hopped = self._traced_back(wanted, weights, breaks, costs, end)
            if taken.isdisjoint(read):
                taken |= read.keys()
                similarity = 1 - (costs[-1, end] - hopped) / whole
                if similarity >= least_similarity and read:
                    missing = min(read.values()) - 1, len(wanted) - max(read.values())
                    places.append(self._place(frozenset(read), float(similarity), hopped, missing))
        return places

    def _place(
        self, letters: frozenset[int], similarity: float, hopped: float, missing: tuple[int, int]
    ) -> Place:
        cuts = int(self._starting[min(letters)] > 0) + int(self._ending[max(letters)] > 0)
        return Place(self._parts(letters), similarity, letters, cuts, hopped, missing)

    def _costs(self, wanted: str, weights: _Floats, breaks: frozenset[int]) -> _Floats:
        """Row j, column v: the least cost of matching the first j letters up to the letter v."""
        costs = np.full((len(wanted) + 1, len(self._letters)), np.inf)
        skipped = np.concatenate([[0.0], np.cumsum(weights)])
        for j, (letter, weight) in enumerate(zip(wanted, weights, strict=True), start=1):
            before = costs[j - 1]
            came = skipped[j - 1] + self._starting
            np.minimum(came[1:], before[:-1], out=came[1:], where=self._follows[1:])
            if j - 1 in breaks:
                self._hops.relax(before, came)
            came += self._mismatch(letter, weight)
            np.minimum(came, before + weight, out=came)
            # A letter too many on the page, within a phrase.
            costs[j] = np.minimum.accumulate(came - self._reached) + self._reached
        return costs

    def _cuts(self) -> tuple[_Floats, _Floats]:
        """What it costs to begin, and to end, at each letter: nothing at a word's or a mark's."""
        inside = np.zeros(len(self._letters) + 1, dtype=bool)
        inside[1:-1] = self._word_of[1:] == self._word_of[:-1]
        inside[1:-1] &= (self._weights[1:] == 1) & (self._weights[:-1] == 1)
        return _WITHIN_WORD * inside[:-1], _WITHIN_WORD * inside[1:]

    def _mismatch(self, letter: str, weight: float) -> _Floats:
        return np.where(self._letters == letter, 0.0, np.maximum(self._weights, weight))

    def _ends(self, costs: _Floats, allowed: float) -> list[int]:
        """Letters at which a match ends that is cheaper than one letter earlier or later."""
        padded = np.concatenate([[np.inf], costs, [np.inf]])
        before = np.where(self._follows, padded[:-2], np.inf)
        after = np.where(np.append(self._follows[1:], False), padded[2:], np.inf)
        found = np.flatnonzero((costs <= allowed) & (costs <= before) & (costs < after))
        return [int(end) for end in found[np.argsort(costs[found], kind="stable")]]

    def _traced_back(
        self, wanted: str, weights: _Floats, breaks: frozenset[int], costs: _Floats, end: int
    ) -> tuple[dict[int, int], float]:
        """The letters of the cheapest match that ends here, and what its hops cost.

        With each letter of the page how many of the text are read up to it.
        """
        read, hopped, j, v = dict[int, int](), 0.0, len(wanted), end
        while j:
            cost = costs[j, v]
            same = wanted[j - 1] == self._letters[v]
            came = cost - (0.0 if same else max(self._weights[v], weights[j - 1]))
            follows = bool(self._follows[v])
            hop = self._hops.taken(v, costs[j - 1], came) if j - 1 in breaks else None
            if follows and came == costs[j - 1, v - 1]:
                # After the letter before it in the phrase.
                read[v] = j
                j, v = j - 1, v - 1
            elif came == weights[: j - 1].sum() + self._starting[v]:
                # The match begins here.
                read[v] = j
                hopped += self._starting[v]
                break
            elif hop is not None:
                # After the last letter of another word.
                read[v] = j
                j, v, hopped = j - 1, hop[0], hopped + hop[1]
            elif follows and cost == costs[j, v - 1] + self._weights[v]:
                v -= 1  # a letter too many on the page
            else:
                j -= 1  # a letter of the text that is not on the page
        return read, hopped

    def _parts(self, letters: frozenset[int]) -> tuple[Box, ...]:
        """The words, or the matched part of a word, assuming equal letter widths."""
        by_word: dict[int, list[int]] = defaultdict(list)
        for letter in letters:
            by_word[int(self._word_of[letter])].append(letter)
        return tuple(self._part(word, min(of), max(of)) for word, of in sorted(by_word.items()))

    def _part(self, word: int, first: int, last: int) -> Box:
        start, end = self._spans[word]
        left, top, right, bottom = self._words[word].box
        if not is_upright(self._words[word]):
            return self._words[word].box
        step = (right - left) / (end - start)
        return Box(left + step * (first - start), top, left + step * (last + 1 - start), bottom)


def folded_letters(text: str) -> str:
    """The text as it is compared: without case and blanks, which an OCR loses and invents.

    "Ann  BERG:" -> "annberg:"; "☑" -> "x"
    """
    return "".join(unicodedata.normalize("NFKC", text).translate(_TICKS).casefold().split())


def _breaks(text: str) -> frozenset[int]:
    """Indices of letters before which the text may go on elsewhere: after blanks and hyphens.

    "Ann B-C" -> {3, 5}
    """
    pieces = [folded_letters(piece) for piece in re.findall(r"[^\s-]+-*|-+", text)]
    return frozenset(accumulate(map(len, pieces)))


def _weight(letter: str) -> float:
    if letter.isalnum():
        return 1.0
    is_sign = letter in "%#&@" or unicodedata.category(letter).startswith("S")
    return _SIGN_WEIGHT if is_sign else _MARK_WEIGHT
