"""The embedded OCR as engines use it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from ocr_model.engines.printed import Doubt, read_printed
from ocr_model.engines.steps import step
from ocr_model.grounding import Ink, Pen
from ocr_model.linker import TICKED
from ocr_model.ocr import PageReader, Reading, WordReader
from ocr_model.schema import Answer, Box, Page, Quality, UprightPage, Word

# Share of the lines of a page. Typed and handwritten forms usually have 0.01 and at most 0.19;
# print in a script that the recogniser was not trained on has 0.77 to 1.
_MOSTLY_READ = 0.3


def read_words(
    reader: PageReader, page: Page, between: Callable[[], None] = lambda: None
) -> Reading:
    """The words of a page; the trace gets only their number.

    `between` is called between the steps of a large page; an exception from it ends the reading.
    """
    with step("read_words") as facts:
        reading = _reading_of(page, reader, between)
        facts["words"] = len(reading.words)
        facts |= {"turned_deg": reading.turn_deg} if reading.turn_deg else {}
        facts |= {"skew_deg": round(reading.skew_deg, 1)} if reading.skew_deg else {}
        facts |= {"text_source": reading.text_source} if reading.text_source != "pixels" else {}
    return reading


def _reading_of(page: Page, reader: PageReader, between: Callable[[], None]) -> Reading:
    """Read from the text of the document where the rendered page confirms it."""
    if page.printed is None or not isinstance(reader, WordReader):
        return reader.read(page.image, between)
    try:
        return read_printed(page, page.printed, reader)
    except Doubt as why:
        return replace(reader.read(page.image, between), notes=why.args)


def words_and_ticks(reading: Reading, page: Page) -> list[Word]:
    """The words, with a tick mark for each box that is ticked according to the document, in place
    of what the OCR read there; a word that was read together with its box stays.
    """
    words = list(reading.words)
    # A page that was rotated for reading has its words elsewhere; rendered pages are upright.
    if reading.image is not page.image:
        return words
    for box in page.ticks:
        inside = [word for word in words if _covers(box, word.box)]
        if not any(_covers(word.box, box) for word in words if word not in inside):
            words = [word for word in words if word not in inside] + [Word(TICKED, box, 1.0)]
    return words


def _covers(box: Box, other: Box) -> bool:
    """Whether the centre of the other is inside."""
    x, y = (other.left + other.right) / 2, (other.top + other.bottom) / 2
    return box.left < x < box.right and box.top < y < box.bottom


def notes_of(reading: Reading, page_number: int) -> tuple[str, ...]:
    """Notes on how a page was read, for its row."""
    notes = [f"page {page_number}: {note}" for note in reading.notes]
    if reading.turn_deg:
        notes.append(f"page {page_number} read turned by {reading.turn_deg} degrees")
    if reading.skew_deg:
        notes.append(f"page {page_number} read straightened by {abs(reading.skew_deg):.1f} degrees")
    if is_doubtful(reading):
        notes.append(
            f"page {page_number}: {reading.unsure_share:.0%} of its text could not be read surely: "
            "a script that the OCR does not know, or a bad scan"
        )
    return tuple(notes)


def is_doubtful(reading: Reading) -> bool:
    """Whether so little of a page could be read that a person should check it."""
    return reading.unsure_share > _MOSTLY_READ


def pen_for(reading: Reading) -> Pen:
    return Pen.for_page(Ink(reading.image), [word.box for word in reading.words])


def quality_of(reading: Reading, pen: Pen, page_number: int) -> Quality:
    """How readable the page was, in pixels of the original page."""
    height = pen.letter_height or None
    if height is not None and (straightened := reading.straightening) is not None:
        height /= straightened.scale
    return Quality(
        page_number,
        reading.text_source,
        letter_height_px=None if height is None else round(height, 1),
        skew_deg=None if reading.slope_deg is None else round(reading.slope_deg, 2),
        unsure_share=round(reading.unsure_share, 4),
    )


def answers_as_given(answers: Sequence[Answer], reading: Reading, pen: Pen) -> tuple[Answer, ...]:
    """Answers with boxes around the letters, mapped from the upright page to the original one."""
    return tuple(
        answer
        if answer.box is None
        else replace(answer, box=reading.box_as_given(pen.around(answer.box)))
        for answer in answers
    )


def upright_page(
    page: Page,
    linked: Sequence[Answer],
    as_given: Sequence[Answer],
    words: Sequence[Word],
    reading: Reading,
    pen: Pen,
) -> UprightPage:
    """The upright page, for finding fields; without its image."""
    places = {word.box: reading.box_as_given(pen.around(word.box)) for word in words}
    for answer, given in zip(linked, as_given, strict=True):
        if answer.box is not None and given.box is not None:
            places[answer.box] = given.box
    return UprightPage(page.number, tuple(linked), tuple(words), places)
