"""Lay out matrices: labelled rows against headed columns, both questions of what stands between.

Laboratory reports, market surveys, balances. Unlike `tables`, a row is known by its label alone,
columns are narrow and stand together, and rows come in groups under headings of their own.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from scripts.sample_forms.mask import Lettering
from scripts.sample_forms.sheet import Item
from scripts.synthetic_forms.grammar import titled
from scripts.synthetic_forms.page import Area, Page, cased, fitted, length, wrapped
from scripts.synthetic_forms.phrases import Kind
from scripts.synthetic_forms.values import option, value

_CELL_KINDS: tuple[Kind, ...] = ("number", "number", "number", "money", "quantity", "code", "date")
_SUFFIXES = ("%", "*", "**", "+", " mm", " mg", " lbs")
_LEAST_HEIGHT = 110.0


@dataclass(slots=True)
class _Column:
    middle: float
    width: float
    kind: Kind
    question: Item | None = None


@dataclass(frozen=True, slots=True)
class _Plan:
    """What one matrix is like; lengths in page px."""

    grid: str
    levels: int
    label_px: float
    row_px: float
    rows: int
    gaps: float
    decimals: int | None
    suffix: str
    explained: bool
    indent: float
    leaders: bool
    lettering: Lettering = field(repr=False)


def matrix(page: Page, area: Area) -> float:
    if area.bottom - area.top < _LEAST_HEIGHT or area.width < 260:
        return area.top
    plan, columns = _planned(page, area)
    before, page.section = page.section, None
    body = _headings(page, area, plan, columns)
    bottom = _rows(page, area, plan, columns, body)
    page.section = before
    _rule_between(page, area, plan, columns, (area.top + 2, body, bottom))
    return bottom + 8


def _planned(page: Page, area: Area) -> tuple[_Plan, list[_Column]]:
    theme = page.theme
    label_px = area.width * page.between(0.22, 0.46)
    width = max(page.between(46, 120), theme.value.size * 3.2)
    most = max(2, min(9, int((area.width - label_px) / width)))
    count = page.count(2, most)
    # Typed tables stand together at the left; printed ones are spread over the width.
    if page.chance(0.45):
        width = (area.width - label_px) / count
    explained = page.chance(0.14)
    row_px = theme.value.size * page.between(1.25, 2.3) + theme.label.line_px * explained
    rows = min(page.count(2, 14), max(1, int((area.bottom - area.top - 80) / row_px)))
    kind: Kind = page.words.pick(_CELL_KINDS)
    alike = page.chance(0.75)
    plan = _Plan(
        grid=page.words.pick(("none", "none", "none", "full", "full", "rows", "cells", "head")),
        levels=2 if count >= 4 and page.chance(0.45) else 1,
        label_px=label_px,
        row_px=row_px,
        rows=rows,
        gaps=page.between(0, 0.4) if page.chance(0.3) else 0.0,
        decimals=page.count(0, 3) if page.chance(0.55) else None,
        suffix=page.words.pick(_SUFFIXES) if page.chance(0.22) else "",
        explained=explained,
        indent=page.words.pick((0.0, 0.0, 8.0, 16.0)),
        leaders=page.chance(0.1),
        lettering=theme.value,
    )
    left = area.left + label_px
    columns = [
        _Column(left + (i + 0.5) * width, width, kind if alike else page.words.pick(_CELL_KINDS))
        for i in range(count)
    ]
    return plan, columns


def _headings(page: Page, area: Area, plan: _Plan, columns: list[_Column]) -> float:
    """Headings over the columns and, now and then, over the labels; returns where rows begin."""
    style = page.theme.small if page.chance(0.3) else page.theme.label
    y = area.top + style.size + 2
    groups = _upper_headings(page, y, plan, columns) if plan.levels == 2 else []
    y += page.theme.label.line_px * (plan.levels - 1) + 2
    texts = _heading_texts(page, plan, columns)
    noted = page.chance(0.15)
    lines = [_heading_lines(page, text, style, column.width, noted=noted)
             for text, column in zip(texts, columns, strict=True)]  # fmt: skip
    depth = max(len(each) for each in lines)
    boxed = page.chance(0.5)
    for column, each in zip(columns, lines, strict=True):
        top = y + (depth - len(each)) * style.line_px * (0.5 if boxed else 1.0)
        column.question = page.ask((column.middle, top), "\n".join(each), style, "center")
        if plan.grid == "none" and page.chance(0.12):
            page.underline(column.question, top + style.line_px * (len(each) - 1))
    for upper, below in groups:
        page.sheet.link(upper, [c.question for c in below if c.question is not None])
    _corner(page, area, plan, y + (depth - 1) * style.line_px * page.between(0, 1))
    return y + (depth - 1) * style.line_px + style.size * 0.6 + 4


def _heading_texts(page: Page, plan: _Plan, columns: list[_Column]) -> list[str]:
    """Columns of a group mostly repeat the same few headings under each upper heading."""
    scale = [_short_heading(page) for _ in columns]
    if plan.levels == 2:
        return [scale[i % 2] for i in range(len(columns))]
    return scale


def _short_heading(page: Page) -> str:
    draw = page.between(0, 1)
    if draw < 0.3:
        return titled(page.words.noun())
    if draw < 0.45:
        return option(page.words)
    if draw < 0.6:
        return page.words.pick(
            (f"19{page.count(60, 98)}", f"{page.count(10, 60)}-{page.count(61, 99)}",
             f"{page.count(1, 12)}/{page.count(1, 28)}", f"{page.count(18, 60)}+",
             f"No. {page.count(1, 40)}", f"{page.count(1, 9) * 10}", "%", "Total", "Average",
             "(+)", "(-)", "Min.", "Max.")
        )  # fmt: skip
    return page.words.label().text


def _heading_lines(
    page: Page, text: str, style: Lettering, width: float, *, noted: bool
) -> list[str]:
    lines = wrapped(cased(text, page.theme.label_case), style, max(width - 6, 24.0))[:3]
    if noted and len(lines) < 3:
        note = page.words.pick((f"({page.count(20, 300)})", f"({page.words.noun()})", "(%)"))
        lines.append(fitted(note, style, max(width, 24.0)))
    return lines


def _upper_headings(
    page: Page, y: float, plan: _Plan, columns: list[_Column]
) -> list[tuple[Item, list[_Column]]]:
    """Headings over two columns each, the header of those."""
    style = page.theme.label
    groups = []
    for start in range(0, len(columns) - 1, 2):
        below = columns[start : start + 2]
        left, right = below[0].middle - below[0].width / 2, below[-1].middle + below[-1].width / 2
        text = page.words.section() if page.chance(0.4) else _short_heading(page)
        written = fitted(cased(text, page.theme.label_case), style, right - left - 8)
        upper = page.put(((left + right) / 2, y), written, style, "header", "center")
        groups.append((upper, below))
        if plan.grid in ("full", "head") or page.chance(0.15):
            page.sheet.rule((left + 4, y + 4), (right - 4, y + 4), 0.8)
    return groups


def _corner(page: Page, area: Area, plan: _Plan, y: float) -> None:
    """What the rows are: a heading that nothing answers."""
    if page.chance(0.55):
        return
    text = page.label_text(page.words.label().text)
    label = page.words.pick(("question", "question", "header"))
    written = fitted(text, page.theme.label, plan.label_px - 6)
    page.put((area.left + 2, y), written, page.theme.label, label)  # type: ignore[arg-type]


def _rows(page: Page, area: Area, plan: _Plan, columns: list[_Column], top: float) -> float:
    labels = page.words.labels(plan.rows)
    grouped = page.chance(0.35)
    filled = plan.rows if not page.chance(0.2) else page.count(0, plan.rows)
    y = top
    group: Item | None = None
    for row, label in enumerate(labels):
        if y + plan.row_px > area.bottom - 4:
            break
        if grouped and (row == 0 or page.chance(0.28)) and y + 2 * plan.row_px < area.bottom:
            y += plan.row_px
            group = _group_heading(page, area, plan, y)
        y += plan.row_px
        base = y - plan.row_px * 0.3 - page.theme.label.line_px * plan.explained
        question = _row_label(page, area, plan, label.text, base, indented=grouped)
        if group is not None and page.chance(page.theme.header_links):
            page.sheet.link(group, [question])
        if row < filled:
            _cells(page, plan, columns, question, base)
    return y


def _group_heading(page: Page, area: Area, plan: _Plan, y: float) -> Item:
    text = cased(page.words.section(), page.theme.label_case)
    if page.chance(page.theme.colon):
        text += ":"
    at = (area.left, y - plan.row_px * 0.3)
    item = page.put(at, fitted(text, page.theme.label, plan.label_px), page.theme.label, "header")
    if page.theme.underline_headings:
        page.underline(item, at[1])
    return item


def _row_label(page: Page, area: Area, plan: _Plan, text: str, y: float, *, indented: bool) -> Item:
    style = page.theme.label
    at = (area.left + 2 + (plan.indent if indented else 0.0), y)
    room = plan.label_px - (at[0] - area.left) - 8
    if page.chance(0.15):
        text = option(page.words) if page.chance(0.5) else page.words.company()
    lines = [fitted(page.label_text(text), style, room)]
    if plan.explained:
        note = f"({page.count(1, 9)}={titled(page.words.pick(page.words.adjectives))})"
        lines.append(fitted(note if page.chance(0.6) else page.words.note(), style, room))
    question = page.ask(at, "\n".join(lines))
    if plan.leaders:
        page.sheet.dots((question.right + 6, y), area.left + plan.label_px - 4, 6)
    return question


def _cells(page: Page, plan: _Plan, columns: list[_Column], row: Item, y: float) -> None:
    for column in columns:
        if plan.grid == "cells":
            left, right = column.middle - column.width * 0.36, column.middle + column.width * 0.36
            page.sheet.rule((left, y + 2.5), (right, y + 2.5), 0.8)
        if page.chance(plan.gaps):
            if page.chance(0.2):
                page.put((column.middle, y), "---", plan.lettering, "other", "center")
            continue
        given = fitted(_cell_text(page, plan, column), plan.lettering, column.width - 3)
        item = page.answer((column.middle, y), given, row, "center")
        if column.question is not None:
            page.sheet.link(column.question, [item])


def _cell_text(page: Page, plan: _Plan, column: _Column) -> str:
    if column.kind != "number" or plan.decimals is None:
        return _fitting(page, column, plan.lettering)
    figure = f"{page.rng.lognormal(1.5, 1.5):.{plan.decimals}f}"
    if plan.decimals == 0 and page.chance(0.2):
        figure = f"({figure})"
    return figure + (plan.suffix if page.chance(0.7) else "")


def _fitting(page: Page, column: _Column, style: Lettering) -> str:
    drawn = [value(page.words, column.kind) for _ in range(4)]
    return min(drawn, key=lambda text: length(text, style) > column.width - 6)


def _rule_between(
    page: Page, area: Area, plan: _Plan, columns: list[_Column], levels: tuple[float, float, float]
) -> None:
    """Rulings that stand between the cells."""
    top, body, bottom = levels
    left, right = area.left, columns[-1].middle + columns[-1].width / 2
    weight = page.theme.box_weight
    rule = page.sheet.rule
    if plan.grid in ("full", "head"):
        rule((left, body), (right, body), weight)
    if plan.grid in ("full", "rows"):
        steps = round((bottom - body) / plan.row_px)
        for number in range(1, steps + 1):
            rule((left, body + number * plan.row_px), (right, body + number * plan.row_px), 0.7)
    if plan.grid == "full":
        page.sheet.frame((left, top, right, bottom), weight)
        for column in columns:
            edge = column.middle - column.width / 2
            rule((edge, top), (edge, bottom), weight * 0.7)
