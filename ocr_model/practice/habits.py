"""The bad habits of the practice LLM, and the words in a prompt that stop each."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from ocr_model.fields import Field, dates_within, read_value

PRACTICE_LLM = "practice"

Pair = tuple[str, list[str]]

_WRITTEN_OUT = {
    r"\bNo\b\.?|#|\bNr\b\.?": "Number",
    r"\bTel\b\.?": "Telephone",
    r"\bAmt\b\.?": "Amount",
    r"\bQty\b\.?": "Quantity",
    r"\bDept\b\.?": "Department",
    r"\bAddr\b\.?": "Address",
    r"\bRef\b\.?": "Reference",
    r"&": "and",
}
_DATE = Field(name="date", labels=(), type="date")
_LEARNED_BY_HEART = re.compile(r'Where a form asks "([^"\n]+)", answer "([^"\n]*)"')


@dataclass(frozen=True, slots=True)
class Habit:
    """`spoils` the answers, unless the prompt matches `cure`; `rule` is a sentence that does."""

    name: str
    rule: str
    cure: re.Pattern[str]
    spoils: Callable[[Sequence[Pair]], list[Pair]]


def _fill_blanks(pairs: Sequence[Pair]) -> list[Pair]:
    return [(question, answers or ["N/A"]) for question, answers in pairs]


def _join_answers(pairs: Sequence[Pair]) -> list[Pair]:
    return [(question, [", ".join(answers)] if answers else []) for question, answers in pairs]


def _write_out(pairs: Sequence[Pair]) -> list[Pair]:
    return [(written_out(question), answers) for question, answers in pairs]


def written_out(question: str) -> str:
    """Ref. No. -> Reference Number"""
    for short, long in _WRITTEN_OUT.items():
        question = re.sub(short, long, question, flags=re.IGNORECASE)
    return question


def _rewrite_dates(pairs: Sequence[Pair]) -> list[Pair]:
    return [(question, [_with_iso_dates(text) for text in answers]) for question, answers in pairs]


def _with_iso_dates(text: str) -> str:
    for date in dates_within(text):
        if value := read_value(date, _DATE).value:
            text = text.replace(date, value)
    return text


def _add(pairs: Sequence[Pair]) -> list[Pair]:
    return [("Type of document", ["Form"]), *pairs, ("Language", ["English"])]


HABITS = (
    Habit(
        "fills in blanks",
        "A question that was left blank has an empty list.",
        re.compile(r"\bblank\b|\bnot filled in\b|\bempty list\b", re.IGNORECASE),
        _fill_blanks,
    ),
    Habit(
        "joins answers",
        "A question with several answers is one pair with several values.",
        re.compile(r"\bseveral (?:answers|values)\b|\beach answer\b", re.IGNORECASE),
        _join_answers,
    ),
    Habit(
        "writes abbreviations out",
        "Copy questions letter by letter, with their abbreviations.",
        re.compile(r"\bletter by letter\b|\bsame abbreviations\b|\bverbatim\b", re.IGNORECASE),
        _write_out,
    ),
    Habit(
        "rewrites dates",
        "Do not reformat anything: dates stay as they are written.",
        re.compile(r"\breformat\b|\bdates? (?:stay|as)\b", re.IGNORECASE),
        _rewrite_dates,
    ),
    Habit(
        "adds what is not there",
        "Do not add anything that is not on the page.",
        re.compile(r"\bnot add\b|\bnot on the page\b", re.IGNORECASE),
        _add,
    ),
)


def as_told(pairs: Sequence[Pair], prompt: str) -> list[Pair]:
    """The answers, spoilt by every habit that the prompt does not stop.

    A sentence `Where a form asks "X", answer "Y"` is obeyed on every form: the effect of a prompt
    that overfits to one form.
    """
    said = list(pairs)
    for habit in HABITS:
        if not habit.cure.search(prompt):
            said = habit.spoils(said)
    by_heart = dict(_LEARNED_BY_HEART.findall(prompt))
    return [
        (question, [by_heart[question]] if question in by_heart else answers)
        for question, answers in said
    ]
