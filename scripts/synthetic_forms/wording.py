"""Word the texts of one form: labels, headings, prose and values, drawn at random.

Knows one style family's half of the vocabulary and nothing about the page.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple, TypeVar

import numpy as np

from scripts.synthetic_forms import lexicon, phrases
from scripts.synthetic_forms.invention import made_up_name
from scripts.synthetic_forms.lexicon import StyleName, half
from scripts.synthetic_forms.phrases import Kind

T = TypeVar("T")


class Label(NamedTuple):
    text: str
    kind: Kind


_KINDS_OF_NOUNS: tuple[tuple[str, Kind], ...] = (
    ("amount balance budget cost charge credit debit deposit expense fee income payment price "
     "premium rent salary tax wage revenue refund grant fund loan penalty", "money"),
    ("date deadline day appointment", "date"),
    ("time hour", "time"),
    ("number quantity total count percentage rate ratio volume capacity rating score", "number"),
    ("weight length height width depth diameter distance temperature pressure speed size dosage "
     "dimension thickness density", "quantity"),
    ("agent applicant buyer client customer director driver employee guest holder keeper manager "
     "member minister nurse officer operator owner partner patient payee person physician "
     "principal representative sponsor student supervisor teacher technician tenant trustee user "
     "witness", "person"),
    ("agency bank bureau carrier company contractor dealer employer firm hospital institution "
     "laboratory manufacturer provider school seller supplier university vendor", "company"),
    ("address residence", "address"),
    ("area city country county destination district location place port region road route "
     "station street territory town venue zone", "place"),
    ("account batch case certificate code contract docket file form invoice license lot model "
     "order permit policy reference serial voucher version", "code"),
    ("phone extension", "phone"),
)  # fmt: skip
KIND_OF: dict[str, Kind] = {noun: kind for nouns, kind in _KINDS_OF_NOUNS for noun in nouns.split()}


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
        self.common = half_of(phrases.COMMON, style)

    def pick(self, choices: Sequence[T]) -> T:
        return choices[int(self.rng.integers(len(choices)))]

    def chance(self, share: float) -> bool:
        return bool(self.rng.uniform() < share)

    def label(self) -> Label:
        """One of the usual labels, or words in the pattern of a label."""
        draw = self.rng.uniform()
        if draw < 0.13:
            return Label(*self.pick(phrases.CORE))
        if draw < 0.38:
            return Label(*self.pick(self.common))
        return self.pick(_PATTERNS)(self)

    def labels(self, count: int) -> list[Label]:
        """Labels that differ: a form rarely asks the same thing twice."""
        found: dict[str, Label] = {}
        for _ in range(20 * count):
            label = self.label()
            found.setdefault(label.text, label)
            if len(found) == count:
                break
        return list(found.values())

    def noun(self) -> str:
        return self.pick(self.nouns)

    def compound(self) -> str:
        """`market research`, `annual report`: a noun with something before it."""
        before = self.modifiers if self.chance(0.55) else self.nouns
        return f"{self.pick(before)} {self.noun()}"

    def question(self) -> str:
        """A label that is a whole question or request."""
        return self.pick(_QUESTIONS)(self)

    def form_title(self) -> str:
        middle = self.compound() if self.chance(0.65) else self.noun()
        if self.chance(0.35):
            middle = f"{self.compound()} {self.pick(('and', 'of', 'for'))} {self.noun()}"
        return titled(f"{middle} {self.pick(half_of(phrases.FORM_KINDS, self.style))}")

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
            return self.pick(half_of(phrases.NOTES, self.style))
        return f"({self.compound()})"

    def company(self) -> str:
        stem = made_up_name(self.rng) if self.chance(0.45) else self.last_name()
        return f"{stem} {self.pick(half(lexicon.TRADES, self.style))} {self.company_end()}"

    def company_end(self) -> str:
        return self.pick(half(lexicon.COMPANY_ENDS, self.style))

    def first_name(self) -> str:
        return self.pick(half(lexicon.FIRST_NAMES, self.style))

    def last_name(self) -> str:
        if self.chance(0.25):
            return made_up_name(self.rng)
        return self.pick(half(lexicon.LAST_NAMES, self.style))

    def city(self) -> str:
        return self.pick(half(lexicon.CITIES, self.style))


def half_of(listed: Sequence[T], style: StyleName) -> Sequence[T]:
    return listed[0 if style == "train" else 1 :: 2]


def titled(text: str) -> str:
    """`bill of lading -> Bill of Lading`."""
    small = {"of", "and", "or", "for", "to", "in", "the", "a", "on", "at"}
    words = text.split()
    return " ".join(
        word if index and word in small else word[:1].upper() + word[1:]
        for index, word in enumerate(words)
    )


def sentence_case(text: str) -> str:
    return text[:1].upper() + text[1:]


def plural(noun: str) -> str:
    """`branch -> branches`, `city -> cities`, `item -> items`."""
    if noun.endswith(("s", "x", "ch", "sh")):
        return f"{noun}es"
    if noun.endswith("y") and noun[-2] not in "aeiou":
        return f"{noun[:-1]}ies"
    return f"{noun}s"


def _of(words: Wording, text: str, noun: str) -> Label:
    return Label(titled(text), KIND_OF.get(noun, words.pick(("words", "words", "code", "number"))))


def _compound(words: Wording) -> Label:
    noun = words.noun()
    return _of(words, f"{words.pick(words.modifiers)} {noun}", noun)


def _two_nouns(words: Wording) -> Label:
    noun = words.noun()
    return _of(words, f"{words.noun()} {noun}", noun)


def _single(words: Wording) -> Label:
    noun = words.noun()
    return _of(words, noun, noun)


def _noun_of(words: Wording) -> Label:
    noun = words.noun()
    return _of(words, f"{noun} of {words.noun()}", noun)


def _count_of(words: Wording) -> Label:
    start = words.pick(("No. of", "Number of", "# of", "Total", "Qty. of"))
    return Label(f"{start} {titled(plural(words.noun()))}", "number")


def _number(words: Wording) -> Label:
    end = words.pick(("No.", "Number", "#", "Code", "ID", "Ref."))
    return Label(f"{titled(words.noun())} {end}", "code")


def _date(words: Wording) -> Label:
    if words.chance(0.5):
        return Label(f"Date {titled(words.pick(words.participles))}", "date")
    return Label(f"{titled(words.noun())} Date", "date")


def _by(words: Wording) -> Label:
    return Label(f"{titled(words.pick(words.participles))} {words.pick(('By', 'by'))}", "person")


def _name_of(words: Wording) -> Label:
    if words.chance(0.5):
        return Label(f"Name of {titled(words.noun())}", "person")
    return Label(f"{titled(words.noun())} Name", "words")


def _either(words: Wording) -> Label:
    return Label(titled(f"{words.noun()}/{words.noun().title()}"), "words")


def _participle_noun(words: Wording) -> Label:
    noun = words.noun()
    return _of(words, f"{plural(noun)} {words.pick(words.participles)}", noun)


def _with_unit(words: Wording) -> Label:
    unit = words.pick(("kg", "mm", "%", "$", "hrs", "lbs", "in.", "yrs", "000", "g", "miles"))
    return Label(f"{titled(words.noun())} ({unit})", "number")


def _made_up(words: Wording) -> Label:
    return Label(f"{made_up_name(words.rng)} {titled(words.noun())}", "words")


def _long(words: Wording) -> Label:
    text = f"{words.noun()} {words.pick(('of', 'for', 'and', 'in'))} {words.compound()}"
    return Label(titled(text), "words")


def _three(words: Wording) -> Label:
    noun = words.noun()
    return _of(words, f"{words.compound()} {noun}", noun)


def _noted(words: Wording) -> Label:
    before = words.label()
    note = words.note() if words.chance(0.7) else f"({words.noun()})"
    return Label(f"{before.text} {note}", before.kind)


def _longest(words: Wording) -> Label:
    text = f"{words.compound()} {words.pick(('of', 'for', 'and', 'to', 'in', 'or'))} {words.noun()}"
    return Label(titled(f"{text} {words.pick(words.participles)}"), "words")


_PATTERNS: tuple[Callable[[Wording], Label], ...] = (
    _compound, _compound, _two_nouns, _two_nouns, _single, _noun_of, _three, _three, _count_of,
    _number, _number, _date, _by, _name_of, _either, _participle_noun, _with_unit, _made_up,
    _long, _long, _noted, _longest,
)  # fmt: skip

_QUESTIONS: tuple[Callable[[Wording], str], ...] = (
    lambda w: f"Has the {w.noun()} been {w.pick(w.participles)}?",
    lambda w: f"Is the {w.noun()} {w.pick(w.adjectives)}?",
    lambda w: f"Was the {w.compound()} {w.pick(w.participles)} before the {w.noun()}?",
    lambda w: f"Do you {w.pick(w.verbs)} the {w.noun()} {w.pick(w.adverbs)}?",
    lambda w: f"How many {plural(w.noun())} were {w.pick(w.participles)}?",
    lambda w: f"If yes, {w.pick(w.verbs)} the {w.noun()}",
    lambda w: "If no, explain",
    lambda w: f"Please {w.pick(w.verbs)} the {w.compound()}",
    lambda w: f"List all {plural(w.noun())} {w.pick(w.participles)} by the {w.noun()}",
    lambda w: f"Describe the {w.compound()} and the {w.noun()}",
    lambda w: f"Should the {w.noun()} be {w.pick(w.participles)}?",
    lambda w: f"What {w.noun()} is {w.pick(w.participles)} for the {w.compound()}?",
    lambda w: f"Were {plural(w.noun())} {w.pick(w.adjectives)}?",
)
