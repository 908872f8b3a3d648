"""Fill in a value of the kind a label asks for, and write the prose of letters and remarks."""

from __future__ import annotations

from collections.abc import Callable

from scripts.workshop.synthetic_forms import lexicon, phrases
from scripts.workshop.synthetic_forms.grammar import plural, sentence_case, titled
from scripts.workshop.synthetic_forms.invention import code, digits, letters, made_up_name
from scripts.workshop.synthetic_forms.phrases import Kind
from scripts.workshop.synthetic_forms.wording import Wording


def value(words: Wording, kind: Kind) -> str:
    """A value on one line; a form may also write `None` or `N/A` where it has nothing to say."""
    if words.chance(0.025):
        return words.pick(("N/A", "None", "-0-", "n/a", "same", "Unknown", "TBA", "-"))
    given = _VALUES[kind](words)
    return _elaborated(words, given, kind) if words.chance(0.16) else given


def _elaborated(words: Wording, given: str, kind: Kind) -> str:
    """People add what was not asked for: a second name, a town, a remark in parentheses."""
    if kind == "person":
        extras = (
            f", {words.company()}", f" and {person(words)}", f" - {titled(words.noun())}",
            f", {title(words)}",
        )  # fmt: skip
        return given + words.pick(extras)
    if kind == "company":
        return f"{given}, {town(words)}"
    if kind == "date":
        return words.pick((f"{given} - {date(words)}", f"{given} ({words.noun()})",
                           f"week of {given}", f"{given} to {date(words)}"))  # fmt: skip
    extra = words.pick((words.noun(), words.compound(), words.pick(words.adverbs), date(words)))
    return words.pick((f"{given} ({extra})", f"{given} - {extra}", f"{given} {extra}"))


def date(words: Wording) -> str:
    rng = words.rng
    day, month, year = int(rng.integers(1, 29)), int(rng.integers(1, 13)), int(rng.integers(55, 99))
    name = lexicon.MONTHS[month - 1]
    shapes = [
        f"{month}/{day}/{year}", f"{month:02d}/{day:02d}/{year}", f"{name} {day}, 19{year}",
        f"{day} {name} 19{year}", f"{month}-{day}-{year}", f"{name[:3]}. {day}, 19{year}",
        f"{day}-{name[:3].upper()}-{year}", f"{month}/{year}", f"{name} 19{year}",
    ]  # fmt: skip
    # One clerk writes dates one way; the year alone is rare.
    return shapes[min(int(rng.exponential(2.2)), len(shapes) - 1)]


def time(words: Wording) -> str:
    hour, minute = int(words.rng.integers(1, 13)), int(words.rng.integers(0, 12)) * 5
    return f"{hour}:{minute:02d} {words.pick(('a.m.', 'p.m.', 'AM', 'PM', ''))}".strip()


def money(words: Wording) -> str:
    amount = float(words.rng.lognormal(6.5, 2.0))
    text = f"{amount:,.2f}" if words.chance(0.55) else f"{amount:,.0f}"
    return f"${text}" if words.chance(0.55) else text


def number(words: Wording) -> str:
    draw = words.rng.uniform()
    if draw < 0.45:
        return str(int(words.rng.integers(0, 100)))
    if draw < 0.65:
        return f"{int(words.rng.lognormal(6, 2)):,}"
    if draw < 0.85:
        return f"{words.rng.lognormal(1, 1.5):.{int(words.rng.integers(1, 4))}f}"
    return f"{int(words.rng.integers(0, 101))}%"


def quantity(words: Wording) -> str:
    unit = words.pick(lexicon.UNITS)
    return f"{number(words).rstrip('%')} {unit}"


def person(words: Wording) -> str:
    first, last = words.first_name(), words.last_name()
    initial = letters(words.rng, 1)
    shapes = [
        f"{first} {last}", f"{first[0]}. {initial}. {last}", f"{first} {initial}. {last}",
        f"{first[0]}. {last}", f"{words.pick(('Mr.', 'Ms.', 'Mrs.', 'Dr.'))} {first} {last}",
        f"{last}, {first}", f"{words.pick(('Mr.', 'Ms.', 'Dr.'))} {last}", last,
    ]  # fmt: skip
    return shapes[min(int(words.rng.exponential(2.0)), len(shapes) - 1)]


def street(words: Wording) -> str:
    name = words.pick_own(lexicon.STREETS)
    end = words.pick(("Street", "Avenue", "Road", "St.", "Ave.", "Blvd.", "Drive", "Lane"))
    return f"{int(words.rng.integers(1, 9900))} {name} {end}"


def town(words: Wording) -> str:
    state = words.pick_own(lexicon.STATES)
    zip_code = f" {digits(words.rng, 5)}" if words.chance(0.7) else ""
    return f"{words.city()}, {state}{zip_code}"


def address(words: Wording) -> str:
    return f"{street(words)}, {town(words)}" if words.chance(0.5) else street(words)


def place(words: Wording) -> str:
    return town(words) if words.chance(0.25) else words.city()


def phone(words: Wording) -> str:
    area, first, last = (digits(words.rng, n) for n in (3, 3, 4))
    return words.pick((f"({area}) {first}-{last}", f"{area}-{first}-{last}", f"{first}-{last}"))


