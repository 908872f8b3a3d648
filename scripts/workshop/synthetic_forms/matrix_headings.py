"""Lay out the headings of a matrix: over its columns, over groups of them, over its labels."""

from __future__ import annotations

from dataclasses import dataclass, field

from scripts.workshop.drawing_kit import Item, Label, Lettering, fitted, wrapped
from scripts.workshop.synthetic_forms.grammar import titled
from scripts.workshop.synthetic_forms.label_patterns import label_of
from scripts.workshop.synthetic_forms.page import Area, Page, cased
from scripts.workshop.synthetic_forms.phrases import Kind
from scripts.workshop.synthetic_forms.values import option


@dataclass(slots=True)
class Column:
    middle: float
    width: float
    kind: Kind
    question: Item | None = None


@dataclass(frozen=True, slots=True)
class Plan:
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


def headings(page: Page, area: Area, plan: Plan, columns: list[Column]) -> float:
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


def _heading_texts(page: Page, plan: Plan, columns: list[Column]) -> list[str]:
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
    return label_of(page.words).text


def _heading_lines(
    page: Page, text: str, style: Lettering, width: float, *, noted: bool
) -> list[str]:
    lines = wrapped(cased(text, page.theme.label_case), style, max(width - 6, 24.0))[:3]
    if noted and len(lines) < 3:
        note = page.words.pick((f"({page.count(20, 300)})", f"({page.words.noun()})", "(%)"))
        lines.append(fitted(note, style, max(width, 24.0)))
    return lines


def _upper_headings(
    page: Page, y: float, plan: Plan, columns: list[Column]
) -> list[tuple[Item, list[Column]]]:
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


def _corner(page: Page, area: Area, plan: Plan, y: float) -> None:
    """What the rows are: a heading that nothing answers."""
    if page.chance(0.55):
        return
    text = page.label_text(label_of(page.words).text)
    labels: tuple[Label, ...] = ("question", "question", "header")
    label = page.words.pick(labels)
    written = fitted(text, page.theme.label, plan.label_px - 6)
    page.put((area.left + 2, y), written, page.theme.label, label)
