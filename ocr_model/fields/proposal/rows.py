"""Labels whose answers are next to each other, row by row, are columns of one table."""

from __future__ import annotations

from collections.abc import Sequence

from ocr_model.fields.proposal.grouping import Group
from ocr_model.schema import Answer

# Share of the shorter column's answers: there may be totals below the longer one.
_IN_ROWS = 0.8


def is_repeated(group: Group) -> bool:
    """Whether at least two documents, and half of those with an answer, have several answers."""
    several = sum(len(_given(answers)) > 1 for answers in group.documents.values())
    return several > 1 and 2 * several >= group.answered


def tables_of(groups: Sequence[Group]) -> list[list[int]]:
    """The groups, by number, that form tables; at least two columns each."""
    repeated = [n for n, group in enumerate(groups) if is_repeated(group)]
    tables: list[list[int]] = []
    for n in repeated:
        near = [table for table in tables if _belongs(groups[n], [groups[m] for m in table])]
        tables = [table for table in tables if table not in near]
        tables.append(sorted([n, *(m for table in near for m in table)]))
    return [table for table in tables if len(table) > 1]


def _belongs(group: Group, columns: Sequence[Group]) -> bool:
    """Whether it shares rows with most columns; a total shares them only with the last one."""
    met = [column for column in columns if column.documents.keys() & group.documents.keys()]
    return 2 * sum(_beside(group, column) for column in met) > len(met)


def _beside(one: Group, other: Group) -> bool:
    """Whether their answers share rows, in most of the documents that have both."""
    shared = one.documents.keys() & other.documents.keys()
    aligned = sum(_share_rows(one.documents[n], other.documents[n]) for n in shared)
    return 2 * aligned > len(shared)


def _share_rows(one: Sequence[Answer], other: Sequence[Answer]) -> bool:
    fewer, more = sorted((_given(one), _given(other)), key=len)
    in_rows = sum(any(_on_one_line(left, right) for right in more) for left in fewer)
    return bool(fewer) and in_rows >= _IN_ROWS * len(fewer)


def _on_one_line(one: Answer, other: Answer) -> bool:
    if one.box is None or other.box is None or one.page != other.page:
        return False
    return one.box.top < other.box.bottom and other.box.top < one.box.bottom


def _given(answers: Sequence[Answer]) -> list[Answer]:
    return [answer for answer in answers if answer.answer]
