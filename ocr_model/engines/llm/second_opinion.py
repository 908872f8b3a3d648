"""Ask an LLM for the same page with another prompt, and see where the two replies agree.

What an LLM really reads does not depend on the prompt; what it guesses changes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import TypeVar

from ocr_model.normalize import fold_text
from ocr_model.prompts import Message
from ocr_model.schema import Answer

# Starting from fields instead of questions, and from the end of the page: another path.
_FRAMING = (
    "You are checking a form that somebody has filled in. Go through the page from bottom to top. "
    "For everything that is filled in (typed, handwritten, stamped, ticked), copy it exactly as it "
    "stands, and copy the printed label it belongs to, with its punctuation. A label with several "
    "entries has all of them in one list; a label with nothing filled in has an empty list. In a "
    "table, the headings are the labels. Copy, do not correct; leave out what you cannot read."
)

_FRAMING_OF_FIELDS = (
    "You are checking a form that somebody has filled in. Go through the page from bottom to top. "
    "For everything that is filled in (typed, handwritten, stamped, ticked), see whether it is one "
    "of the fields below, and if so copy it exactly as it stands. Copy, do not correct; leave out "
    "what you cannot read."
)

AGREES, MISPLACED, DISAGREES = 1.0, 0.5, 0.0


def differently_framed(
    prompt_values: Mapping[str, str], fields: str | None = None
) -> tuple[Message, ...]:
    """The other request. The user's rules for the form apply here, too.

    `fields` describes the wanted fields, if any.
    """
    rules = [value.strip() for value in prompt_values.values() if value.strip()]
    framing = _FRAMING if fields is None else _FRAMING_OF_FIELDS
    asked = Message(role="system", content="\n\n".join([framing, *rules]))
    return (asked,) if fields is None else (asked, Message(role="user", content=fields))


def agreement(answers: Sequence[Answer], others: Sequence[Answer]) -> list[float | None]:
    """1 if the other reply has the pair, 0.5 if it has the answer elsewhere, else 0.

    [Name: Ann, Age: 7, Town: Rome], [NAME: ann, Years: 7] -> [1.0, 0.5, 0.0]

    Equal normalized and one to one: a duplicate must be in both replies twice. A blank answer has
    no agreement.
    """
    pairs = Counter(_pair(other) for other in others if other.answer is not None)
    agreeing = [_take(pairs, _pair(answer)) for answer in answers]
    texts = Counter[str]()
    for (_, text), count in pairs.items():
        texts[text] += count
    return [
        None
        if answer.answer is None
        else AGREES
        if agrees
        else (MISPLACED if _take(texts, fold_text(answer.answer)) else DISAGREES)
        for answer, agrees in zip(answers, agreeing, strict=True)
    ]


def _pair(answer: Answer) -> tuple[str, str]:
    return fold_text(answer.question), fold_text(answer.answer or "")


_Item = TypeVar("_Item")


def _take(counter: Counter[_Item], item: _Item) -> bool:
    if not counter[item]:
        return False
    counter[item] -= 1
    return True
