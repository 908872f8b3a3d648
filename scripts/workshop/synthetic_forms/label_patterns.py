"""The patterns labels and questions are worded in, and the kind of value each asks for."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from scripts.workshop.synthetic_forms.grammar import plural, sentence_case, titled
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


def _about(template: str) -> Callable[[Wording], Label]:
    """A label about one noun, `{head}`, which says what kind of value it asks for."""

    def label(words: Wording) -> Label:
        noun = words.noun()
        text = words.fill(template, head=lambda _: noun, heads=lambda _: plural(noun))
        return Label(
            titled(text), KIND_OF.get(noun, words.pick(("words", "words", "code", "number")))
        )

    return label


def _asking(kind: Kind, *templates: str) -> Callable[[Wording], Label]:
    """A label in one of two patterns, or in the only one."""

    def label(words: Wording) -> Label:
        first = len(templates) == 1 or words.chance(0.5)
        return Label(titled(words.fill(templates[0 if first else 1])), kind)

    return label


def _number(words: Wording) -> Label:
    end = words.pick(("No.", "Number", "#", "Code", "ID", "Ref."))
    return Label(f"{titled(words.noun())} {end}", "code")


def _by(words: Wording) -> Label:
    return Label(sentence_case(words.fill("{participle} {By|by}")), "person")


def _name_of(words: Wording) -> Label:
    if words.chance(0.5):
        return Label(f"Name of {titled(words.noun())}", "person")
    return Label(f"{titled(words.noun())} Name", "words")


def _either(words: Wording) -> Label:
    return Label(titled(f"{words.noun()}/{words.noun().title()}"), "words")


def _with_unit(words: Wording) -> Label:
    unit = words.pick(("kg", "mm", "%", "$", "hrs", "lbs", "in.", "yrs", "000", "g", "miles"))
    return Label(f"{titled(words.noun())} ({unit})", "number")


def _noted(words: Wording) -> Label:
    before = label_of(words)
    note = words.note() if words.chance(0.7) else f"({words.noun()})"
    return Label(f"{before.text} {note}", before.kind)


_PATTERNS: tuple[tuple[int, Callable[[Wording], Label]], ...] = (
    (2, _about("{modifier} {head}")),
    (2, _about("{noun} {head}")),
    (1, _about("{head}")),
    (1, _about("{head} of {noun}")),
    (2, _about("{compound} {head}")),
    (1, _asking("number", "{No. of|Number of|# of|Total|Qty. of} {nouns}")),
    (2, _number),
    (1, _asking("date", "Date {participle}", "{noun} Date")),
    (1, _by),
    (1, _name_of),
    (1, _either),
    (1, _about("{heads} {participle}")),
    (1, _with_unit),
    (1, _asking("words", "{made_up} {noun}")),
    (2, _asking("words", "{noun} {of|for|and|in} {compound}")),
    (1, _noted),
    (1, _asking("words", "{compound} {of|for|and|to|in|or} {noun} {participle}")),
)
PATTERNS = [pattern for times, pattern in _PATTERNS for _ in range(times)]

QUESTIONS = (
    "Has the {noun} been {participle}?",
    "Is the {noun} {adjective}?",
    "Was the {compound} {participle} before the {noun}?",
    "Do you {verb} the {noun} {adverb}?",
    "How many {nouns} were {participle}?",
    "If yes, {verb} the {noun}",
    "If no, explain",
    "Please {verb} the {compound}",
    "List all {nouns} {participle} by the {noun}",
    "Describe the {compound} and the {noun}",
    "Should the {noun} be {participle}?",
    "What {noun} is {participle} for the {compound}?",
    "Were {nouns} {adjective}?",
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
    return words.fill(words.pick(QUESTIONS))
