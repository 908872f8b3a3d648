"""Lay out labels with their answers beside, under or above them, row by row."""

from __future__ import annotations

from scripts.workshop.drawing_kit import Item, fitted, wrapped
from scripts.workshop.synthetic_forms.label_patterns import Label, labels_of, question_of
from scripts.workshop.synthetic_forms.lists import answer_lines, continue_item
from scripts.workshop.synthetic_forms.page import Area, Page, split_area
from scripts.workshop.synthetic_forms.phrases import Kind
from scripts.workshop.synthetic_forms.values import prose, some_words, street, town


def field_rows(page: Page, area: Area) -> float:
    """Rows of one to four fields in columns that keep their places."""
    columns = min(page.words.pick((1, 1, 1, 2, 2, 2, 3, 4)), max(1, int(area.width / 130)))
    rows = page.count(2, 8 if columns < 3 else 4)
    shares = [page.between(0.7, 1.3) for _ in range(columns)]
    areas = split_area(area, shares, page.between(10, 30))
    labels = labels_of(page.words, rows * columns)
    tabs = [_tab(page, column, labels[i::columns]) for i, column in enumerate(areas)]
    y = area.top + page.theme.label.size
    for row in range(rows):
        bottom = y
        for column, (place, tab) in enumerate(zip(areas, tabs, strict=True)):
            # Rows are not all full: the last field of one may run over the columns beside it.
            if column and page.chance(0.12):
                break
            if row * columns + column < len(labels):
                label = labels[row * columns + column]
                bottom = max(bottom, one_field(page, place.below(y), label, tab))
        y = bottom + page.theme.line_px
        if y > area.bottom - 4:
            return bottom + 6
    return y - page.theme.line_px + 8


def one_field(page: Page, area: Area, label: Label, tab: float | None = None) -> float:
    """Label from the left of `area`, first baseline at its top; returns the last baseline."""
    text = page.label_text(label.text)
    room = area.width * (0.62 if label.kind != "sentence" else 0.8)
    lines = _label_lines(page, text, room if tab is None else max(40.0, tab - area.left - 6))
    if len(lines) == 1 and page.chance(0.08):
        lines.append(fitted(page.words.note(), page.theme.label, area.width))
    if page.theme.numbering == "apart" and area.width > 240 and page.chance(0.9):
        page.numbered += 1
        mark = page.put((area.left, area.top), f"[{page.numbered}]", page.theme.label, "other")
        area = area._replace(left=mark.right + 6)
        lines = _label_lines(page, text, max(40.0, area.width * 0.6))
    left = area.left
    if tab is not None and page.theme.labels_right:
        # Labels end where answers begin, instead of beginning below one another.
        widest = max(page.theme.label.length(line) for line in lines)
        left = max(left, tab - 6 - widest)
    question = page.ask((left, area.top), "\n".join(lines))
    bottom = area.top + page.theme.label.line_px * (len(lines) - 1)
    level = bottom if len(lines) > 1 and page.chance(0.6) else area.top
    start = question.right + page.between(3, 10)
    if tab is not None:
        start = max(start, tab)
    place = area._replace(left=start, top=level)
    return max(bottom, _answer_line(page, question, place, label.kind, area.left))


def _label_lines(page: Page, text: str, width: float) -> list[str]:
    """Two lines, rarely three: what a form asks at greater length it asks in fewer words."""
    longest = max(page.theme.label.length(word) for word in text.split())
    return wrapped(text, page.theme.label, max(width, longest))[: 2 if page.chance(0.9) else 3]


def _answer_line(page: Page, question: Item, area: Area, kind: Kind, margin: float) -> float:
    """The rule and what is written on it; a long answer may go on under its label, at `margin`."""
    theme = page.theme
    if area.width < 14:
        return area.top
    _rule(page, area)
    if page.blank():
        return area.top
    y = area.top - theme.lift
    if kind == "sentence" and area.width > 150:
        return _long_answer(page, question, area, margin if page.chance(0.4) else area.left + 2)
    if kind == "address" and page.chance(0.5):
        return _address(page, question, area)
    if kind in ("words", "company", "title") and area.width > 130 and page.chance(0.36):
        return _two_lines(page, question, area)
    text = page.filling(kind, theme.value, area.width - 2)
    spare = max(0.0, area.width - theme.value.length(text) - 4)
    if theme.placement == "right":
        page.answer((area.left + spare, y), text, question)
    else:
        # Typists do not meet the beginning of the line.
        page.answer((area.left + spare * page.between(0, 0.25), y), text, question)
    return area.top


def _two_lines(page: Page, question: Item, area: Area) -> float:
    """An answer that is longer than its line, and goes on below it."""
    text = f"{some_words(page.words)} {page.words.pick(('and', 'for', 'of', '-', 'with'))} "
    text += f"{page.words.compound()} {page.words.pick(page.words.participles)} "
    text += some_words(page.words)
    lines = wrapped(page.filled(text), page.theme.value, area.width - 4)[:2]
    step = page.theme.value.line_px
    item = page.answer((area.left + 2, area.top - page.theme.lift), lines[0], question)
    if len(lines) > 1:
        at = (area.left + 2 + page.words.pick((0.0, 0.0, 14.0)), area.top - page.theme.lift + step)
        continue_item(page, item, at, lines[1])
    return area.top + step * (len(lines) - 1)


