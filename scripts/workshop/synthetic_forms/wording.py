"""Word the texts of one form: nouns, headings, names and notes, drawn at random.

Knows one style family's half of the vocabulary and nothing about the page.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import TypeVar

import numpy as np

from scripts.workshop.synthetic_forms import phrases
from scripts.workshop.synthetic_forms.grammar import plural, titled
from scripts.workshop.synthetic_forms.invention import made_up_name
from scripts.workshop.synthetic_forms.lexicon import WORDS, StyleName, half

T = TypeVar("T")
_BLANK = re.compile(r"\{([^}]+)\}")


class Wording:
    def __init__(self, style: StyleName, rng: np.random.Generator) -> None:
        self.rng = rng
        self.style = style
        self.nouns = half(WORDS["nouns"], style)
        self.modifiers = half(WORDS["modifiers"], style)
        self.participles = half(WORDS["participles"], style)
        self.verbs = half(WORDS["verbs"], style)
        self.adjectives = half(WORDS["adjectives"], style)
        self.adverbs = half(WORDS["adverbs"], style)
        self.common = half(phrases.COMMON, style)

    def pick(self, choices: Sequence[T]) -> T:
        return choices[int(self.rng.integers(len(choices)))]

    def pick_own(self, choices: Sequence[T]) -> T:
        """From the half that this style family has."""
        return self.pick(half(choices, self.style))

    def chance(self, share: float) -> bool:
        return bool(self.rng.uniform() < share)

    def fill(self, template: str, **own: Callable[[Wording], str]) -> str:
        """Draw the words of a template from left to right; `own` names further blanks.

        "Is the {noun} {new|old}?" -> "Is the permit old?"
        """
        known = _BLANKS | own

        def word(blank: re.Match[str]) -> str:
            name = blank[1]
            return self.pick(name.split("|")) if "|" in name else known[name](self)

        return _BLANK.sub(word, template)

    def noun(self) -> str:
        return self.pick(self.nouns)

    def compound(self) -> str:
        """`market research`, `annual report`: a noun with something before it."""
        before = self.modifiers if self.chance(0.55) else self.nouns
        return f"{self.pick(before)} {self.noun()}"

    def form_title(self) -> str:
        middle = self.compound() if self.chance(0.65) else self.noun()
        if self.chance(0.35):
            middle = f"{self.compound()} {self.pick(('and', 'of', 'for'))} {self.noun()}"
        return titled(f"{middle} {self.pick_own(phrases.FORM_KINDS)}")

    def section(self) -> str:
        draw = self.rng.uniform()
        if draw < 0.4:
            before = self.compound() if self.chance(0.4) else self.noun()
            return titled(f"{before} {self.pick(phrases.SECTION_WORDS)}")
        if draw < 0.55:
            return titled(self.compound())
        if draw < 0.7:
            return titled(plural(self.noun()))
        if draw < 0.78:
            return f"{titled(plural(self.noun()))} {self.note()}"
        return titled(f"{self.noun()} {self.pick(('and', 'or', 'of'))} {self.noun()}")

    def note(self) -> str:
        if self.chance(0.6):
            return self.pick_own(phrases.NOTES)
        return f"({self.compound()})"

    def company(self) -> str:
        stem = made_up_name(self.rng) if self.chance(0.45) else self.last_name()
        return f"{stem} {self.pick_own(WORDS['trades'])} {self.company_end()}"

    def company_end(self) -> str:
        return self.pick_own(WORDS["company_ends"])

    def first_name(self) -> str:
        return self.pick_own(WORDS["first_names"])

    def last_name(self) -> str:
        if self.chance(0.25):
            return made_up_name(self.rng)
        return self.pick_own(WORDS["last_names"])

    def city(self) -> str:
        return self.pick_own(WORDS["cities"])


_BLANKS: dict[str, Callable[[Wording], str]] = {
    "noun": Wording.noun,
    "nouns": lambda words: plural(words.noun()),
    "compound": Wording.compound,
    "company": Wording.company,
    "made_up": lambda words: made_up_name(words.rng),
    "modifier": lambda words: words.pick(words.modifiers),
    "participle": lambda words: words.pick(words.participles),
    "verb": lambda words: words.pick(words.verbs),
    "adjective": lambda words: words.pick(words.adjectives),
    "adverb": lambda words: words.pick(words.adverbs),
}
