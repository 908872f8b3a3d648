"""Put what stands around a form: fax line, footers, serial numbers, stamps, signatures."""

from __future__ import annotations

from scripts.workshop.drawing_kit import Print, fitted, scribble
from scripts.workshop.synthetic_forms.grammar import titled
from scripts.workshop.synthetic_forms.invention import code, digits, letters
from scripts.workshop.synthetic_forms.page import Area, Page, cased
from scripts.workshop.synthetic_forms.phrases import STAMPS
from scripts.workshop.synthetic_forms.values import date, person, phone, time, title


def serial_number(page: Page) -> None:
    """The number an archive stamps on every page: up the edge or in a lower corner."""
    sheet = page.sheet
    text = digits(page.rng, page.count(8, 9))
    if page.chance(0.25):
        text = f"{letters(page.rng, page.count(1, 4))} {digits(page.rng, page.count(5, 7))}"
    style = Print(
        page.words.pick(("printer-bold", "grotesque-bold", "terminal-bold", "printer"))
        if page.words.style == "train"
        else "space-bold",
        page.between(13, 18),
    )
    edge = sheet.width - page.between(24, 46)
    if page.chance(0.6):
        y = page.between(0.55, 0.9) * sheet.height
        words = sheet.turned_ink((edge, y), text, style, page.words.pick((90, 90, -90)))
        sheet.add("other", words)
    else:
        y = sheet.height - page.between(28, 90)
        page.put((sheet.width - page.between(30, 110), y), text, style, "other", "right")


def fax_line(page: Page) -> None:
    """What a fax machine prints along the upper edge."""
    style = Print("printer" if page.words.style == "train" else "cascadia", page.between(8.5, 10.5))
    y = page.between(16, 26)
    x = page.between(22, 60)
    parts = [date(page.words).upper(), time(page.words), cased(page.words.company(), "upper")]
    parts += [
        phone(page.words),
        f"P.{page.count(1, 9):02d}" if page.chance(0.5) else f"NO.{page.count(100, 999)}",
    ]
    for text in parts[: page.count(3, 5)]:
        if x + style.length(text) > page.sheet.width - 24:
            break
        item = page.put((x, y), text, style, "other")
        x = item.right + page.between(16, 50)


def footer(page: Page, area: Area) -> None:
    """Form number, revision, company or page number in small print along the lower edge."""
    style = page.theme.small
    y = area.bottom + page.between(6, 16)
    texts = [
        f"Form {code(page.rng)}", page.words.company(),
        f"Rev. {page.count(1, 12)}/{page.count(60, 98)}",
        f"Page {page.count(1, 4)} of {page.count(4, 9)}", titled(page.words.compound()),
        f"{letters(page.rng, 3)}-{digits(page.rng, 3)}", f"-{page.count(1, 30)}-",
        f"{letters(page.rng, 3).lower()}/{letters(page.rng, 3).lower()}",
    ]  # fmt: skip
    left = fitted(page.words.pick(texts), style, area.width * 0.45)
    item = page.put((area.left, y), left, style, "other")
    if page.chance(0.45):
        right = fitted(page.words.pick(texts), style, area.right - item.right - 20)
        page.put((area.right, y), right, style, "other", "right")


def page_number(page: Page) -> None:
    """In a corner or in the middle of an edge."""
    sheet, style = page.sheet, page.theme.prose
    text = page.words.pick(("{}", "-{}-", "Page {}", "{}.", "- {} -")).format(page.count(1, 60))
    x = page.words.pick((sheet.width / 2, sheet.width - 60.0))
    y = page.words.pick((24.0, sheet.height - 22.0))
    page.put((x, y), text, style, "other", "center")


def stamp(page: Page) -> None:
    """A stamp somewhere, a little turned; a date under its word answers it."""
    face = (
        page.words.pick(("grotesque-bold", "times-bold", "dejavu-bold"))
        if page.words.style == "train"
        else "fira-bold"
    )
    style = Print(face, page.between(11, 24), ink=page.between(0.6, 1.0))
    center = (
        page.between(0.55, 0.8) * page.sheet.width,
        page.between(0.06, 0.9) * page.sheet.height,
    )
    angle = page.between(-8, 8)
    text = page.words.pick(STAMPS)
    sheet = page.sheet
    upper = sheet.add("other", sheet.turned_ink(center, text, style, angle))
    if page.chance(0.5):
        small = Print(face, style.size * 0.75, ink=style.ink)
        below = (center[0] + page.between(-4, 4), center[1] + style.size * 1.25)
        given = sheet.add("other", sheet.turned_ink(below, date(page.words).upper(), small, angle))
        if page.chance(0.6):
            upper.label, given.label = "question", "answer"
            sheet.link(upper, [given])


def signatures(page: Page, area: Area) -> float:
    """Lines to sign on, with who signs and when; the label beside or under the line."""
    theme = page.theme
    style = theme.label
    step = max(theme.line_px, 30.0)
    rows = min(page.count(1, 4), int((area.bottom - area.top) / step))
    y = area.top + max(22.0, style.size * 1.6)
    beside = page.chance(0.55)
    split = area.left + area.width * page.between(0.6, 0.72)
    dated = page.chance(0.75)
    texts = [
        "Signature",
        "Approved By",
        "Submitted By",
        "Authorized Signature",
        "Signed",
        "Witness",
    ]
    for _ in range(rows):
        text = page.words.pick(texts) if page.chance(0.6) else title(page.words)
        end = split - 16 if dated else area.right
        _signature(page, Area(area.left, y, end, y), text, beside=beside, filled=not page.blank())
        if dated:
            given = None if page.blank() else date(page.words)
            _signed_on(page, Area(split, y, area.right, y), given, beside=beside)
        y += step * (1.0 if beside else 1.5)
        if y > area.bottom - 14:
            break
    return y - step * 0.5


def _signature(page: Page, area: Area, text: str, *, beside: bool, filled: bool) -> None:
    theme, y = page.theme, area.top
    written = page.label_text(fitted(text, theme.label, area.width * 0.5), colon=beside)
    start = area.left
    if beside:
        question = page.ask((area.left, y), written)
        start = question.right + 6
    else:
        below = (area.left + page.between(0, area.width * 0.2), y + theme.label.size + 4)
        question = page.ask(below, written)
    page.sheet.rule((start, y + 2.5), (area.right, y + 2.5), 0.8)
    room = area.right - start
    if filled and room > 60:
        if page.chance(0.65):
            scribble(page.sheet, (start + 8, y), min(room * 0.6, 120.0))
        else:
            name = fitted(page.filled(person(page.words)), theme.value, room - 12)
            page.answer((start + page.between(2, 10), y - theme.lift), name, question)


def _signed_on(page: Page, area: Area, given: str | None, *, beside: bool) -> None:
    theme, y = page.theme, area.top
    text = page.label_text("Date", colon=beside)
    at = (area.left, y) if beside else (area.left + area.width * 0.3, y + theme.label.size + 4)
    question = page.ask(at, text)
    start = question.right + 5 if beside else area.left
    page.sheet.rule((start, y + 2.5), (area.right, y + 2.5), 0.8)
    if given is not None and area.right - start > 30:
        page.answer(
            (start + 4, y - theme.lift),
            fitted(page.filled(given), theme.value, area.right - start - 4),
            question,
        )
