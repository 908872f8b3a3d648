"""Lay out fields in groups: headed groups side by side, labels over answers, lists of items."""

from __future__ import annotations

from scripts.workshop.drawing_kit import Align, Hand, fitted, wrapped
from scripts.workshop.synthetic_forms.grammar import titled
from scripts.workshop.synthetic_forms.label_patterns import labels_of
from scripts.workshop.synthetic_forms.page import Area, Page, split_area
from scripts.workshop.synthetic_forms.phrases import Kind
from scripts.workshop.synthetic_forms.tables import NUMERIC
from scripts.workshop.synthetic_forms.values import instruction, number, some_words, value

_SHORT: tuple[Kind, ...] = ("number", "words", "money", "date", "code", "quantity")


def groups(page: Page, area: Area) -> float:
    """One to three groups beside each other, each a heading over short fields."""
    count = min(page.words.pick((1, 2, 2, 3)), max(1, int(area.width / 170)))
    ends = [_group(page, place) for place in split_area(area, [1.0] * count, page.between(14, 50))]
    page.section = None
    return max(ends)


def _group(page: Page, area: Area) -> float:
    theme = page.theme
    y = area.top + theme.heading.size
    text = fitted(page.words.section(), theme.heading, area.width - 8)
    if page.chance(0.25):
        page.heading(((area.left + area.right) / 2, y), text, "center")
    else:
        page.heading((area.left, y), text)
    step = max(theme.label.line_px, min(theme.line_px, 22))
    left = area.left + page.words.pick((0.0, 8.0, 20.0))
    tab = left + area.width * page.between(0.42, 0.62)
    kind = page.words.pick(_SHORT) if page.chance(0.6) else None
    leaders = page.words.pick(("", "", "", "", "-", "."))
    y += theme.heading.line_px * 0.2 + step
    for label in labels_of(
        page.words, page.count(2, 7) if page.chance(0.75) else page.count(7, 12)
    ):
        if y > area.bottom:
            break
        written = fitted(page.label_text(label.text), theme.label, tab - left - 6)
        question = page.ask((left, y), written)
        if leaders:
            _typed_leaders(page, leaders, (question.right + 4, y), tab - 4)
        elif theme.rule == "line":
            page.sheet.rule((tab, y + 2.5), (area.right, y + 2.5), 0.7)
        if not page.blank():
            short = kind or ("words" if label.kind in ("sentence", "address") else label.kind)
            given = page.filling(short, theme.value, area.right - tab - 4)
            page.answer((tab + page.between(0, 4), y - theme.lift * 0.5), given, question)
        y += step
    return y - step + 8


def _typed_leaders(page: Page, sign: str, start: tuple[float, float], to_x: float) -> None:
    """A row of signs from a label to its answer, typed like the label; no text to anybody."""
    style = page.theme.label
    count = int((to_x - start[0]) / max(style.length(sign), 2.0))
    if count > 1:
        page.sheet.ink(start, sign * count, style)


def stacked(page: Page, area: Area) -> float:
    """Labels in a row, each answer under its label, nothing ruled between them."""
    theme = page.theme
    count = min(page.count(2, 4), max(1, int(area.width / 120)))
    y = area.top + theme.label.size
    centered = page.chance(0.4)
    lowest = y
    gap = theme.value.size * page.between(1.15, 1.7)
    for place, label in zip(
        split_area(area, [1.0] * count, 16.0), labels_of(page.words, count), strict=True
    ):
        lines = wrapped(page.label_text(label.text), theme.label, place.width)[:3]
        x = (place.left + place.right) / 2 if centered else place.left
        align: Align = "center" if centered else "left"
        question = page.ask((x, y), "\n".join(lines), align=align)
        below = y + theme.label.line_px * (len(lines) - 1) + gap
        kind: Kind = "words" if label.kind == "sentence" else label.kind
        count = 0 if page.blank() else page.words.pick((1, 1, 1, 2, 3))
        texts = [page.filling(kind, theme.value, place.width) for _ in range(count)]
        if page.chance(0.5):
            texts = ["\n".join(texts)] if texts else []
        for text in texts:
            page.answer((x, below), text, question, align)
            below += theme.value.line_px * (text.count("\n") + 1)
        lowest = max(lowest, below)
    return lowest


