"""Lay out matrices: labelled rows against headed columns, both questions of what stands between.

Laboratory reports, market surveys, balances. Unlike `tables`, a row is known by its label alone,
columns are narrow and stand together, and rows come in groups under headings of their own.
"""

from __future__ import annotations

from scripts.workshop.drawing_kit import Item, Lettering, fitted
from scripts.workshop.synthetic_forms.grammar import titled
from scripts.workshop.synthetic_forms.label_patterns import labels_of
from scripts.workshop.synthetic_forms.matrix_headings import Column, Plan, headings
from scripts.workshop.synthetic_forms.page import Area, Page, cased
from scripts.workshop.synthetic_forms.phrases import Kind
from scripts.workshop.synthetic_forms.values import option, value

_CELL_KINDS: tuple[Kind, ...] = ("number", "number", "number", "money", "quantity", "code", "date")
_SUFFIXES = ("%", "*", "**", "+", " mm", " mg", " lbs")
_LEAST_HEIGHT = 110.0


def matrix(page: Page, area: Area) -> float:
    if area.bottom - area.top < _LEAST_HEIGHT or area.width < 260:
        return area.top
    plan, columns = _planned(page, area)
    before, page.section = page.section, None
    body = headings(page, area, plan, columns)
    bottom = _rows(page, area, plan, columns, body)
    page.section = before
    _rule_between(page, area, plan, columns, (area.top + 2, body, bottom))
    return bottom + 8


def _planned(page: Page, area: Area) -> tuple[Plan, list[Column]]:
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
    plan = Plan(
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
        Column(left + (i + 0.5) * width, width, kind if alike else page.words.pick(_CELL_KINDS))
        for i in range(count)
    ]
    return plan, columns


def _rows(page: Page, area: Area, plan: Plan, columns: list[Column], top: float) -> float:
    labels = labels_of(page.words, plan.rows)
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


def _group_heading(page: Page, area: Area, plan: Plan, y: float) -> Item:
    text = cased(page.words.section(), page.theme.label_case)
    if page.chance(page.theme.colon):
        text += ":"
    at = (area.left, y - plan.row_px * 0.3)
    item = page.put(at, fitted(text, page.theme.label, plan.label_px), page.theme.label, "header")
    if page.theme.underline_headings:
        page.underline(item, at[1])
    return item


def _row_label(page: Page, area: Area, plan: Plan, text: str, y: float, *, indented: bool) -> Item:
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


def _cells(page: Page, plan: Plan, columns: list[Column], row: Item, y: float) -> None:
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


def _cell_text(page: Page, plan: Plan, column: Column) -> str:
    if column.kind != "number" or plan.decimals is None:
        return _fitting(page, column, plan.lettering)
    figure = f"{page.rng.lognormal(1.5, 1.5):.{plan.decimals}f}"
    if plan.decimals == 0 and page.chance(0.2):
        figure = f"({figure})"
    return figure + (plan.suffix if page.chance(0.7) else "")


def _fitting(page: Page, column: Column, style: Lettering) -> str:
    drawn = [value(page.words, column.kind) for _ in range(4)]
    return min(drawn, key=lambda text: style.length(text) > column.width - 6)


def _rule_between(
    page: Page, area: Area, plan: Plan, columns: list[Column], levels: tuple[float, float, float]
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