def _long_answer(page: Page, question: Item, area: Area, margin: float) -> float:
    """Sentences from the corner of `area`; lines below the first begin at `margin`."""
    theme = page.theme
    text = page.filled(prose(page.words, page.count(1, 3)))
    first = fitted(text, theme.value, area.width - 4)
    rest = wrapped(text.removeprefix(first), theme.value, area.right - margin - 2)
    rest = rest[: page.count(0, 3) if margin >= area.left else page.count(1, 4)]
    step = max(theme.value.line_px, theme.line_px * (0.75 if theme.rule == "line" else 0.0))
    item = page.answer((area.left + 2, area.top - theme.lift), first, question)
    for number, line in enumerate(rest, 1):
        y = area.top + number * step
        _rule(page, area._replace(left=margin, top=y))
        continue_item(page, item, (margin, y - theme.lift), line)
    return area.top + len(rest) * step


def _address(page: Page, question: Item, area: Area) -> float:
    """Name, street and town below one another: one answer, or one a line where lines are ruled."""
    lines = [page.words.company(), street(page.words), town(page.words)][page.count(0, 1) :]
    step = page.theme.value.line_px * page.between(1.0, 1.3)
    for number in range(1, len(lines)):
        _rule(page, area.below(area.top + number * step))
    texts = [fitted(line, page.theme.value, area.width - 2) for line in lines]
    whole = page.chance(0.3 if page.theme.rule == "line" else 0.6)
    at = area._replace(left=area.left + 2, top=area.top - page.theme.lift)
    answer_lines(page, question, at, texts, step, whole=whole)
    return area.top + step * (len(lines) - 1)


def label_below(page: Page, area: Area) -> float:
    """Answers on lines, the labels under the lines, as for signatures and dates."""
    columns = min(page.count(1, 3), max(1, int(area.width / 150)))
    y = area.top + page.theme.value.size + 6
    areas = split_area(area, [page.between(0.8, 1.2)] * columns, page.between(20, 60))
    for _ in range(page.count(1, 2)):
        for place, label in zip(areas, labels_of(page.words, columns), strict=True):
            page.sheet.rule((place.left, y + 3), (place.right, y + 3), 0.8)
            below = y + 5 + page.theme.label.size
            text = fitted(page.label_text(label.text, colon=False), page.theme.label, place.width)
            at = (
                place.left + page.between(0, max(0.0, place.width - page.theme.label.length(text))),
                below,
            )
            question = page.ask(at, text)
            if not page.blank():
                given = page.filling(label.kind, page.theme.value, place.width - 6)
                page.answer((place.left + page.between(2, 6), y), given, question)
        y += page.theme.line_px + page.theme.value.size + 12
        if y > area.bottom - 30:
            break
    return y - page.theme.value.size


def remarks(page: Page, area: Area) -> float:
    """A label with a paragraph under it or beginning beside it, often on ruled lines."""
    theme = page.theme
    y = area.top + theme.label.size
    asked = question_of(page.words) if page.chance(0.35) else ""
    if not asked:
        found = [label.text for label in labels_of(page.words, 8) if label.kind == "sentence"]
        asked = (
            found[0] if found else page.words.pick(("Comments", "Remarks", "Explanation", "Notes"))
        )
    lines = wrapped(page.label_text(asked), theme.label, area.width * 0.95)
    question = page.ask((area.left, y), "\n".join(lines))
    y += theme.label.line_px * (len(lines) - 1)
    beside = len(lines) == 1 and page.chance(0.3) and question.right < area.left + area.width * 0.4
    if beside:
        start = area._replace(left=question.right + 6, top=y)
        margin = area.left if page.chance(0.4) else start.left + 2
        return _long_answer(page, question, start, margin) + 4 if not page.blank() else y + 4
    step = (
        max(theme.value.line_px, page.between(14, 24))
        if theme.rule == "line"
        else theme.value.line_px
    )
    ruled = theme.rule == "line" and page.chance(0.7)
    count = page.count(2, 7)
    if ruled:
        for number in range(1, count + 1):
            level = y + number * step + 2.5
            page.sheet.rule((area.left, level), (area.right, level), 0.7)
    if page.blank():
        return y + (count if ruled else 2) * step
    indent = page.between(0, 30)
    text = wrapped(
        page.filled(prose(page.words, page.count(2, 5))), theme.value, area.width - indent - 4
    )
    text = text[: max(count, 1)]
    at = (area.left + indent, y + step)
    item = page.answer(at, text[0], question)
    for number, line in enumerate(text[1:], 2):
        continue_item(page, item, (area.left + indent, y + number * step), line)
    return y + max(len(text), count if ruled else 0) * step + 4


def _tab(page: Page, area: Area, labels: list[Label]) -> float | None:
    """Where the answers of a column begin; None where each follows its label."""
    if page.theme.placement in ("follow", "right"):
        return None
    widest = max((page.theme.label.length(label.text) for label in labels), default=60.0)
    reach = widest + page.between(16, 40)
    if page.theme.placement == "far":
        reach = max(reach, area.width * page.between(0.45, 0.6))
    return area.left + min(reach, area.width * 0.6)


def _rule(page: Page, area: Area) -> None:
    level = area.top + 2.5
    if page.theme.rule == "line":
        page.sheet.rule((area.left - 3, level), (area.right, level), 0.8)
    elif page.theme.rule == "dots":
        page.sheet.dots((area.left, area.top + 1), area.right, 6)
    elif page.theme.rule == "dashes":
        for x in range(round(area.left), round(area.right) - 4, 8):
            page.sheet.rule((x, level), (x + 5, level), 0.8)
