"""One document as input of the finder, before any learned weights."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ocr_model.fields import Column, Habits, PageContent, WantedFields, habits_of, skeleton
from ocr_model.finder.describing import Document, described
from ocr_model.finder.memory import Keys, keys_of
from ocr_model.linker import Floats
from ocr_model.schema import FieldStatus, FieldValue

# Types of fields whose values are texts on the page. Ticks, rows and items are found differently.
TYPES = frozenset({"text", "number", "currency", "date"})
_STATUS = {status: number for number, status in enumerate(FieldStatus, start=1)}
# An ambiguous or invalid value still shows where to look.
_UNSURE = 0.5


@dataclass(frozen=True)
class Looked:
    """A document, the features of its pieces (rows of `described`, of `keys`), its notation of
    dates and amounts, and each field as decided without the finder: its value, its status as a
    number, and, shape (pieces, fields), the pieces that contain it.
    """

    document: Document
    described: Floats
    keys: Keys
    lines: Sequence[Sequence[str]]
    habits: Habits
    fields: Sequence[Column]
    said: Sequence[FieldValue | None]
    statuses: Sequence[int]
    marks: Floats


def teachable(wanted: WantedFields) -> list[Column]:
    """The fields that a finder can learn to locate."""
    return [field for field in wanted.fields if field.type in TYPES]


def look_at(
    contents: Sequence[PageContent], fields: Sequence[Column], values: Sequence[FieldValue]
) -> Looked:
    """`values` are the fields as decided without the finder."""
    document = Document(contents)
    texts = [page.text(line) for page in document.pages for line in page.lines]
    given = [a.answer for content in contents for a in content.answers if a.answer is not None]
    by_name = {value.name: value for value in values if value.row is None}
    said = [by_name.get(field.name) for field in fields]
    marks = [_mark(document, value) for value in said]
    return Looked(
        document,
        described(document),
        keys_of(document),
        [[skeleton(page.text(line)) for line in page.lines] for page in document.pages],
        habits_of([*texts, *given]),
        fields,
        said,
        [0 if value is None else _STATUS[value.status] for value in said],
        np.column_stack([np.zeros((len(document), 0)), *marks]),
    )


def _mark(document: Document, value: FieldValue | None) -> Floats:
    """The pieces that contain the value, if any."""
    mark = np.zeros(len(document))
    if value is None or value.box is None:
        return mark
    for page, start in zip(document.pages, document.starts, strict=True):
        if page.page.number == value.page:
            sure = 1.0 if value.status is FieldStatus.FOUND else _UNSURE
            mark[start : start + len(page)] = sure * page.within(value.box)
    return mark
