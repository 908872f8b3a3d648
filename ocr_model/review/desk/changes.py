"""Describe the differences between two versions of a review. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from ocr_model.review.record import Change, ReviewAnswer, ReviewQuestion

# Typing at one place within this many seconds is one change.
_ONE_CHANGE_S = 120.0


def changes_between(
    before: Sequence[ReviewQuestion], after: Sequence[ReviewQuestion], by: str, at: str
) -> list[Change]:
    """Parts keep their ids from version to version; a new id means an addition."""
    return [
        Change(at=at, by=by, what=what, question=question, before=old, after=new)
        for what, question, old, new in _differences(before, after)
    ]


_Difference = tuple[str, str, str | None, str | None]


def _differences(
    before: Sequence[ReviewQuestion], after: Sequence[ReviewQuestion]
) -> Iterator[_Difference]:
    old = {question.id: question for question in before}
    new = {question.id: question for question in after}
    answered = {a.id: (q, a) for q in before for a in q.answers}
    kept = {answer.id for question in after for answer in question.answers}
    for question in before:
        if question.id not in new:
            yield "question deleted", question.text, question.text, None
        for answer in question.answers:
            if answer.id not in kept:
                yield "answer deleted", question.text, answer.text, None
    for question in after:
        yield from _of_question(old.get(question.id), question)
        for answer in question.answers:
            yield from _of_answer(answered.get(answer.id), question, answer)


def _of_question(old: ReviewQuestion | None, new: ReviewQuestion) -> Iterator[_Difference]:
    if old is None:
        yield "question added", new.text, None, new.text
        return
    if old.text != new.text:
        yield "question changed", new.text, old.text, new.text
    if old.absent != new.absent:
        yield ("not on the page" if new.absent else "on the page"), new.text, None, None
    if (old.page, old.box) != (new.page, new.box):
        yield "question moved", new.text, _place(old), _place(new)
    if new.checked and not old.checked:
        yield "accepted", new.text, None, None


def _of_answer(
    old: tuple[ReviewQuestion, ReviewAnswer] | None, question: ReviewQuestion, new: ReviewAnswer
) -> Iterator[_Difference]:
    if old is None:
        yield "answer added", question.text, None, new.text
        return
    asked, was = old
    if asked.id != question.id:
        yield "answer given to another question", question.text, asked.text, question.text
    if was.text != new.text:
        yield "answer changed", question.text, was.text, new.text
    elif new.checked and not was.checked:
        yield "accepted", question.text, None, new.text
    if (was.page, was.box) != (new.page, new.box):
        yield "answer moved", question.text, _place(was), _place(new)
    if (was.row, was.column) != (new.row, new.column):
        yield "cell moved", question.text, f"{was.row} {was.column}", f"{new.row} {new.column}"


def _place(part: ReviewQuestion | ReviewAnswer) -> str | None:
    """Page 2, (10, 20, 90, 40) -> "page 2: 10 20 90 40"."""
    if part.box is None:
        return None
    return f"page {part.page}: {' '.join(f'{edge:.0f}' for edge in part.box)}"


def joined(earlier: Sequence[Change], later: Sequence[Change]) -> tuple[Change, ...]:
    """All changes; one that continues the last, as in typing, is merged into it."""
    if earlier and len(later) == 1 and _goes_on(earlier[-1], later[0]):
        begun = earlier[-1]
        return (*earlier[:-1], later[0].model_copy(update={"before": begun.before}))
    return (*earlier, *later)


def _goes_on(begun: Change, change: Change) -> bool:
    same = (begun.by, begun.what) == (change.by, change.what) and begun.after == change.before
    since = datetime.fromisoformat(change.at) - datetime.fromisoformat(begun.at)
    return same and begun.after is not None and since.total_seconds() < _ONE_CHANGE_S
