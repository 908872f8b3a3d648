"""Word the texts of one form: nouns, headings, names and notes, drawn at random.

Knows one style family's half of the vocabulary and nothing about the page.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

import numpy as np

from scripts.workshop.synthetic_forms import lexicon, phrases
from scripts.workshop.synthetic_forms.grammar import plural, titled
from scripts.workshop.synthetic_forms.invention import made_up_name
from scripts.workshop.synthetic_forms.lexicon import StyleName, half

T = TypeVar("T")


class Wording:
    def __init__(self, style: StyleName, rng: np.random.Generator) -> None:
        self.rng = rng
        self.style = style
        self.nouns = half(lexicon.NOUNS, style)
        self.modifiers = half(lexicon.MODIFIERS, style)
        self.participles = half(lexicon.PARTICIPLES, style)
        self.verbs = half(lexicon.VERBS, style)
        self.adjectives = half(lexicon.ADJECTIVES, style)
        self.adverbs = half(lexicon.ADVERBS, style)
        self.common = half(phrases.COMMON, style)

    def pick(self, choices: Sequence[T]) -> T:
        return choices[int(self.rng.integers(len(choices)))]

    def pick_own(self, choices: Sequence[T]) -> T:
        """From the half that this style family has."""
        return self.pick(half(choices, self.style))

    def chance(self, share: float) -> bool:
        return bool(self.rng.uniform() < share)

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
        return f"{stem} {self.pick_own(lexicon.TRADES)} {self.company_end()}"

    def company_end(self) -> str:
        return self.pick_own(lexicon.COMPANY_ENDS)

    def first_name(self) -> str:
        return self.pick_own(lexicon.FIRST_NAMES)

    def last_name(self) -> str:
        if self.chance(0.25):
            return made_up_name(self.rng)
        return self.pick_own(lexicon.LAST_NAMES)

    def city(self) -> str:
        return self.pick_own(lexicon.CITIES)
