"""The HTML report's view of one form, ready for its template: texts in pieces, boxes as paths.

Knows no HTML.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ocr_model.documents import decode_pages
from ocr_model.errors import DocumentError
from ocr_model.forms import Form, LabelledPair
from ocr_model.report.page_images import PagePicture, shrink_page
from ocr_model.report.page_overlay import (
    FATES,
    PlacedPair,
    overlay_fields,
    overlay_pairs,
    predicted_answers,
)
from ocr_model.report.pair_matching import Fate
from ocr_model.report.text_differences import TextPiece, differences
from ocr_model.schema import Box, Word
from ocr_model.scoring import FieldScores, Judged, answers_of, judged_fields, judged_of

_MAX_IMAGE_BYTES = 50_000_000
_MAX_IMAGE_PIXELS = 60_000_000
# Margin, so that a frame does not cross the letters inside.
_MARGIN_PX = 1.5


@dataclass(frozen=True, slots=True)
class ReportedForm:
    """A form, its row, its F1, and the fate of each pair; for a model with fields, of each field,
    with their scores.
    """

    form: Form
    row: Mapping[str, Any]
    f1: float
    pairs: Sequence[PlacedPair]
    scores: FieldScores | None = None

    @property
    def counts(self) -> dict[Fate, int]:
        """Pairs by fate, in the order of `FATES`."""
        counted = Counter(pair.fate for pair in self.pairs)
        return {fate: counted[fate] for fate in FATES}

    @property
    def lines(self) -> list[PairLine]:
        return [PairLine.of(pair) for pair in self.pairs]


def reported_form(
    form: Form,
    row: Mapping[str, Any],
    predictions: Any,
    f1: float,
    ocr_words: Sequence[Sequence[Word]] = (),
) -> ReportedForm:
    """Match and locate the pairs. `predictions` are the scored pairs; None after a failure.

    Predictions without a box are searched among the words of the OCR, page by page; without these,
    among the annotated words. A form without an annotation has no boxes: its pairs are only listed.
    """
    labelled = form.places or [LabelledPair(pair.question, pair.answer) for pair in form.pairs]
    read = predicted_answers(predictions, answers_of(row))
    return ReportedForm(form, row, f1, overlay_pairs(labelled, read, ocr_words or form.words))


def reported_fields(
    form: Form, row: Mapping[str, Any], f1: float, scores: FieldScores
) -> ReportedForm:
    """The same for a model with fields."""
    return ReportedForm(form, row, f1, overlay_fields(scores.compared), scores)


def judged_in(forms: Sequence[ReportedForm]) -> Judged:
    """Everything with a confidence that can be right or wrong."""
    scores = [one.scores for one in forms if one.scores is not None]
    if scores:
        return judged_fields(scores)
    return judged_of([one.row for one in forms], [one.form for one in forms])


@dataclass(frozen=True, slots=True)
class PairLine:
    """Truth and prediction in segments; None if there is no such text, or no confidence."""

    number: int
    fate: Fate
    drawn: bool
    question: list[TextPiece] | None
    read_question: list[TextPiece] | None
    answer: list[TextPiece] | None
    read_answer: list[TextPiece] | None
    confidence: float | None
    why: str = ""

    @classmethod
    def of(cls, pair: PlacedPair) -> PairLine:
        true, read = pair.reference, pair.prediction
        question, answer = (None, None) if true is None else (true.question, true.answer)
        read_question, read_answer = (None, None) if read is None else (read.question, read.answer)
        questions, answers = _texts(question, read_question), _texts(answer, read_answer)
        sure = None if read is None else read.confidence
        return cls(pair.number, pair.fate, pair.drawn, *questions, *answers, sure, pair.why)


def _texts(
    truth: str | None, prediction: str | None
) -> tuple[list[TextPiece] | None, list[TextPiece] | None]:
    if truth is not None and prediction is not None:
        return differences(truth, prediction)
    return _plain(truth), _plain(prediction)


def _plain(text: str | None) -> list[TextPiece] | None:
    return None if text is None else [TextPiece(text, differs=False)]


@dataclass(frozen=True, slots=True)
class PairOutline:
    """SVG paths of one pair in page pixels; its number is left of (x, y)."""

    number: int
    fate: Fate
    outline: str
    read_outline: str
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Sheet:
    """One page: its image and what is drawn on it, or the reason why there is no image."""

    number: int
    picture: PagePicture | None = None
    drawings: Sequence[PairOutline] = ()
    problem: str = ""


def sheets_of(reported: ReportedForm, picture_bytes: int) -> list[Sheet]:
    """Every page of the form; a form that cannot be decoded has one sheet that says so."""
    try:
        data = reported.form.image_path.read_bytes()
        pages = decode_pages(data, _MAX_IMAGE_BYTES, _MAX_IMAGE_PIXELS)
    except (DocumentError, OSError) as err:
        return [Sheet(1, problem=str(err))]
    return [
        Sheet(
            page.number,
            shrink_page(page.image, picture_bytes),
            [
                outline_of(pair)
                for pair in reported.pairs
                if pair.page == page.number and pair.drawn
            ],
        )
        for page in pages
    ]


def outline_of(pair: PlacedPair) -> PairOutline:
    """Frames around question and answer with a line between; separately where it was read."""
    boxes = [box for box in (pair.question_box, pair.answer_box) if box is not None]
    outline = "".join(map(_frame, boxes))
    if len(boxes) == 2:
        outline += _line(*boxes)
    read = "" if pair.read_box is None else _frame(pair.read_box)
    anchor = pair.answer_box or pair.question_box or pair.read_box or Box(0, 0, 0, 0)
    middle = (anchor.top + anchor.bottom) / 2
    return PairOutline(pair.number, pair.fate, outline, read, anchor.left, middle)


def _frame(box: Box) -> str:
    """Box(10, 20, 60, 32) -> "M8.5 18.5H61.5V33.5H8.5Z"."""
    left, top = box.left - _MARGIN_PX, box.top - _MARGIN_PX
    right, bottom = box.right + _MARGIN_PX, box.bottom + _MARGIN_PX
    return f"M{left:g} {top:g}H{right:g}V{bottom:g}H{left:g}Z"


def _line(one: Box, other: Box) -> str:
    """The shortest line between two frames; none if they overlap."""
    across = _between(one.left, one.right, other.left, other.right)
    down = _between(one.top, one.bottom, other.top, other.bottom)
    if across is None and down is None:
        return ""
    x, x_end = across or _shared(one.left, one.right, other.left, other.right)
    y, y_end = down or _shared(one.top, one.bottom, other.top, other.bottom)
    return f"M{x:g} {y:g}L{x_end:g} {y_end:g}"


def _between(low: float, high: float, other_low: float, other_high: float) -> Span | None:
    """From the end of one stretch to the start of the other; None if they overlap."""
    if high < other_low:
        return high + _MARGIN_PX, other_low - _MARGIN_PX
    if other_high < low:
        return low - _MARGIN_PX, other_high + _MARGIN_PX
    return None


def _shared(low: float, high: float, other_low: float, other_high: float) -> Span:
    """The middle of the overlap of both stretches, for a straight line."""
    middle = (max(low, other_low) + min(high, other_high)) / 2
    return middle, middle


Span = tuple[float, float]
