"""A document prepared for review: its pages, their words, and the boxes of the answers."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Protocol

from PIL import Image

from ocr_model.documents import Limits, box_before, encode_page, open_document, square_pixels
from ocr_model.errors import ConfigError, DocumentError
from ocr_model.grounding import place_pairs
from ocr_model.ocr import WordReader
from ocr_model.review.record import Review, ReviewAnswer, ReviewPage, ReviewQuestion, ReviewWord
from ocr_model.review.work_list import Item, KeptDocument
from ocr_model.schema import Box, Page, Word

LIMITS = Limits(100_000_000, 50_000_000)
# More pixels than a screen shows, so that a person can zoom in.
_SHOWN_SIDE_PX = 2200
_SHOWN_QUALITY = 82
MOST_PAGES = 100
# Margin around a drawn box, so that the OCR sees whole letters.
_AROUND_PX = 6

_BoxOfRecord = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Offer:
    """The text read in a box that a person drew; `note` says why there is none."""

    text: str
    box: _BoxOfRecord
    note: str | None = None


_NO_OCR = (
    "No words are read here: the embedded OCR is not installed (pip install 'ocr_model[local]')."
)
_reader_lock = threading.Lock()


class Words(Protocol):
    """Reads the words of an image, in its pixels."""

    def read_words(self, image: Image.Image) -> list[Word]: ...


def word_reader() -> Words | None:
    """None if the packages of the extra `local` are not installed."""
    with _reader_lock:  # takes a second to build, and several threads may ask at once
        return _made_reader()


@cache
def _made_reader() -> Words | None:
    try:
        return WordReader()
    except ConfigError:
        return None


@dataclass(frozen=True, slots=True)
class Preparation:
    """How documents are opened, and what reads their words."""

    limits: Limits = LIMITS
    reader: Callable[[], Words | None] = word_reader


@dataclass(frozen=True, slots=True)
class PreparedDocument:
    """The bytes of a document and its review as the model left it, version 0.

    `note` says what could not be done: pages without words because a package is missing.
    """

    review: Review
    data: bytes = field(repr=False)
    preparation: Preparation
    note: str | None = None

    def picture(self, number: int) -> bytes:
        """A page as a JPEG for the screen, with square pixels.

        Raises:
            DocumentError: it cannot be rendered.
        """
        page = square_pixels(self._page(number), self.preparation.limits.max_page_pixels)
        return encode_page(page.image, _SHOWN_SIDE_PX, "jpeg", _SHOWN_QUALITY).data

    def words_in(self, page: ReviewPage, box: _BoxOfRecord) -> Offer:
        """The words within a box of a page; if there are none yet, the box is read now."""
        found = [word for word in page.words if Box(*box).holds_middle(Box(*word.box))]
        if found:
            place = Box.around(Box(*word.box) for word in found)
            return Offer(" ".join(word.text for word in found), place)
        reader = self.preparation.reader()
        if reader is None:
            return Offer("", box, _NO_OCR)
        sent = self._page(page.number)
        left, top, right, bottom = map(round, box)
        around = left - _AROUND_PX, top - _AROUND_PX, right + _AROUND_PX, bottom + _AROUND_PX
        cut = replace(sent, image=sent.image.crop(around), printed=None, ticks=())
        squared = square_pixels(cut, self.preparation.limits.max_page_pixels)
        return Offer(" ".join(word.text for word in reader.read_words(squared.image)), box)

    def _page(self, number: int) -> Page:
        with closing(open_document(self.data, self.preparation.limits)) as source:
            return source.read(number)


_AS_IS = Preparation()


def prepare(
    item: Item,
    model_uri: str | None,
    earlier: Review | None = None,
    preparation: Preparation = _AS_IS,
) -> PreparedDocument:
    """Read the words of a document, and locate answers without a box among them.

    `earlier` is its record if it was reviewed before: words in it are not read again.

    Raises:
        DatasetError: its pages are not where they were.
        DocumentError: it is not a document, or over a limit.
        OSError: its file cannot be read.
    """
    kept = item.document()
    if earlier is not None and all(page.words for page in earlier.pages):
        return PreparedDocument(earlier, kept.data, preparation)
    pages, note = _pages_of(kept.data, preparation)
    if earlier is not None:
        review = earlier.model_copy(update={"pages": pages})
    else:
        review = _as_read(item, model_uri, kept, pages)
    return PreparedDocument(review, kept.data, preparation, note)


def _as_read(
    item: Item, model_uri: str | None, kept: KeptDocument, pages: tuple[ReviewPage, ...]
) -> Review:
    reading = item.reading
    before = () if reading is None else tuple(reading.questions)
    asked = reading is None or reading.kind == "pairs"
    before = _placed(_within(before, pages, kept), pages, asked=asked)
    return Review(
        document_id=item.document_id,
        name=item.name,
        sha256=hashlib.sha256(kept.data).hexdigest(),
        file=item.file,
        kind="pairs" if reading is None else reading.kind,
        model_uri=(reading.model_uri if reading is not None else None) or model_uri,
        trace_id=None if reading is None else reading.trace_id,
        outcome=None if reading is None else reading.outcome,
        error=None if reading is None else reading.error,
        pages=pages,
        before=before,
        questions=before,
    )


def _pages_of(data: bytes, preparation: Preparation) -> tuple[tuple[ReviewPage, ...], str | None]:
    """The pages that can be rendered, and a note on the others."""
    reader, limits, notes = preparation.reader(), preparation.limits, []
    if reader is None:
        notes.append(_NO_OCR)
    pages = []
    with closing(open_document(data, limits)) as source:
        numbers = [n for n in range(1, source.page_count + 1) if n not in source.left_out]
        if len(numbers) > MOST_PAGES:
            notes.append(f"The first {MOST_PAGES} of its {len(numbers)} pages are shown.")
        for number in numbers[:MOST_PAGES]:
            try:
                pages.append(_read_page(source.read(number), reader, limits))
            except DocumentError as err:
                if len(numbers) == 1:
                    raise
                notes.append(f"Page {number} cannot be shown: {err}")
    return tuple(pages), " ".join(notes) or None


def _read_page(page: Page, reader: Words | None, limits: Limits) -> ReviewPage:
    """Read it as a model would; words in pixels of the page as it was sent."""
    squared = square_pixels(page, limits.max_page_pixels)
    words = () if reader is None else reader.read_words(squared.image)
    width, height = page.image.size
    return ReviewPage(
        number=page.number,
        width=width,
        height=height,
        words=tuple(
            ReviewWord(
                text=word.text,
                box=_rounded(box_before(word.box, squared, page)),
                confidence=word.confidence,
            )
            for word in words
            if word.text.strip()
        ),
    )


def _rounded(box: Box) -> _BoxOfRecord:
    left, top, right, bottom = box
    return round(left, 1), round(top, 1), round(right, 1), round(bottom, 1)


def _within(
    questions: Sequence[ReviewQuestion], pages: Sequence[ReviewPage], kept: KeptDocument
) -> tuple[ReviewQuestion, ...]:
    """Boxes in pixels of the stored images, which may be smaller than those read, clipped to their
    page.
    """
    sizes = dict(enumerate(kept.sizes, start=1))
    by_number = {page.number: page for page in pages}

    def placed(answer: ReviewAnswer) -> ReviewAnswer:
        page = by_number.get(answer.page or 0)
        if answer.box is None or page is None:
            return answer.model_copy(update={"box": None})
        across, down = sizes.get(page.number, (page.width, page.height))
        x, y = page.width / across, page.height / down
        left, top, right, bottom = answer.box
        box = _clamped((left * x, top * y, right * x, bottom * y), page)
        return answer.model_copy(update={"box": box})

    return tuple(
        question.model_copy(update={"answers": tuple(map(placed, question.answers))})
        for question in questions
    )


def _clamped(box: _BoxOfRecord, page: ReviewPage) -> _BoxOfRecord | None:
    """None if no part of it is on the page."""
    left, top, right, bottom = box
    left, top = max(0.0, left), max(0.0, top)
    right, bottom = min(float(page.width), right), min(float(page.height), bottom)
    return (left, top, right, bottom) if left < right and top < bottom else None


def _placed(
    questions: Sequence[ReviewQuestion], pages: Sequence[ReviewPage], *, asked: bool
) -> tuple[ReviewQuestion, ...]:
    """Locate each answer without a box, and each question, unless it is not `asked` on the page, as
    the name of a field is not.

    Anything without a page number is searched on the first page.
    """
    placed = {question.id: question for question in questions}
    for page in pages:
        words = [Word(word.text, Box(*word.box), word.confidence or 0.0) for word in page.words]
        here = [
            (question, answer)
            for question in questions
            for answer in (question.answers or (None,))
            if ((answer.page if answer else None) or question.page or 1) == page.number
        ]
        pairs = [(question.text, answer.text if answer else None) for question, answer in here]
        for (question, answer), found in zip(here, place_pairs(pairs, words), strict=True):
            known = placed[question.id]
            if asked and known.box is None and found.question is not None:
                known = known.model_copy(
                    update={"page": page.number, "box": _clamped(found.question, page)}
                )
            if answer is not None and answer.box is None and found.answer is not None:
                place = {"page": page.number, "box": _clamped(found.answer, page)}
                answers = tuple(
                    a.model_copy(update=place) if a.id == answer.id else a for a in known.answers
                )
                known = known.model_copy(update={"answers": answers})
            placed[question.id] = known
    return tuple(placed.values())