def title(words: Wording) -> str:
    ranks = ("Manager", "Director", "Supervisor", "Clerk", "Engineer", "Assistant", "Analyst")
    rank = words.pick(ranks)
    if words.chance(0.2):
        return f"{words.pick(('Vice President', 'Director', 'Head'))}, {titled(words.noun())}"
    return f"{titled(words.compound() if words.chance(0.3) else words.noun())} {rank}"


def some_words(words: Wording) -> str:
    draw = words.rng.uniform()
    if draw < 0.1:
        return titled(words.noun())
    if draw < 0.28:
        return titled(words.compound())
    if draw < 0.38:
        return sentence_case(f"{words.pick(words.adjectives)} {words.noun()}")
    if draw < 0.45:
        return made_up_name(words.rng)
    if draw < 0.7:
        return f"{titled(words.compound())} {words.pick(('-', 'and', 'for', '/'))} {words.noun()}"
    return sentence_case(
        f"{words.compound()} {words.noun()} {words.pick(('of', 'to be', 'as', 'for'))} "
        f"{words.pick(words.participles)} {plural(words.noun())}"
    )


def yes_no(words: Wording) -> str:
    return words.pick(("Yes", "No", "yes", "no", "X"))


def sentence(words: Wording) -> str:
    return sentence_case(words.pick(_SENTENCES)(words))


def prose(words: Wording, sentences: int) -> str:
    return " ".join(sentence(words) for _ in range(sentences))


def instruction(words: Wording) -> str:
    """What a form asks its reader to do; no label, whatever it looks like."""
    return sentence_case(words.pick(_INSTRUCTIONS)(words))


def _company_value(words: Wording) -> str:
    return words.company()


def option(words: Wording) -> str:
    if words.chance(0.6):
        return words.pick_own(phrases.OPTIONS)
    return titled(words.noun() if words.chance(0.6) else words.compound())


_VALUES: dict[Kind, Callable[[Wording], str]] = {
    "date": date, "time": time, "money": money, "number": number, "code": lambda w: code(w.rng),
    "person": person, "company": _company_value, "place": place, "address": address,
    "phone": phone, "words": some_words, "sentence": sentence, "yes_no": yes_no, "title": title,
    "quantity": quantity,
}  # fmt: skip

_SENTENCES: tuple[Callable[[Wording], str], ...] = (
    lambda w: (
        f"the {w.pick(w.adjectives)} {w.noun()} was {w.pick(w.participles)} by the {w.compound()}."
    ),
    lambda w: (
        f"we have {w.pick(w.adverbs)} {w.pick(w.participles)} the {w.compound()} of the "
        f"{w.noun()} and will {w.pick(w.verbs)} it."
    ),
    lambda w: (
        f"this {w.noun()} is {w.pick(w.adjectives)} for all {plural(w.noun())} in the "
        f"{w.pick(w.modifiers)} {w.noun()}."
    ),
    lambda w: f"the {plural(w.noun())} were {w.pick(w.participles)} on {date(w)}.",
    lambda w: (
        f"{w.pick(w.adjectives)} {plural(w.noun())} should be {w.pick(w.participles)} "
        f"before the {w.noun()} is {w.pick(w.participles)}."
    ),
    lambda w: f"{person(w)} will {w.pick(w.verbs)} the {w.noun()} with {w.company()}.",
    lambda w: (
        f"no {w.noun()} was {w.pick(w.participles)} during the {w.pick(w.modifiers)} {w.noun()}."
    ),
    lambda w: (
        f"as {w.pick(w.participles)} in our {w.noun()} of {date(w)}, the {w.noun()} and the "
        f"{w.noun()} are {w.pick(w.adjectives)}."
    ),
    lambda w: f"there were {number(w)} {plural(w.noun())} at the {w.compound()}.",
    lambda w: (
        f"it is {w.pick(w.adverbs)} {w.pick(w.participles)} that the {w.noun()} may "
        f"{w.pick(w.verbs)} an {w.pick(w.adjectives)} {w.noun()}."
    ),
    lambda w: f"{w.pick(w.adjectives)} {w.noun()} due to {w.pick(w.adjectives)} {w.noun()}",
)

_INSTRUCTIONS: tuple[Callable[[Wording], str], ...] = (
    lambda w: (
        f"please {w.pick(w.verbs)} the {w.noun()} and {w.pick(w.verbs)} it to the {w.compound()}."
    ),
    lambda w: f"return this {w.noun()} to {person(w)} no later than {date(w)}.",
    lambda w: (
        f"if the {w.noun()} is not {w.pick(w.participles)}, {w.pick(w.verbs)} the "
        f"{w.noun()} {w.pick(w.adverbs)}."
    ),
    lambda w: f"all {plural(w.noun())} must be {w.pick(w.participles)} by the {w.noun()}.",
    lambda w: (
        f"do not {w.pick(w.verbs)} {plural(w.noun())} until the {w.noun()} has been "
        f"{w.pick(w.participles)}."
    ),
    lambda w: f"complete this {w.noun()} for each {w.compound()} and attach the {w.noun()}.",
    lambda w: (
        f"I certify that the {w.noun()} above is {w.pick(w.adjectives)} and "
        f"{w.pick(w.adjectives)} to the best of my knowledge."
    ),
    lambda w: (
        f"the {w.noun()} is {w.pick(w.adjectives)} only when {w.pick(w.participles)} by "
        f"the {w.noun()}."
    ),
    lambda w: (
        f"if you have any questions, please {w.pick(w.verbs)} the {w.compound()} at {phone(w)}."
    ),
)
