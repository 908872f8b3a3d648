"""Lay out choices: check lines, lists of boxes, matrices of options.

As FUNSD labels them: every option is a question, its mark is its answer, what is asked is the
header of its options. A mark is a typed X, which is a word, or a tick drawn into a box, which is
ink only; the option so ticked has the answer `☑` where its ink lies.
"""

from __future__ import annotations

from collections.abc import Sequence

from scripts.workshop.drawing_kit import TICKS, Item, Label, Print, tick, wrapped
from scripts.workshop.synthetic_forms.label_patterns import label_of, labels_of, question_of
from scripts.workshop.synthetic_forms.page import Area, Page, cased, split_area
from scripts.workshop.synthetic_forms.phrases import SCALES
from scripts.workshop.synthetic_forms.values import option, value


def check_lines(page: Page, area: Area) -> float:
    """Lines of `asked:  __Yes  X No`, mostly on the same scale in columns."""
    theme = page.theme
    y = area.top + theme.label.size
    same = page.chance(0.6)
    split = area.left + area.width * page.between(0.3, 0.5)
    scales = [s for s in SCALES if len(s) * _room(page, s) <= area.right - split]
    if not scales:
        return area.top
    scale = page.words.pick(scales)
    for _ in range(page.count(1, 6)):
        if y > area.bottom - 4:
            break
        options = scale if same else page.words.pick(scales)
        asked = question_of(page.words) if page.chance(0.3) else label_of(page.words).text
        lines = wrapped(page.label_text(asked), theme.label, split - area.left - 8)[:3]
        label: Label = "header" if page.chance(0.85) else "question"
        header = page.put((area.left, y), "\n".join(lines), theme.label, label)
        chosen = -1 if page.blank() else page.count(0, len(options) - 1)
        _options(page, header, area._replace(left=split, top=y), list(options), chosen)
        y += theme.line_px + theme.label.line_px * (len(lines) - 1)
    return y - theme.line_px + 8


def _room(page: Page, options: Sequence[str]) -> float:
    """Width of the widest option with its mark."""
    widest = max(page.theme.label.length(text.upper()) for text in options)
    return widest + page.theme.label.size * 2.4 + 10


def _options(page: Page, header: Item, area: Area, options: list[str], chosen: int) -> None:
    """Options in equal columns on one line; a header owns them."""
    need = _room(page, options)
    count = len(options)
    step = min(area.width / count, max(need, page.between(70, 130)))
    for index, text in enumerate(options):
        place = Area(
            area.left + index * step, area.top, area.left + (index + 1) * step, area.bottom
        )
        _option(page, header, place, text, ticked=index == chosen)


def _option(page: Page, header: Item | None, place: Area, text: str, *, ticked: bool) -> float:
    """Mark before the option, or after it; returns where it ends."""
    theme = page.theme
    style = theme.label
    blank = page.theme.mark == "typed"
    room = style.size * {"typed": 1.9, "paren": 1.5, "box": 1.1}[theme.mark]
    written = wrapped(cased(text, theme.label_case), style, max(20.0, place.width - room - 6))[0]
    after = theme.mark_after
    x_mark = place.left if not after else place.left + style.length(written) + 5
    if after and blank:
        # Typed marks stand in a column of their own, so that the typist need not search.
        x_mark = max(x_mark, min(place.right - room - 10, place.left + 120))
    item = page.put(
        (place.left if after else place.left + room + 2, place.top), written, style, "question"
    )
    if header is not None:
        page.sheet.link(header, [item])
    if blank:
        page.sheet.rule((x_mark, place.top + 2.5), (x_mark + room, place.top + 2.5), 0.8)
        if ticked:
            mark = page.words.pick(("X", "X", "x", "X", "XX"))
            at = (x_mark + room / 2, place.top - max(0.0, theme.lift))
            typed = theme.value if isinstance(theme.value, Print) else theme.label
            given = page.put(at, mark, typed, "answer", "center")
            page.sheet.link(item, [given])
    elif theme.mark == "paren":
        _parentheses(page, item, (x_mark, place.top), ticked=ticked)
    else:
        side = round(style.size * 0.8)
        page.sheet.frame((x_mark, place.top - side, x_mark + side, place.top), 0.9)
        if ticked:
            name = page.words.pick(tuple(TICKS))
            ticked_box = tick(page.sheet, (x_mark, place.top - side), side, name)
            page.sheet.link(item, [page.sheet.add("answer", [ticked_box])])
    return max(item.right, x_mark + room)


