"""The patterns labels and questions are worded in, and the kind of value each asks for."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from scripts.workshop.synthetic_forms.grammar import plural, titled
from scripts.workshop.synthetic_forms.invention import made_up_name
from scripts.workshop.synthetic_forms.phrases import CORE, Kind
from scripts.workshop.synthetic_forms.wording import Wording


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
    before = label_of(words)
    note = words.note() if words.chance(0.7) else f"({words.noun()})"
    return Label(f"{before.text} {note}", before.kind)


def _longest(words: Wording) -> Label:
    text = f"{words.compound()} {words.pick(('of', 'for', 'and', 'to', 'in', 'or'))} {words.noun()}"
    return Label(titled(f"{text} {words.pick(words.participles)}"), "words")


PATTERNS: tuple[Callable[[Wording], Label], ...] = (
    _compound, _compound, _two_nouns, _two_nouns, _single, _noun_of, _three, _three, _count_of,
    _number, _number, _date, _by, _name_of, _either, _participle_noun, _with_unit, _made_up,
    _long, _long, _noted, _longest,
)  # fmt: skip

QUESTIONS: tuple[Callable[[Wording], str], ...] = (
    lambda w: f"Has the {w.noun()} been {w.pick(w.participles)}?",
    lambda w: f"Is the {w.noun()} {w.pick(w.adjectives)}?",
    lambda w: f"Was the {w.compound()} {w.pick(w.participles)} before the {w.noun()}?",
    lambda w: f"Do you {w.pick(w.verbs)} the {w.noun()} {w.pick(w.adverbs)}?",
    lambda w: f"How many {plural(w.noun())} were {w.pick(w.participles)}?",
    lambda w: f"If yes, {w.pick(w.verbs)} the {w.noun()}",
    lambda _: "If no, explain",
    lambda w: f"Please {w.pick(w.verbs)} the {w.compound()}",
    lambda w: f"List all {plural(w.noun())} {w.pick(w.participles)} by the {w.noun()}",
    lambda w: f"Describe the {w.compound()} and the {w.noun()}",
    lambda w: f"Should the {w.noun()} be {w.pick(w.participles)}?",
    lambda w: f"What {w.noun()} is {w.pick(w.participles)} for the {w.compound()}?",
    lambda w: f"Were {plural(w.noun())} {w.pick(w.adjectives)}?",
)


def label_of(words: Wording) -> Label:
    """One of the usual labels, or words in the pattern of a label."""
    draw = words.rng.uniform()
    if draw < 0.1:
        return Label(*words.pick(CORE))
    if draw < 0.33:
        return Label(*words.pick(words.common))
    return words.pick(PATTERNS)(words)


def labels_of(words: Wording, count: int) -> list[Label]:
    """Labels that differ: a form rarely asks the same thing twice."""
    found: dict[str, Label] = {}
    for _ in range(20 * count):
        label = label_of(words)
        found.setdefault(label.text, label)
        if len(found) == count:
            break
    return list(found.values())


def question_of(words: Wording) -> str:
    """A label that is a whole question or request."""
    return words.pick(QUESTIONS)(words)
