"""Lay out answers of several lines: one below the other, in columns, as one answer or many."""

from __future__ import annotations

from scripts.workshop.drawing_kit import Item, fitted
from scripts.workshop.synthetic_forms.label_patterns import label_of
from scripts.workshop.synthetic_forms.page import Area, Page, split_area
from scripts.workshop.synthetic_forms.phrases import Kind
from scripts.workshop.synthetic_forms.values import value


def list_of_answers(page: Page, area: Area) -> float:
    """One label, several answers below one another: copies, members, addressees."""
    theme = page.theme
    text = page.words.pick(
        ("cc", "Copies To", "Distribution", "Attachments", "Present", "To", "Members")
    )
    if page.chance(0.5):
        text = label_of(page.words).text
    y = area.top + theme.label.size
    question = page.ask(
        (area.left, y), fitted(page.label_text(text), theme.label, area.width * 0.5)
    )
    beside = page.chance(0.75)
    x = question.right + page.between(6, 40) if beside else area.left + page.between(8, 40)
    y += 0 if beside else theme.value.line_px
    kind: Kind = page.words.pick(("person", "person", "words", "company"))
    step = theme.value.line_px
    most = max(1, int((area.bottom - y) / step))
    texts = [
        page.filling(kind, theme.value, area.right - x) for _ in range(min(most, page.count(2, 7)))
    ]
    whole = page.chance(0.3)
    answer_lines(page, question, area._replace(left=x, top=y), texts, step, whole=whole)
    return y + step * len(texts)


def columns_of_answers(page: Page, area: Area) -> float:
    """A heading that asks, and short answers in columns under it: places, products, names."""
    theme = page.theme
    y = area.top + theme.label.size
    text = fitted(page.label_text(label_of(page.words).text), theme.label, area.width * 0.7)
    question = page.ask((area.left, y), text)
    style = theme.value if page.chance(0.5) else theme.small
    columns = min(page.count(1, 4), max(1, int(area.width / 120)))
    places = split_area(area, [1.0] * columns, 12.0)
    kind: Kind = page.words.pick(("place", "person", "words", "company", "code"))
    upper = page.chance(0.5)
    if page.blank():
        return y + 8
    for _ in range(page.count(2, 10)):
        y += style.line_px * 1.08
        if y > area.bottom - 4:
            break
        for place in places:
            given = fitted(value(page.words, kind), style, place.width - 4)
            item = page.put((place.left, y), given.upper() if upper else given, style, "answer")
            page.sheet.link(question, [item])
    return y + 8


def answer_lines(
    page: Page, question: Item, area: Area, texts: list[str], step: float, *, whole: bool
) -> None:
    """Write lines below one another from the corner of `area`: as one answer, or one each."""
    item: Item | None = None
    for number, text in enumerate(texts):
        at = (area.left, area.top + number * step)
        if whole and item is not None:
            continue_item(page, item, at, text)
        else:
            item = page.answer(at, text, question)


def continue_item(page: Page, item: Item, at: tuple[float, float], line: str) -> None:
    """Write another line of the same entity at a place of its own."""
    style = page.theme.value
    item.words += page.sheet.ink(at, style.writable(page.filled(line)), style)