def items(page: Page, area: Area) -> float:
    """Things listed in columns that neither ask nor answer."""
    style = page.theme.prose
    columns = min(page.count(1, 3), max(1, int(area.width / 150)))
    y = area.top + style.size
    bullet = page.words.pick(("", "", "- ", "* ", "o "))
    upper = page.chance(0.4)
    for _ in range(page.count(1, 4)):
        if y > area.bottom:
            break
        for place in split_area(area, [1.0] * columns, 14.0):
            text = titled(page.words.compound() if page.chance(0.6) else some_words(page.words))
            text = fitted(bullet + (text.upper() if upper else text), style, place.width)
            page.put((place.left, y), text, style, "other")
        y += style.line_px
    return y - style.line_px + 8


def inline_blanks(page: Page, area: Area) -> float:
    """A sentence with a gap in it: the words before the gap ask, what is written in it answers."""
    theme = page.theme
    y = area.top + theme.label.size
    asked = fitted(instruction(page.words).rstrip("."), theme.label, area.width * 0.6)
    question = page.ask((area.left, y), asked)
    start, gap = question.right + 5, page.between(30, 90)
    page.sheet.rule((start, y + 2.5), (start + gap, y + 2.5), 0.8)
    if not page.blank():
        text = fitted(page.filled(number(page.words)), theme.value, gap)
        page.answer((start + 4, y - theme.lift), text, question)
    rest = f"{page.words.noun()} {page.words.pick(page.words.participles)}."
    if start + gap + 8 + theme.label.length(rest) < area.right:
        page.put((start + gap + 6, y), rest, theme.label, "other")
    return y + 6


def stray_note(page: Page) -> None:
    """A few words somebody wrote on the page by hand, in a margin or a gap."""
    style = Hand(page.between(10, 16), slant=page.between(0, 0.3), joined=page.chance(0.5))
    text = page.words.pick(("OK", "File", "See me", "copy to", "Rec'd", "Thanks", "pls call"))
    if page.chance(0.6):
        text = page.words.last_name() if page.chance(0.4) else f"{text} {page.words.noun()}"
    x = page.words.pick((page.between(30, 80), page.sheet.width * page.between(0.55, 0.75)))
    page.put(
        (x, page.words.pick((page.between(40, 90), page.between(850, 950)))), text, style, "other"
    )


def bare_codes(page: Page, area: Area) -> float:
    """Codes and small words that stand alone: what a label is missing for."""
    style = page.theme.prose
    y = area.top + style.size
    for _ in range(page.count(1, 2)):
        kind = page.words.pick((*NUMERIC, "words", "time"))
        text = fitted(value(page.words, kind), style, area.width / 3)
        page.put((area.left + area.width * page.between(0, 0.6), y), text, style, "other")
        y += style.line_px
    return y - style.line_px + 4


def boxed_headings(page: Page, area: Area) -> float:
    """A label in a frame of its own over the full width, its answer as text under the frame."""
    theme = page.theme
    y = area.top
    for label in labels_of(page.words, page.count(1, 4)):
        if y + 50 > area.bottom:
            break
        height = theme.label.size * 1.7
        page.sheet.frame((area.left, y, area.right, y + height), theme.box_weight)
        text = fitted(page.label_text(label.text), theme.label, area.width * 0.6)
        question = page.ask((area.left + 5, y + height * 0.5 + theme.label.size * 0.36), text)
        inside = page.chance(0.4)
        if page.blank():
            y += height + 6
            continue
        given = page.filled(value(page.words, label.kind))
        x = question.right + 8 if inside else area.left + 6
        given = fitted(given, theme.value, area.right - x - 6)
        base = (
            y + height * 0.5 + theme.value.size * 0.36
            if inside
            else y + height + theme.value.line_px
        )
        page.answer((x, base), given, question)
        y = y + height + 8 if inside else base + page.between(8, 18)
    return y
