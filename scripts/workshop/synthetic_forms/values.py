"""Fill in a value of the kind a label asks for, and write the prose of letters and remarks."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from scripts.workshop.synthetic_forms import phrases
from scripts.workshop.synthetic_forms.grammar import sentence_case, titled
from scripts.workshop.synthetic_forms.invention import code, digits, letters, made_up_name
from scripts.workshop.synthetic_forms.lexicon import WORDS
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
    name = WORDS["months"][month - 1]
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
    unit = words.pick(WORDS["units"])
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
    name = words.pick_own(WORDS["streets"])
    end = words.pick(("Street", "Avenue", "Road", "St.", "Ave.", "Blvd.", "Drive", "Lane"))
    return f"{int(words.rng.integers(1, 9900))} {name} {end}"


def town(words: Wording) -> str:
    state = words.pick_own(WORDS["states"])
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
        return sentence_case(words.fill("{adjective} {noun}"))
    if draw < 0.45:
        return made_up_name(words.rng)
    if draw < 0.7:
        return f"{titled(words.compound())} {words.pick(('-', 'and', 'for', '/'))} {words.noun()}"
    long = "{compound} {noun} {of|to be|as|for} {participle} {nouns}"
    return sentence_case(words.fill(long))


def yes_no(words: Wording) -> str:
    return words.pick(("Yes", "No", "yes", "no", "X"))


def sentence(words: Wording) -> str:
    return _written(words, _SENTENCES)


def prose(words: Wording, sentences: int) -> str:
    return " ".join(sentence(words) for _ in range(sentences))


def instruction(words: Wording) -> str:
    """What a form asks its reader to do; no label, whatever it looks like."""
    return _written(words, _INSTRUCTIONS)


def _written(words: Wording, templates: Sequence[str]) -> str:
    template = words.pick(templates)
    return sentence_case(words.fill(template, date=date, person=person, phone=phone, number=number))


def option(words: Wording) -> str:
    if words.chance(0.6):
        return words.pick_own(phrases.OPTIONS)
    return titled(words.noun() if words.chance(0.6) else words.compound())


_VALUES: dict[Kind, Callable[[Wording], str]] = {
    "date": date, "time": time, "money": money, "number": number, "code": lambda w: code(w.rng),
    "person": person, "company": Wording.company, "place": place, "address": address,
    "phone": phone, "words": some_words, "sentence": sentence, "yes_no": yes_no, "title": title,
    "quantity": quantity,
}  # fmt: skip

_SENTENCES = (
    "the {adjective} {noun} was {participle} by the {compound}.",
    "we have {adverb} {participle} the {compound} of the {noun} and will {verb} it.",
    "this {noun} is {adjective} for all {nouns} in the {modifier} {noun}.",
    "the {nouns} were {participle} on {date}.",
    "{adjective} {nouns} should be {participle} before the {noun} is {participle}.",
    "{person} will {verb} the {noun} with {company}.",
    "no {noun} was {participle} during the {modifier} {noun}.",
    "as {participle} in our {noun} of {date}, the {noun} and the {noun} are {adjective}.",
    "there were {number} {nouns} at the {compound}.",
    "it is {adverb} {participle} that the {noun} may {verb} an {adjective} {noun}.",
    "{adjective} {noun} due to {adjective} {noun}",
)

_INSTRUCTIONS = (
    "please {verb} the {noun} and {verb} it to the {compound}.",
    "return this {noun} to {person} no later than {date}.",
    "if the {noun} is not {participle}, {verb} the {noun} {adverb}.",
    "all {nouns} must be {participle} by the {noun}.",
    "do not {verb} {nouns} until the {noun} has been {participle}.",
    "complete this {noun} for each {compound} and attach the {noun}.",
    "I certify that the {noun} above is {adjective} and {adjective} to the best of my knowledge.",
    "the {noun} is {adjective} only when {participle} by the {noun}.",
    "if you have any questions, please {verb} the {compound} at {phone}.",
)
