"""Compose pages: which blocks a kind of page is made of, and how they fill it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from scripts.workshop.synthetic_forms import boxes, checks, fields, groups, lists, margins, text
from scripts.workshop.synthetic_forms.matrices import matrix
from scripts.workshop.synthetic_forms.page import Area, Page, split_area
from scripts.workshop.synthetic_forms.style import PageKind
from scripts.workshop.synthetic_forms.tables import table

Block = Callable[[Page, Area], float]
Menu = Sequence[tuple[float, Block]]

_FIELDS: Menu = (
    (5, fields.field_rows), (1, fields.label_below), (1, lists.list_of_answers),
    (3, fields.remarks), (0.5, checks.check_lines), (0.4, checks.option_list),
    (0.6, text.paragraph), (0.8, text.note_line), (0.6, boxes.panel), (0.6, table),
    (1.2, groups.groups), (0.7, groups.stacked), (0.5, groups.items), (0.4, groups.inline_blanks),
    (0.4, groups.bare_codes), (0.4, groups.boxed_headings), (0.4, matrix),
    (0.3, lists.columns_of_answers),
)  # fmt: skip
_BOXES: Menu = (
    (5, boxes.boxed_cells), (2, boxes.big_box), (1.5, boxes.label_cells), (0.8, table),
    (0.7, checks.option_list), (0.4, checks.check_lines), (0.6, text.note_line),
    (0.4, text.paragraph), (0.8, groups.boxed_headings), (0.3, groups.items),
)  # fmt: skip
_TABLES: Menu = (
    (2.5, table), (2.5, matrix), (1, fields.field_rows), (0.8, text.note_line),
    (0.4, text.paragraph), (0.6, fields.remarks), (0.5, boxes.label_cells),
    (0.4, checks.grid_of_marks), (0.6, groups.groups), (0.5, groups.stacked), (0.4, groups.items),
)  # fmt: skip
_SURVEY: Menu = (
    (3, checks.check_lines), (3, checks.option_list), (2, checks.grid_of_marks),
    (1, fields.remarks), (1, fields.field_rows), (0.8, text.note_line),
    (0.8, text.numbered_instructions), (0.4, text.paragraph), (0.6, groups.groups),
    (0.4, groups.inline_blanks),
)  # fmt: skip
_FAX: Menu = (
    (3, fields.field_rows), (1, text.paragraph), (1, fields.remarks), (1, text.note_line),
    (0.6, checks.option_list), (1, groups.groups), (0.8, groups.inline_blanks),
    (0.5, lists.list_of_answers),
)  # fmt: skip
_SPARSE: Menu = (
    (3.5, fields.field_rows), (1, text.paragraph), (1, text.note_line), (1, fields.remarks),
    (0.6, text.numbered_instructions), (0.6, lists.list_of_answers), (0.5, fields.label_below),
    (1, groups.groups), (0.7, groups.stacked), (0.5, groups.inline_blanks), (0.5, groups.items),
    (0.4, groups.bare_codes),
)  # fmt: skip
_MIXED: Menu = (
    (2.5, fields.field_rows), (1.3, boxes.boxed_cells), (1.5, table), (1.7, fields.remarks),
    (0.6, checks.option_list), (0.6, checks.check_lines), (0.6, text.paragraph),
    (0.8, text.numbered_instructions), (0.7, fields.label_below), (0.7, lists.list_of_answers),
    (0.7, boxes.panel), (0.6, boxes.label_cells), (0.6, text.note_line), (0.4, boxes.big_box),
    (1.2, groups.groups), (0.8, groups.stacked), (0.5, groups.items), (0.5, groups.boxed_headings),
    (0.4, groups.inline_blanks), (0.3, groups.bare_codes), (1, matrix),
    (0.4, lists.columns_of_answers),
)  # fmt: skip

# How much of the page is used, at least and at most; headings before what share of the blocks.
_KINDS: dict[PageKind, tuple[Menu, tuple[float, float], float]] = {
    "fields": (_FIELDS, (0.7, 1.0), 0.22),
    "boxes": (_BOXES, (0.7, 1.0), 0.2),
    "table": (_TABLES, (0.6, 1.0), 0.25),
    "fax": (_FAX, (0.35, 0.8), 0.3),
    "sparse": (_SPARSE, (0.2, 0.5), 0.25),
    "survey": (_SURVEY, (0.6, 1.0), 0.35),
    "columns": (_FIELDS, (0.6, 1.0), 0.3),
    "mixed": (_MIXED, (0.8, 1.0), 0.28),
    "card": (_FIELDS, (0.3, 0.45), 0.2),
}  # fmt: skip


def compose(page: Page, kind: PageKind, area: Area) -> None:
    """Fill the whole page with one kind of form and what stands around it."""
    surround(page, area)
    if kind in ("letter", "notice"):
        _letter(page, area, with_fields=kind == "letter")
        return
    menu, (least, most), headings = _KINDS[kind]
    top = _head(page, area, kind)
    bottom = top + (area.bottom - top) * page.between(least, most)
    body = Area(area.left, top, area.right, bottom)
    if kind == "columns":
        top = fill(page, body._replace(bottom=top + (bottom - top) * 0.2), menu, headings)
        shares = [1.0, page.between(0.7, 1.3)]
        ends = [
            fill(page, column, menu, headings)
            for column in split_area(body.below(top), shares, page.between(16, 40))
        ]
        page.section = None
        top = max(ends)
    else:
        top = fill(page, body, menu, headings)
    _end(page, area.below(top))


def fill(page: Page, area: Area, menu: Menu, headings: float) -> float:
    """Blocks one under the other until the area is full; two of a kind rarely follow each other."""
    y = area.top
    before: Block | None = None
    gap = page.between(4, 26)
    for _ in range(30):
        if area.bottom - y < 40:
            break
        block = draw(page, menu)
        if block is before and page.chance(0.7):
            continue
        page.section = None if page.chance(0.35) else page.section
        if page.chance(headings) and area.bottom - y > 80:
            y = text.section_heading(page, area.below(y)) + page.between(2, 12)
        y = block(page, area.below(y)) + page.between(gap * 0.5, gap * 1.5)
        before = block
    return y


def draw(page: Page, menu: Menu) -> Block:
    left = page.between(0, sum(weight for weight, _ in menu))
    for weight, block in menu:
        left -= weight
        if left <= 0:
            return block
    return menu[-1][1]


def surround(page: Page, area: Area) -> None:
    if page.chance(0.62):
        margins.serial_number(page)
    if page.chance(0.5):
        margins.footer(page, area)
    if page.chance(0.12):
        margins.fax_line(page)
    elif page.chance(0.15):
        margins.page_number(page)
    if page.chance(0.1):
        margins.stamp(page)
    if page.chance(0.1):
        groups.stray_note(page)


def _head(page: Page, area: Area, kind: PageKind) -> float:
    y = area.top
    if kind == "fax" or page.chance(0.22):
        y = text.letterhead(page, area.below(y)) + page.between(4, 24)
    if page.chance(0.9):
        y = text.title(page, area.below(y)) + page.between(4, 26)
    if kind == "fax" or page.chance(0.12):
        y = text.memo_head(page, area.below(y)) + page.between(6, 24)
    if page.chance(0.1):
        y = text.note_line(page, area.below(y)) + page.between(2, 14)
    return y


def _end(page: Page, area: Area) -> None:
    """Signatures and a last note, where there is room left."""
    page.section = None
    y = area.top
    if page.chance(0.38) and area.bottom - y > 60:
        y = margins.signatures(page, area.below(y)) + page.between(8, 24)
    if page.chance(0.3) and area.bottom - y > 30:
        y = text.note_line(page, area.below(y))
    if page.chance(0.1) and area.bottom - y > 60:
        lists.list_of_answers(page, area.below(y + 10))


def _letter(page: Page, area: Area, *, with_fields: bool) -> None:
    y = text.letterhead(page, area) + page.between(10, 40) if page.chance(0.75) else area.top
    if with_fields and page.chance(0.6):
        y = text.memo_head(page, area.below(y)) + page.between(10, 30)
        for _ in range(page.count(1, 4)):
            if area.bottom - y > 60:
                y = text.paragraph(page, area.below(y)) + page.between(4, 14)
    else:
        y = text.letter(page, area.below(y))
    if with_fields and page.chance(0.4) and area.bottom - y > 120:
        y = fill(page, area.below(y)._replace(bottom=y + 120), _FAX, 0.1)
    if with_fields and page.chance(0.3) and area.bottom - y > 60:
        lists.list_of_answers(page, area.below(y))
