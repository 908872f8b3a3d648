"""Lay out what belongs to no pair: letterheads, titles, paragraphs, notes; and memo heads."""

from __future__ import annotations

from scripts.workshop.drawing_kit import EMBLEMS, Align, Label, emblem, fitted, wrapped
from scripts.workshop.synthetic_forms.grammar import titled
from scripts.workshop.synthetic_forms.lists import answer_lines
from scripts.workshop.synthetic_forms.page import Area, Page, cased
from scripts.workshop.synthetic_forms.phrases import Kind
from scripts.workshop.synthetic_forms.values import (
    date,
    instruction,
    phone,
    prose,
    sentence,
    street,
    town,
    value,
)


def lines_of(page: Page, area: Area, text: str, label: Label, align: Align = "left") -> float:
    """A paragraph of the theme's prose as one entity; returns its last baseline."""
    style = page.theme.prose
    most = max(1, int((area.bottom - area.top) / style.line_px))
    lines = wrapped(text, style, area.width)[:most]
    x = {"left": area.left, "center": (area.left + area.right) / 2, "right": area.right}[align]
    page.put((x, area.top + style.size), "\n".join(lines), style, label, align)
    return area.top + style.size + style.line_px * (len(lines) - 1)


def letterhead(page: Page, area: Area) -> float:
    """Company, sometimes its emblem, address lines."""
    theme = page.theme
    name = cased(page.words.company(), page.words.pick(("upper", "title")))
    align: Align = page.words.pick(("center", "center", "left"))
    x = area.left if align == "left" else (area.left + area.right) / 2
    if page.chance(0.3):
        side = page.between(30, 60)
        emblem(page.sheet, (area.left, area.top), side, page.words.pick(tuple(EMBLEMS)))
        x += side + 10 if align == "left" else 0
    y = area.top + theme.title.size
    page.put(
        (x, y),
        fitted(name, theme.title, area.right - x if align == "left" else area.width),
        theme.title,
        "header",
        align,
    )
    small = theme.small
    below = [street(page.words), town(page.words), phone(page.words)][: page.count(0, 3)]
    if below and page.chance(0.5):
        page.put((x, y + small.line_px), "\n".join(below), small, "other", align)
        return max(y + small.line_px * len(below) + 6, area.top + 20)
    for text in below:
        y += small.line_px
        page.put((x, y), text, small, "other", align)
    return max(y + 6, area.top + 20)


def title(page: Page, area: Area) -> float:
    """The form's name, one to three lines, sometimes framed, with a note under it."""
    theme = page.theme
    text = cased(page.words.form_title(), theme.title_case)
    room = area.width * page.between(0.28, 0.75)
    lines = wrapped(text, theme.title, room)[:3]
    if page.chance(0.14):
        # The company over the form's name, all of it one heading.
        firm = cased(page.words.company(), theme.title_case)
        lines = [fitted(firm, theme.title, area.width), *lines]
    align: Align = page.words.pick(("center", "center", "center", "left"))
    x = (area.left + area.right) / 2 if align == "center" else area.left
    y = area.top + theme.title.size
    item = page.put((x, y), "\n".join(lines), theme.title, "header", align)
    bottom = y + theme.title.line_px * (len(lines) - 1)
    if page.chance(0.25):
        page.underline(item, bottom)
    if page.chance(0.2):
        page.section = item
    if page.chance(0.25):
        bottom += theme.prose.line_px + 2
        note = page.words.note() if page.chance(0.7) else f"({page.words.compound()})"
        at = (x, bottom)
        page.put(
            at,
            fitted(
                cased(note, page.words.pick(("title", "upper", "title"))), theme.prose, area.width
            ),
            theme.prose,
            page.words.pick(("other", "header")),
            align,
        )
    return bottom + 8


def section_heading(page: Page, area: Area) -> float:
    theme = page.theme
    text = fitted(page.words.section(), theme.heading, area.width * 0.9)
    y = area.top + theme.heading.size
    centered = page.chance(0.2)
    if page.chance(0.12):
        number = page.words.pick(
            ("I.", "II.", "III.", "A.", "B.", "C.", "1.", "2.", "PART I", "PART A")
        )
        text = f"{number} {text}"
    if centered:
        page.heading(((area.left + area.right) / 2, y), text, "center")
    else:
        item = page.heading((area.left, y), text)
        if page.chance(0.12):
            note = page.words.note()
            if item.right + theme.small.length(note) + 8 < area.right:
                page.put(
                    (item.right + 8, y), note, theme.small, page.words.pick(("other", "header"))
                )
    if page.chance(0.12):
        page.sheet.rule((area.left, y + 5), (area.right, y + 5), theme.box_weight)
    return y + 6


def paragraph(page: Page, area: Area) -> float:
    """Text that asks for nothing; more than one paragraph are entities of their own."""
    y = area.top
    for _ in range(page.words.pick((1, 1, 1, 2))):
        if y > area.bottom - 20:
            break
        write = instruction if page.chance(0.5) else sentence
        text = " ".join(write(page.words) for _ in range(page.words.pick((1, 1, 1, 2))))
        y = lines_of(page, area.below(y), text, "other") + page.theme.prose.line_px
    return y


