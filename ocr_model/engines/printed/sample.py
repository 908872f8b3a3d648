"""Check that the letters of a page look like their text, by reading some of its runs.

A font maps each glyph to one meaning, so it is enough to read one of each.
"""

from __future__ import annotations

import random
import unicodedata
from collections.abc import Callable, Iterator, Sequence

from rapidfuzz.distance import Levenshtein

from ocr_model.engines.printed.runs import Run
from ocr_model.schema import Box

# Runs in addition to those needed for the letters of each font.
_AT_RANDOM = 3
# Runs for letters that the first round did not confirm.
_MORE = 3
# Share of the characters of a run.
_ALIKE = 0.75
# In line heights: reading more than this takes as long as reading the page.
_LONGEST = 250.0
# The fixed cost of reading a run, in the same unit.
_EACH = 3.0
_SAME_LOOK = str.maketrans(
    {"0": "o", "1": "l", "i": "l", "|": "l", "!": "l", "\u2018": "'", "\u2019": "'"}
    | dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015", "-")
)

Read = Callable[[Sequence[Box]], Sequence[str]]
# A letter or digit of a font.
Sign = tuple[int, str]


def is_borne_out(runs: Sequence[Run], read: Read) -> bool:
    """Whether the text of the runs matches what `read` recognises in their boxes."""
    wanted = {sign for run in runs for sign in _signs(run)}
    chosen = _covering(runs, wanted)
    others = [run for run in runs if run not in chosen]
    draw = random.Random(len(runs))  # noqa: S311 - the same page gives the same row
    chosen += draw.sample(others, min(_AT_RANDOM, len(others)))
    shown = _shown(chosen, read)
    if shown is None:
        return False
    if missing := wanted - shown:
        again = [
            run
            for sign in missing
            for run in [run for run in runs if run not in chosen and sign in _signs(run)][:_MORE]
        ]
        more = _shown(list(dict.fromkeys(again)), read)
        if more is None or missing - more:
            return False
    return True


def _shown(runs: Sequence[Run], read: Read) -> set[Sign] | None:
    """The characters confirmed by reading; None if a run differs completely."""
    if sum(_cost(run) for run in runs) > _LONGEST:
        return None
    shown: set[Sign] = set()
    for run, text in zip(runs, read([run.box for run in runs]), strict=True):
        said = [(sign, part) for sign, part in _folded(run)]
        letters = "".join(part for _, part in said)
        found = fold(text)
        if Levenshtein.normalized_similarity(letters, found) < _ALIKE:
            return None
        equal = _equal_places(letters, found)
        place = 0
        for sign, part in said:
            if part and all(place + step in equal for step in range(len(part))):
                shown.add(sign)
            place += len(part)
    return shown


def _equal_places(letters: str, found: str) -> set[int]:
    return {
        place
        for block in Levenshtein.opcodes(letters, found)
        if block.tag == "equal"
        for place in range(block.src_start, block.src_end)
    }


def _covering(runs: Sequence[Run], wanted: set[Sign]) -> list[Run]:
    """Runs that together cover all characters, the best gain per cost first (greedy set cover)."""
    signs = {run: _signs(run) for run in runs}
    left, chosen = set(wanted), []
    while left:
        best = max(signs, key=lambda run: len(signs[run] & left) / _cost(run))
        chosen.append(best)
        left -= signs.pop(best)
    return chosen


def _cost(run: Run) -> float:
    left, top, right, bottom = run.box
    return (right - left) / (bottom - top) + _EACH


def _signs(run: Run) -> set[Sign]:
    return {(one.font, one.text) for one in run.characters if one.text.isalnum()}


def _folded(run: Run) -> Iterator[tuple[Sign, str]]:
    for character in run.characters:
        yield (character.font, character.text), fold(character.text)


def fold(text: str) -> str:
    """Remove blanks, case and accents, and unify look-alikes: "Île 10" -> "lelelo"."""
    letters = unicodedata.normalize("NFKD", text.casefold())
    kept = "".join(c for c in letters if not c.isspace() and not unicodedata.combining(c))
    return kept.translate(_SAME_LOOK)
