"""Lay out ruled boxes: small labels over answers, label and answer cells, a framed panel."""

from __future__ import annotations

from scripts.workshop.drawing_kit import fitted, wrapped
from scripts.workshop.synthetic_forms.fields import one_field
from scripts.workshop.synthetic_forms.label_patterns import Label, label_of, labels_of
from scripts.workshop.synthetic_forms.lists import continue_item
from scripts.workshop.synthetic_forms.page import Area, Page, split_area
from scripts.workshop.synthetic_forms.values import prose


def boxed_cells(page: Page, area: Area) -> float:
    """Rows of cells of uneven widths, each with a small label in its corner."""
    style = page.theme.small
    top = area.top + 2
    for _ in range(page.count(1, 6)):
        count = page.count(1, max(1, min(4, int(area.width / 120))))
        shares = [page.words.pick((1, 1, 2, 3)) for _ in range(count)]
        places = split_area(area, shares, 0.0)
        labels = labels_of(page.words, count)
        depth = max(
            len(wrapped(label.text + ":", style, place.width - 8)[:2])
            for place, label in zip(places, labels, strict=True)
        )
        height = style.line_px * depth + page.theme.value.size * page.between(1.4, 2.4)
        if top + height > area.bottom:
            break
        for place, label in zip(places, labels, strict=True):
            _cell(page, place._replace(top=top, bottom=top + height), label)
        top += height
    return top + 4


def _cell(page: Page, box: Area, label: Label) -> None:
    theme = page.theme
    page.sheet.frame(box, theme.box_weight)
    lines = wrapped(page.label_text(label.text), theme.small, box.width - 8)[:2]
    question = page.ask(
        (box.left + 4, box.top + theme.small.size + 1), "\n".join(lines), theme.small
    )
    if page.blank():
        return
    text = page.filling(label.kind, theme.value, box.width - 16)
    spare = max(0.0, box.width - 16 - theme.value.length(text))
    low = box.top + theme.small.size + theme.small.line_px * (len(lines) - 1) + theme.value.size + 2
    y = min(max(low, box.bottom - page.between(3, 7)), box.bottom - 2)
    page.answer((box.left + 7 + spare * page.between(0, 0.5), y), text, question)


def big_box(page: Page, area: Area) -> float:
    """A box for a long answer, the label in its corner."""
    theme = page.theme
    height = min(page.between(50, 170), area.bottom - area.top - 4)
    if height < 45:
        return area.top
    box = area._replace(top=area.top + 2, bottom=area.top + 2 + height)
    page.sheet.frame(box, theme.box_weight)
    label = page.label_text(label_of(page.words).text)
    question = page.ask(
        (box.left + 5, box.top + theme.small.size + 3),
        fitted(label, theme.small, box.width - 10),
        theme.small,
    )
    if not page.blank():
        left, y = (
            box.left + page.between(6, 40),
            box.top + theme.small.size + theme.value.line_px + 4,
        )
        lines = wrapped(
            page.filled(prose(page.words, page.count(1, 5))), theme.value, box.right - left - 6
        )
        lines = lines[: max(1, int((box.bottom - y - 2) / theme.value.line_px) + 1)]
        item = page.answer((left, y), lines[0], question)
        for number, line in enumerate(lines[1:], 1):
            continue_item(page, item, (left, y + number * theme.value.line_px), line)
    return box.bottom + 4


def label_cells(page: Page, area: Area) -> float:
    """A grid whose left cells hold labels and whose right cells hold the answers."""
    theme = page.theme
    pairs = 2 if area.width > 420 and page.chance(0.4) else 1
    height = max(theme.label.size, theme.value.size) * page.between(1.5, 2.2)
    rows = min(page.count(2, 9), int((area.bottom - area.top - 4) / height))
    shares = [page.between(0.5, 0.8), page.between(1.0, 1.4)] * pairs
    shares = shares[:2] * pairs
    places = split_area(area, shares, 0.0)
    framed = page.chance(0.8)
    for row in range(rows):
        top = area.top + 2 + row * height
        y = top + height / 2 + theme.label.size * 0.36
        for place, given, label in zip(
            places[::2], places[1::2], labels_of(page.words, pairs), strict=True
        ):
            if framed:
                for cell in (place, given):
                    page.sheet.frame(
                        cell._replace(top=top, bottom=top + height), theme.box_weight * 0.8
                    )
            text = fitted(page.label_text(label.text), theme.label, place.width - 8)
            question = page.ask((place.left + 4, y), text)
            if not page.blank():
                filled = page.filling(label.kind, theme.value, given.width - 10)
                page.answer((given.left + 5, y), filled, question)
    return area.top + rows * height + 6


def panel(page: Page, area: Area) -> float:
    """A framed corner of the form with a heading and a few fields: `For office use only`."""
    theme = page.theme
    width = min(area.width, page.between(190, 330))
    left = area.left if page.chance(0.3) else area.right - width
    line = max(theme.label.size * 1.5, min(theme.line_px, 26))
    rows = page.count(2, 5)
    height = line * (rows + 1) + 10
    if area.top + height > area.bottom:
        return area.top
    box = Area(left, area.top + 4, left + width, area.top + 4 + height)
    page.sheet.frame(box, theme.box_weight)
    before = page.section
    text = fitted(page.words.section(), theme.heading, width - 20)
    page.heading((box.left + 8, box.top + theme.heading.size + 4), text)
    inside = box.inset(8)
    for number, label in enumerate(labels_of(page.words, rows), 1):
        y = box.top + theme.heading.size + 4 + number * line
        short = Label(
            fitted(label.text, theme.label, width * 0.5),
            "words" if label.kind in ("sentence", "address") else label.kind,
        )
        one_field(page, inside.below(y), short)
    page.section = before
    return box.bottom + 6
