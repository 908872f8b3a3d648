"""Lay out tables: with and without grid, one or two levels of headings, with or without row labels.

A column heading is a question of every filled cell below it; where rows have labels too, those
that say what the cell is are questions of it as well.
"""

from __future__ import annotations

from dataclasses import dataclass

from scripts.workshop.drawing_kit import Align, Item, Print, fitted, wrapped
from scripts.workshop.synthetic_forms.label_patterns import Label, label_of, labels_of
from scripts.workshop.synthetic_forms.page import Area, Page, cased, split_area
from scripts.workshop.synthetic_forms.phrases import Kind
from scripts.workshop.synthetic_forms.values import prose, some_words

NUMERIC: tuple[Kind, ...] = ("number", "number", "money", "quantity", "code", "date")


@dataclass(slots=True)
class Column:
    """`question` is the heading once it is written."""

    area: Area
    heading: str
    kind: Kind
    align: Align = "left"
    question: Item | None = None

    def anchor(self) -> float:
        left, _, right, _ = self.area
        return {"left": left + 5, "center": (left + right) / 2, "right": right - 6}[self.align]


@dataclass(frozen=True, slots=True)
class Plan:
    """What one table is like: `labelled` rows begin with a label of their own."""

    grid: str
    labelled: bool
    two_level: bool
    rows: int
    filled: int
    row_px: float
    gaps: float


def table(page: Page, area: Area) -> float:
    plan = _plan(page, area)
    columns = _columns(page, area, plan)
    top = area.top + 2
    y = _headings(page, columns, plan, top)
    bottom = _rows(page, columns, plan, y)
    _ruling(page, columns, plan, (top, y, bottom))
    return bottom + 6


def _plan(page: Page, area: Area) -> Plan:
    size = page.theme.value.size
    tall = page.chance(0.22)
    row_px = size * page.between(2.8, 4.5) if tall else size * page.between(1.25, 2.2)
    most = max(1, int((area.bottom - area.top - 70) / row_px))
    rows = min(most, page.count(2, 12))
    filled = rows if page.chance(0.6) else page.count(0, rows)
    if page.chance(0.12):
        # Printed for more than anybody has to write.
        rows, filled = min(most, page.count(12, 28)), min(filled, 6)
    return Plan(
        grid=page.words.pick(("full", "full", "rows", "columns", "head", "none", "none")),
        labelled=page.chance(0.3),
        two_level=page.chance(0.3),
        rows=rows,
        filled=filled,
        row_px=row_px,
        gaps=page.between(0, 0.5) if page.chance(0.4) else 0.0,
    )


def _columns(page: Page, area: Area, plan: Plan) -> list[Column]:
    count = page.count(2, max(2, min(7, int(area.width / 85))))
    shares = [page.between(0.7, 1.4) for _ in range(count)]
    shares[0] *= page.between(1.0, 1.8)
    numeric = page.chance(0.5)
    columns: list[Column] = []
    for index, place in enumerate(split_area(area, shares, 0.0)):
        label = label_of(page.words)
        kind: Kind = page.words.pick(NUMERIC) if numeric and index else label.kind
        if kind == "sentence":
            kind = "words"
        align: Align = (
            "left" if kind in ("words", "person", "company") or page.chance(0.3) else "center"
        )
        if kind in ("money", "number") and page.chance(0.5):
            align = "right"
        columns.append(Column(place, cased(label.text, page.theme.label_case), kind, align))
    if plan.labelled and page.chance(0.4):
        columns[0].heading = ""
    return columns


def _headings(page: Page, columns: list[Column], plan: Plan, top: float) -> float:
    """Write the heading rows; returns where the body begins."""
    style = page.theme.small if page.chance(0.35) else page.theme.label
    y = top
    if plan.two_level and len(columns) >= 3:
        y = _upper_headings(page, columns, plan, top)
    room = page.between(0.55, 1.0) if page.chance(0.4) else 1.0
    texts = [wrapped(c.heading, style, _heading_px(c, style, room)) for c in columns]
    depth = max((len(lines) for lines in texts), default=1)
    for column, lines in zip(columns, texts, strict=True):
        if not lines:
            continue
        middle = (column.area.left + column.area.right) / 2
        centered = plan.grid == "full" or column.align != "left"
        slack = (depth - len(lines)) * style.line_px * (0.5 if centered else 1.0)
        at = (middle if centered else column.anchor(), y + style.size + 3 + slack)
        column.question = page.ask(at, "\n".join(lines), style, "center" if centered else "left")
        if plan.grid == "none" and page.chance(0.15):
            page.underline(column.question, at[1] + style.line_px * (len(lines) - 1))
    return y + style.size + 8 + (depth - 1) * style.line_px


def _heading_px(column: Column, style: Print, share: float) -> float:
    """Room for a heading that is broken early, but within no word that fits its column."""
    longest = max((style.length(word) for word in column.heading.split()), default=0.0)
    return min(max(column.area.width * share, longest + 6), column.area.width) - 6


