"""Two versions of a review differ in these words."""

from __future__ import annotations

from itertools import pairwise

import pytest

from ocr_model.review.desk.changes import changes_between, joined
from ocr_model.review.record import ReviewAnswer, ReviewQuestion

ANN = ReviewAnswer(id="a1", text="Ann", page=1, box=(1, 2, 3, 4), confidence=0.5)
NAME = ReviewQuestion(id="q1", text="Name", answers=(ANN,))
DATE = ReviewQuestion(id="q2", text="Date")
AT = "2026-11-29T12:00:00.000+00:00"


def with_answer(**changed: object) -> ReviewQuestion:
    return NAME.model_copy(update={"answers": (ANN.model_copy(update=changed),)})


@pytest.mark.parametrize(
    ("after", "expected"),
    [
        ((NAME, DATE), []),
        ((with_answer(text="Anna"), DATE), [("answer changed", "Name", "Ann", "Anna")]),
        ((with_answer(checked=True), DATE), [("accepted", "Name", None, "Ann")]),
        (
            (with_answer(box=(1, 2, 9, 4)), DATE),
            [("answer moved", "Name", "page 1: 1 2 3 4", "page 1: 1 2 9 4")],
        ),
        (
            (DATE,),
            [("question deleted", "Name", "Name", None), ("answer deleted", "Name", "Ann", None)],
        ),
        (
            (NAME.model_copy(update={"text": "Names"}), DATE),
            [("question changed", "Names", "Name", "Names")],
        ),
        (
            (NAME.model_copy(update={"answers": ()}), DATE.model_copy(update={"answers": (ANN,)})),
            [("answer given to another question", "Date", "Name", "Date")],
        ),
        (
            (NAME, DATE.model_copy(update={"absent": True})),
            [("not on the page", "Date", None, None)],
        ),
        (
            (NAME, DATE, ReviewQuestion(id="q3", text="City")),
            [("question added", "City", None, "City")],
        ),
    ],
    ids=["none", "text", "right", "box", "deleted", "question", "moved", "absent", "added"],
)
def test_what_differs_is_said(
    after: tuple[ReviewQuestion, ...], expected: list[tuple[str, str, str | None, str | None]]
) -> None:
    changes = changes_between((NAME, DATE), after, "Ann", AT)
    assert [(c.what, c.question, c.before, c.after) for c in changes] == expected
    assert {(c.by, c.at) for c in changes} <= {("Ann", AT)}


def test_typing_is_one_change() -> None:
    log = joined((), ())
    texts = ["Ann", "Ann ", "Ann L", "Ann Lee"]
    for before, after in pairwise(texts):
        step = changes_between((with_answer(text=before),), (with_answer(text=after),), "Ann", AT)
        log = joined(log, step)
    assert [(c.before, c.after) for c in log] == [("Ann", "Ann Lee")]
    other = changes_between((with_answer(text="Ann Lee"),), (with_answer(text="x"),), "Bob", AT)
    assert len(joined(log, other)) == 2
