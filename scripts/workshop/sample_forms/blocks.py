"""Parts that forms are made of: fields, boxed cells, tables, options; all linked as FUNSD does."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal, NamedTuple

import numpy as np

from scripts.workshop.sample_forms.mask import Lettering
from scripts.workshop.sample_forms.sheet import Align, Item, Sheet

Value = str | Sequence[str] | None
Box = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Look:
    """How the printed labels and the filled-in answers of one form appear."""

    label: Lettering
    value: Lettering
    rule: Literal["line", "dots", "none"] = "line"
    # Filled in by machine or hand, answers stand a little above the printed line.
    lift: float = 2.0
    mark: Literal["cross", "check"] = "cross"


class Slot(NamedTuple):
    """Label at (x, y); the answer starts at `at`; its line, if any, ends at `to`."""

    x: float
    y: float
    at: float
    to: float


class Column(NamedTuple):
    """A table column: heading, left and right edge, how its cells stand."""

    title: str
    left: float
    right: float
    align: Align = "left"

    def anchor(self) -> float:
        return {
            "left": self.left + 6,
            "center": (self.left + self.right) / 2,
            "right": self.right - 8,
        }[self.align]


class Grid(NamedTuple):
    """Where the rows of a table go: `top` of the first row, its height, and the ruling."""

    top: float
    row: float
    ruling: Literal["full", "rows", "none"] = "full"
    head: float = 26.0


def parts(value: Value) -> list[str]:
    """`None -> []`, `"a" -> ["a"]`, `["a", "b"] -> ["a", "b"]`."""
    if value is None:
        return []
    return [value] if isinstance(value, str) else list(value)


def field(sheet: Sheet, look: Look, slot: Slot, label: str, value: Value) -> Item:
    """Label at the left, answers on the line; several answers stand one below the other."""
    question = sheet.write((slot.x, slot.y), label, look.label, "question")
    answers = _stack(sheet, look, (slot.at, slot.y - look.lift), parts(value))
    start = max(question.right + 4, slot.at - 10)
    for number in range(max(1, len(answers))):
        level = slot.y + 2.5 + number * look.value.line_px
        if look.rule == "line":
            sheet.rule((start if number == 0 else slot.at - 10, level), (slot.to, level))
        elif look.rule == "dots" and number == 0:
            edge = answers[0].right + 5 if answers else start
            sheet.dots((question.right + 5, slot.y), slot.at - 8)
            sheet.dots((edge, slot.y), slot.to)
    sheet.link(question, answers)
    return question


def fields(sheet: Sheet, look: Look, entries: Iterable[tuple[Slot, str, Value]]) -> list[Item]:
    """One `field` per entry; returns the questions."""
    return [field(sheet, look, slot, label, value) for slot, label, value in entries]


def below(sheet: Sheet, look: Look, slot: Slot, label: str, value: Value) -> Item:
    """The answer on a line, the label in small print under it."""
    answers = _stack(sheet, look, (slot.at, slot.y - look.lift), parts(value))
    level = slot.y + 3 + max(0, len(answers) - 1) * look.value.line_px
    sheet.rule((slot.x, level), (slot.to, level))
    question = sheet.write((slot.x + 4, level + look.label.size + 2), label, look.label, "question")
    sheet.link(question, answers)
    return question


def cell(sheet: Sheet, look: Look, box: Box, label: str, value: Value) -> Item:
    """A ruled box with its label in the upper left corner and the answer under it."""
    left, top, _, bottom = box
    sheet.frame(box)
    question = sheet.write((left + 4, top + look.label.size + 2), label, look.label, "question")
    given = parts(value)
    room = bottom - question.bottom
    first = question.bottom + (room - (len(given) - 1) * look.value.line_px) / 2
    at = (left + 12, first + look.value.size * 0.38)
    sheet.link(question, _stack(sheet, look, at, given))
    return question


def table(
    sheet: Sheet,
    look: Look,
    columns: Sequence[Column],
    grid: Grid,
    rows: Sequence[Sequence[str | None]],
) -> list[Item]:
    """Headings are questions, each linked to the filled cells below it; returns the headings."""
    headings: list[Item] = []
    for index, column in enumerate(columns):
        lines = column.title.count("\n") + 1
        y = grid.top - grid.head / 2 + look.label.size * 0.38
        y -= (lines - 1) * look.label.line_px / 2
        middle = ((column.left + column.right) / 2, y)
        at = middle if grid.ruling == "full" else (column.anchor(), y)
        align: Align = "center" if grid.ruling == "full" else column.align
        heading = sheet.write(at, column.title, look.label, "question", align=align)
        headings.append(heading)
        for number, cells in enumerate(rows):
            text = cells[index]
            if text is None:
                continue
            y = grid.top + (number + 0.5) * grid.row + look.value.size * 0.36
            answer = sheet.write(
                (column.anchor(), y), text, look.value, "answer", align=column.align
            )
            sheet.link(heading, [answer])
    _rule_table(sheet, columns, grid, len(rows))
    return headings


def options(
    sheet: Sheet,
    look: Look,
    question: Item,
    places: Sequence[tuple[float, float]],
    choices: Sequence[tuple[str, bool]],
) -> None:
    """Tick boxes with their words to the right; a ticked one answers, the others are `other`."""
    for (x, y), (text, ticked) in zip(places, choices, strict=True):
        side = round(look.label.size * 0.78)
        sheet.frame((x, y - side, x + side, y), 0.9)
        choice = sheet.write((x + side + 5, y), text, look.label, "answer" if ticked else "other")
        if ticked:
            tick(sheet, (x, y - side), side, look.mark)
            sheet.link(question, [choice])


def tick(sheet: Sheet, corner: tuple[float, float], side: float, mark: str) -> None:
    """A hasty cross or check that overshoots its box. Ink, but no word."""
    paths = {
        "cross": [[(0.0, 0.0), (1.0, 1.0)], [(1.0, 0.0), (0.0, 1.0)]],
        "check": [[(0.1, 0.35), (0.4, 0.9), (1.25, -0.45)]],
    }[mark]
    for path in paths:
        bent = [(x + sheet.rng.normal(0, 0.13), y + sheet.rng.normal(0, 0.13)) for x, y in path]
        for (x0, y0), (x1, y1) in pairwise(bent):
            for share in np.linspace(0, 1, 40):
                x = corner[0] + side * float(x0 + share * (x1 - x0))
                y = corner[1] + side * float(y0 + share * (y1 - y0))
                sheet.fill((x - 0.6, y - 0.6, x + 0.6, y + 0.6))


def heading(sheet: Sheet, at: tuple[float, float], text: str, style: Lettering) -> Item:
    return sheet.write(at, text, style, "header")


def blank_rows(rows: int, columns: int) -> list[list[str | None]]:
    """`(1, 2) -> [[None, None]]`: the part of a table nobody filled in."""
    return [[None] * columns for _ in range(rows)]


def title(sheet: Sheet, y: float, text: str, style: Lettering) -> Item:
    return sheet.write((sheet.width / 2, y), text, style, "header", align="center")


def _stack(sheet: Sheet, look: Look, at: tuple[float, float], given: Sequence[str]) -> list[Item]:
    return [
        sheet.write((at[0], at[1] + number * look.value.line_px), text, look.value, "answer")
        for number, text in enumerate(given)
    ]


def _rule_table(sheet: Sheet, columns: Sequence[Column], grid: Grid, rows: int) -> None:
    left, right = columns[0].left, columns[-1].right
    top, bottom = grid.top - grid.head, grid.top + rows * grid.row
    if grid.ruling == "none":
        return
    for number in range(rows + 1):
        level = grid.top + number * grid.row
        sheet.rule((left, level), (right, level), 1.6 if number == 0 else 0.9)
    if grid.ruling == "full":
        sheet.frame((left, top, right, bottom), 1.5)
        for column in columns[1:]:
            sheet.rule((column.left, top), (column.left, bottom))