def _upper_headings(page: Page, columns: list[Column], plan: Plan, top: float) -> float:
    """Headings over groups of columns; each is the header of the headings below it."""
    style = page.theme.label
    first = 1 if plan.labelled or page.chance(0.6) else 0
    size = page.words.pick((2, 2, 3))
    deepest = 1
    before = page.section
    for start in range(first, len(columns) - 1, size):
        group = columns[start : start + size]
        left, right = group[0].area.left, group[-1].area.right
        lines = wrapped(
            cased(page.words.section(), page.theme.label_case), style, right - left - 8
        )[:2]
        deepest = max(deepest, len(lines))
        at = ((left + right) / 2, top + style.size + 2)
        upper = page.put(at, "\n".join(lines), style, "header", "center")
        same = page.chance(0.5)
        for index, column in enumerate(group):
            # Typically each group repeats the same small headings.
            if same and start > first and first + index < len(columns):
                column.heading = columns[first + index].heading
        for column in group:
            _linked_below(page, upper, column)
        if plan.grid in ("full", "columns", "head"):
            level = top + style.size + 6 + style.line_px * (len(lines) - 1)
            page.sheet.rule((left, level), (right, level), page.theme.box_weight * 0.7)
    page.section = before
    return top + style.size + 7 + style.line_px * (deepest - 1)


def _linked_below(page: Page, upper: Item, column: Column) -> None:
    style = page.theme.small
    column.heading = (
        column.heading
        if style.length(column.heading) < column.area.width
        else (column.heading.split()[0])
    )
    page.section = upper


def _rows(page: Page, columns: list[Column], plan: Plan, top: float) -> float:
    # Of tall rows the text begins at the top; of others it stands in the middle.
    ratio = 0.5 + 0.34 * page.theme.value.size / plan.row_px
    if plan.row_px > 2.5 * page.theme.value.size:
        ratio = 1.1 * page.theme.value.size / plan.row_px
    labels = labels_of(page.words, plan.rows) if plan.labelled else []
    for row in range(plan.rows):
        y = top + (row + ratio) * plan.row_px
        first = _row_label(page, columns[0], labels[row], y) if row < len(labels) else None
        for index, column in enumerate(columns):
            if (index == 0 and plan.labelled) or row >= plan.filled or page.chance(plan.gaps):
                continue
            _cell(page, column, first, (y, plan.row_px))
    bottom = top + plan.rows * plan.row_px
    return _total(page, columns, plan, bottom) if page.chance(0.2) else bottom


def _total(page: Page, columns: list[Column], plan: Plan, top: float) -> float:
    """A last row of sums; what it is called stands in the first column or before the sums."""
    sums = [c for c in columns[1:] if c.kind in ("number", "money", "quantity")]
    if not sums:
        return top
    y = top + 0.5 * plan.row_px + 0.34 * page.theme.value.size
    before = columns[columns.index(sums[0]) - 1] if page.chance(0.5) else columns[0]
    text = cased(page.words.pick(("Total", "Totals", "Grand Total")), page.theme.label_case)
    written = fitted(text, page.theme.label, before.area.width - 8)
    label = page.ask((before.area.left + 4, y), written)
    for column in sums:
        if plan.filled and not page.chance(plan.gaps):
            _cell(page, column, label if plan.labelled else None, (y, plan.row_px))
    if plan.grid == "full":
        bottom = top + plan.row_px
        page.sheet.frame((columns[0].area.left, top, columns[-1].area.right, bottom), 0.8)
    return top + plan.row_px


def _row_label(page: Page, column: Column, label: Label, y: float) -> Item:
    text = cased(label.text, page.theme.label_case)
    lines = wrapped(text, page.theme.label, column.area.width - 8)
    return page.ask((column.area.left + 4, y), lines[0])


def _cell(page: Page, column: Column, row_label: Item | None, line: tuple[float, float]) -> None:
    """`line`: first baseline, height of the row; a tall row takes several lines."""
    y, row_px = line
    style = page.theme.value
    most = max(1, int((row_px - 3) / style.line_px))
    text = page.filling(column.kind, style, column.area.width - 10)
    if most > 1 and column.kind == "words":
        text = prose(page.words, 1) if page.chance(0.4) else f"{text} {some_words(page.words)}"
    lines = wrapped(page.filled(text), style, column.area.width - 10)[:most]
    item = page.answer((column.anchor(), y), "\n".join(lines), column.question, column.align)
    if row_label is not None:
        page.sheet.link(row_label, [item])


def _ruling(
    page: Page, columns: list[Column], plan: Plan, levels: tuple[float, float, float]
) -> None:
    top, body, bottom = levels
    left, right = columns[0].area.left, columns[-1].area.right
    weight = page.theme.box_weight
    rule = page.sheet.rule
    if plan.grid in ("full", "rows"):
        for number in range(1, plan.rows):
            level = body + number * plan.row_px
            rule((left, level), (right, level), weight * 0.7)
    if plan.grid in ("full", "columns"):
        for column in columns[1:]:
            rule((column.area.left, top), (column.area.left, bottom), weight * 0.7)
    if plan.grid in ("full", "columns"):
        page.sheet.frame((left, top, right, bottom), weight)
    if plan.grid != "none":
        rule((left, body), (right, body), weight)