def numbered_instructions(page: Page, area: Area) -> float:
    """Instructions in a list; the numbers are entities of their own about as often as not."""
    apart = page.chance(0.5)
    y = area.top
    style = page.theme.prose
    form = page.words.pick(("{}.", "{})", "({})", "-", "*"))
    for number in range(1, page.count(2, 5) + 1):
        if y > area.bottom - 20:
            break
        mark, text = form.format(number), instruction(page.words)
        indent = style.length(mark) + 10
        inner = area._replace(left=area.left + indent, top=y)
        if apart:
            page.put((area.left, y + style.size), mark, style, "other")
            y = lines_of(page, inner, text, "other")
        else:
            y = lines_of(page, area.below(y), f"{mark} {text}", "other")
        y += style.line_px * page.between(0.6, 1.4)
    return y


def note_line(page: Page, area: Area) -> float:
    text = page.words.note() if page.chance(0.4) else instruction(page.words)
    if page.chance(0.25):
        text = text.upper()
    if page.chance(0.2):
        text = f"* {text}"
    align: Align = page.words.pick(("left", "left", "center"))
    return lines_of(page, area, text, "other", align) + 6


def memo_head(page: Page, area: Area) -> float:
    """TO, FROM, DATE, SUBJECT; more than one addressee stand below one another."""
    theme = page.theme
    rows: list[tuple[str, Kind]] = [("TO", "person"), ("FROM", "person"), ("DATE", "date")]
    rows += [(page.words.pick(("SUBJECT", "RE", "SUBJ.")), "words")]
    if page.chance(0.4):
        rows.insert(
            page.count(1, 3),
            (page.words.pick(("CC", "COPIES", "COMPANY", "FAX NO.", "PHONE")), "person"),
        )
    if page.chance(0.4):
        page.rng.shuffle(rows)
    tab = area.left + page.between(70, 120)
    colon = ":" if page.chance(0.85) else ""
    y = area.top + theme.label.size
    step = max(theme.label.line_px, min(theme.line_px, 34))
    for name, kind in rows:
        text = name if page.chance(0.8) else titled(name.lower())
        question = page.ask((area.left, y), text + colon)
        given = 0 if page.chance(theme.blank * 0.4) else 1
        given += page.count(1, 3) if name in ("TO", "CC") and page.chance(0.25) else 0
        texts = [page.filling(kind, theme.value, area.right - tab - 4) for _ in range(given)]
        place = area._replace(left=tab, top=y)
        answer_lines(page, question, place, texts, theme.value.line_px, whole=page.chance(0.4))
        y += step + theme.value.line_px * (given if given > 1 else 0)
    if page.chance(0.35):
        page.sheet.rule((area.left, y - step / 2), (area.right, y - step / 2), theme.box_weight)
    return y - step * 0.3


def letter(page: Page, area: Area) -> float:
    """Date, inside address, salutation, paragraphs, close: hardly a pair in it."""
    theme, y = page.theme, area.top
    style = theme.prose
    far = area.left + area.width * page.words.pick((0.0, 0.55, 0.6))
    y = lines_of(page, area._replace(left=far), date(page.words), "other") + style.line_px * 2
    y = address_block(page, area.below(y)) + style.line_px
    if page.chance(0.35):
        at = (area.left, y + style.size)
        question = page.ask(at, page.words.pick(("Re:", "RE:", "Subject:", "Ref:")), style)
        text = fitted(value(page.words, "words"), style, area.width * 0.6)
        item = page.put((question.right + 8, at[1]), text, style, "answer")
        page.sheet.link(question, [item])
        y += style.line_px * 2
    dear = page.words.pick(("Dear Mr. {}:", "Dear Ms. {}:", "Dear {}:", "Gentlemen:"))
    y = lines_of(page, area.below(y), dear.format(page.words.last_name()), "other") + style.line_px
    for _ in range(page.count(1, 4)):
        if y > area.bottom - 120:
            break
        text = prose(page.words, page.count(1, 5))
        y = (
            lines_of(page, area.below(y)._replace(bottom=area.bottom - 70), text, "other")
            + style.line_px
        )
    return closing(page, area.below(y))


def address_block(page: Page, area: Area) -> float:
    style = page.theme.prose
    lines = [
        value(page.words, "person"),
        page.words.company(),
        street(page.words),
        town(page.words),
    ]
    lines = [fitted(line, style, area.width) for line in lines[page.count(0, 1) :]]
    page.put((area.left, area.top + style.size), "\n".join(lines), style, "other")
    return area.top + style.size + style.line_px * len(lines)


def closing(page: Page, area: Area) -> float:
    left = area.left + area.width * page.words.pick((0.0, 0.5, 0.55))
    if area.bottom - area.top < 60:
        return area.top
    text = page.words.pick(("Sincerely,", "Yours truly,", "Very truly yours,", "Best regards,"))
    y = lines_of(page, area._replace(left=left), text, "other") + page.between(28, 50)
    signed = value(page.words, "person")
    return lines_of(page, area._replace(left=left, top=y), signed, "other") + 10
