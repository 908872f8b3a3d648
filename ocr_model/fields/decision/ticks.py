"""Booleans and choices from ticks: a ticked option, or a tick next to the label."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from ocr_model.fields.decision.candidates import Candidate, of_answers, one_of
from ocr_model.fields.decision.label_places import LabelFinder
from ocr_model.fields.decision.likeness import likeness
from ocr_model.fields.decision.lines import PageWords, same_line
from ocr_model.fields.decision.options import (
    SURE_OF_TICK,
    TICKS,
    YES_NO,
    ticked_below,
    ticked_beside,
)
from ocr_model.fields.decision.questions import Asked, Question
from ocr_model.fields.values import NO_HABITS, Habits, ReadValue
from ocr_model.fields.wanted import Column
from ocr_model.schema import Answer, Box, FieldStatus

_SAME_OPTION = 0.85
Page = tuple[PageWords, LabelFinder]
# In heights of the text.
_TICK_GAP = 3.0


def boolean(
    field: Column,
    asked: Asked | None,
    questions: Sequence[Question],
    pages: Sequence[Page],
) -> Candidate | None:
    """true if it is ticked or chosen, false if its box has no tick.

    If yes and no are next to it, the ticked one decides. A label that looks like a question,
    "Member:", is blank without an answer.
    """
    of_options = _among_options(field, YES_NO, asked, questions, pages)
    if of_options is not None:
        return of_options
    if asked is not None and asked.candidate is not None:
        return asked.candidate
    chosen = [answer for answer in _answers(questions) if _is_option(answer, field.labels)]
    if chosen:
        return _with_value(chosen[0], "true")
    if asked is not None:
        return _without_answer(questions[asked.question])
    for page, finder in pages:
        for place in (place for label in field.labels for place in finder.places(label)):
            tick = _tick_beside(page, place.words)
            if tick is not None:
                read = ReadValue(FieldStatus.FOUND, "true")
                sure = round(SURE_OF_TICK * page.words[tick].confidence, 4)
                words = (*place.words, tick)
                return Candidate(page.text(words), page.number, page.around(words), sure, read)
    return None


def _without_answer(question: Question) -> Candidate:
    if question.asks:
        read = ReadValue(FieldStatus.BLANK, reason="nothing is written there")
    else:
        read = ReadValue(FieldStatus.FOUND, "false")
    return Candidate(question.text, question.page, None, None, read)


def choice(
    field: Column,
    asked: Asked | None,
    questions: Sequence[Question],
    pages: Sequence[Page],
    habits: Habits,
) -> Candidate | None:
    """The ticked choice; ambiguous if several are ticked.

    None if nothing is ticked, or a choice is written as the answer.
    """
    options = {option: option for option in field.choices}
    beside = _among_options(field, options, asked, questions, pages)
    answered = asked is not None and asked.candidate is not None and asked.candidate.found
    if beside is not None or answered:
        return beside
    return _ticked_choice(field, questions, habits)


def _among_options(
    field: Column,
    options: Mapping[str, str],
    asked: Asked | None,
    questions: Sequence[Question],
    pages: Sequence[Page],
) -> Candidate | None:
    """The ticked option next to or above a label of the field, or its question."""
    own = [questions[asked.question].text] if asked is not None else []
    for page, finder in pages:
        for label in dict.fromkeys((*own, *field.labels)):
            for place in finder.places(label):
                for look in (ticked_beside, ticked_below):
                    found = look(page, finder, place.words, options)
                    if found is not None:
                        return found
    return None


def _ticked_choice(
    field: Column, questions: Sequence[Question], habits: Habits
) -> Candidate | None:
    found = []
    for option in field.choices:
        wanted = replace_labels(field, option)
        for question in questions:
            ticked = likeness(question.text, (option,)) >= _SAME_OPTION and any(
                answer.answer in TICKS for answer in question.answers
            )
            chosen = [answer for answer in question.answers if _is_option(answer, (option,))]
            answers = question.answers if ticked else chosen
            if answers:
                candidate = of_answers(answers[:1], wanted, habits or NO_HABITS)
                if candidate is not None:
                    read = ReadValue(FieldStatus.FOUND, option)
                    found.append(replace(candidate, text=option, read=read))
    return one_of(found)


def replace_labels(field: Column, option: str) -> Column:
    return field.model_copy(update={"labels": (option,), "pattern": None})


def _answers(questions: Iterable[Question]) -> list[Answer]:
    return [answer for question in questions for answer in question.answers]


def _is_option(answer: Answer, labels: Sequence[str]) -> bool:
    return answer.answer is not None and likeness(answer.answer, labels) >= _SAME_OPTION


def _with_value(answer: Answer, value: str) -> Candidate:
    read = ReadValue(FieldStatus.FOUND, value)
    return Candidate(answer.answer or "", answer.page, answer.box, answer.confidence, read)


def _tick_beside(page: PageWords, label: Sequence[int]) -> int | None:
    """The tick next to a label, if no other word on the line is closer to it."""
    box = page.around(label)
    ticks = [
        i
        for i, word in enumerate(page.words)
        if word.text in TICKS
        and same_line(word.box, box)
        and _gap(word.box, box) < _TICK_GAP * page.unit
    ]
    near = [
        i
        for i in ticks
        if all(
            _gap(page.words[i].box, word.box) > _gap(page.words[i].box, box)
            for j, word in enumerate(page.words)
            if j not in label and j not in ticks and same_line(word.box, page.words[i].box)
        )
    ]
    return near[0] if len(near) == 1 else None


def _gap(one: Box, other: Box) -> float:
    return max(one.left - other.right, other.left - one.right)