def _parentheses(page: Page, question: Item, at: tuple[float, float], *, ticked: bool) -> None:
    """`(X)`, or `( )` where nothing is chosen."""
    mark = page.words.pick(("(X)", "(x)", "( X )")) if ticked else "( )"
    given = page.put(at, mark, page.theme.label, "answer" if ticked else "other")
    if ticked:
        page.sheet.link(question, [given])


def option_list(page: Page, area: Area) -> float:
    """A heading over options in one to four columns; several may be marked."""
    theme = page.theme
    y = area.top + theme.label.size
    text = page.words.section() if page.chance(0.6) else label_of(page.words).text
    lines = wrapped(page.label_text(text), theme.label, area.width)
    header = page.put((area.left, y), "\n".join(lines), theme.label, "header")
    y += theme.label.line_px * len(lines) + 4
    columns = page.count(1, max(1, min(4, int(area.width / 130))))
    step = max(theme.label.line_px * 1.1, min(theme.line_px, 24))
    share = 0.0 if page.blank() else page.between(0.1, 0.8)
    for _ in range(page.count(1, 5) if page.chance(0.75) else page.count(6, 16)):
        if y > area.bottom:
            break
        for place in split_area(area._replace(left=area.left + 12, top=y), [1.0] * columns, 10.0):
            text = option(page.words)
            end = _option(page, header, place, text, ticked=page.chance(share))
            _specify(page, text, place._replace(left=end + 4))
        y += step
    return y - step + 8


def _specify(page: Page, text: str, place: Area) -> None:
    """`Other ______` leaves room to say what."""
    if text == "Other" and place.width > 30:
        page.sheet.rule((place.left, place.top + 2.5), (place.right, place.top + 2.5), 0.8)


def grid_of_marks(page: Page, area: Area) -> float:
    """Row labels against column headings, an X where they meet: both are its questions."""
    theme = page.theme
    scale = list(page.words.pick(SCALES)) if page.chance(0.6) else [
        option(page.words) for _ in range(page.count(2, 5))
    ]  # fmt: skip
    if area.bottom - area.top < 60:
        return area.top
    split = area.left + area.width * page.between(0.35, 0.5)
    places = split_area(area._replace(left=split), [1.0] * len(scale), 0.0)
    places = [p._replace(right=min(p.right, p.left + 110)) for p in places]
    y = area.top + theme.label.size
    headings = []
    for place, text in zip(places, scale, strict=True):
        written = wrapped(cased(text, theme.label_case), theme.label, place.width - 4)[0]
        headings.append(page.ask(((place.left + place.right) / 2, y), written, align="center"))
    step = max(theme.label.line_px * 1.15, min(theme.line_px, 26))
    ruled = page.chance(0.5)
    skip = page.blank()
    for label in labels_of(page.words, page.count(2, 8)):
        y += step
        if y > area.bottom:
            break
        text = wrapped(page.label_text(label.text), theme.label, split - area.left - 6)[0]
        row = page.ask((area.left, y), text)
        if ruled:
            page.sheet.rule((area.left, y + 4), (places[-1].right, y + 4), 0.6)
        if skip or page.chance(0.1):
            continue
        column = page.count(0, len(scale) - 1)
        middle = (places[column].left + places[column].right) / 2
        mark = page.words.pick(("X", "X", "x")) if page.chance(0.8) else value(page.words, "number")
        item = page.answer((middle, y), mark, row, "center")
        page.sheet.link(headings[column], [item])
    return y + 8
