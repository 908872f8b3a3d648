"""Page image -> words with boxes, by PP-OCRv6 on the CPU; nothing is downloaded.

Knows nothing of forms: which words belong together is decided in `linker`.
"""

from __future__ import annotations

import math
import re
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np
from PIL import Image

from ocr_model.ocr.line_crops import Crop, Detection
from ocr_model.ocr.orientation import (
    CLEAR,
    box_before_turn,
    is_clearer,
    lies_sideways,
    mean_confidence,
    probes_of,
    turn_image,
    upside_down,
)
from ocr_model.ocr.process import usable_cores
from ocr_model.ocr.skew import Straightening, slope_of, straightening_of
from ocr_model.ocr.sureness import unsure_share
from ocr_model.ocr.text_lines import Line, LineReader, Piece, Quad
from ocr_model.schema import Box, OcrRuntime, TextSource, Word

# Chinese, Japanese and Korean come one character a piece, which is no word.
_IDEOGRAPH = re.compile(r"[\u3000-\u30ff\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff\uff00-\uffef]")


@dataclass(frozen=True, slots=True)
class Reading:
    """The words of a page, in the pixels of `image`: the page as given, turned by `turn_deg` and
    then straightened.

    `turn_deg` counts clockwise; 0 where the page was upright. `slope_deg` is by how much the lines
    of the upright page fall to the right, None where they do not agree. `unsure_share` is that of
    its lines, by length, that were read unsurely or hardly at all; `length` is that of all of them,
    in their heights. `text_source` is where the words come from, `notes` what is to be said of it.
    """

    words: list[Word]
    image: Image.Image
    turn_deg: int
    straightening: Straightening | None = None
    unsure_share: float = 0.0
    slope_deg: float | None = None
    length: float = 0.0
    text_source: TextSource = "pixels"
    notes: tuple[str, ...] = ()

    @property
    def skew_deg(self) -> float:
        """By how much the lines of the upright page fall to the right; 0 where it was left so."""
        return 0.0 if self.straightening is None else self.straightening.slope_deg

    def box_as_given(self, box: Box) -> Box:
        """A box in the pixels of the page as it was given; on a skewed page, around it."""
        size = self.image.size
        if self.straightening is not None:
            box = self.straightening.box_before(box)
            size = self.straightening.width, self.straightening.height
        width, height = size if self.turn_deg in (0, 180) else (size[1], size[0])
        return box_before_turn(box, self.turn_deg, width, height)


class PageReader(Protocol):
    """Reads the words of a page. Safe to call from many threads at once.

    `between` is called between the steps of a large page, by any thread; what it raises ends it.
    """

    def read(self, image: Image.Image, between: Callable[[], None] = ...) -> Reading: ...


class WordReader:
    """Reads the words of page images. Safe to call from many threads at once.

    A page for every two cores is read at a time, its lines side by side; others wait. On two cores
    two pages at once were hardly faster and took 150 MB more. `notes` belong in every row.

    Raises:
        ConfigError: the OCR packages or the weights inside them are missing.
    """

    def __init__(self, runtime: OcrRuntime = "onnxruntime") -> None:
        self._lines = LineReader(runtime)
        self.notes = self._lines.notes
        self._pages = threading.BoundedSemaphore(max(1, usable_cores() // 2))

    def read_words(self, image: Image.Image) -> list[Word]:
        """Words of an RGB image, in reading order; boxes in its pixels, whichever way up it is."""
        reading = self.read(image)
        return [replace(word, box=reading.box_as_given(word.box)) for word in reading.words]

    def read(self, image: Image.Image, between: Callable[[], None] = lambda: None) -> Reading:
        """Words of an RGB image, turned upright and straightened; lines from top to bottom.

        An upright page costs nothing more, as long as it is read surely; a skewed one is drawn
        anew, for those who look at it, and read as it lies.
        """
        with self._pages:
            detection = self._lines.detect(image, between)
            turn_deg = self._turn_of_sideways(detection)
            lines = [] if turn_deg else self._recognise(detection, between)
            turn_deg = turn_deg or self._turn_of_doubtful(detection, lines)
            if turn_deg:
                image = turn_image(image, turn_deg)
                detection = self._lines.detect(image, between)
                lines = self._recognise(detection, between)
            runs = list(self._lines.place(detection, lines))
            straightening = straightening_of(detection.quads, *image.size)
            if straightening is not None:
                image = straightening.straighten(image)
        around = _box if straightening is None else straightening.box_straight
        words = [word for run in runs for word in words_of_run(*run, around)]
        unsure = unsure_share(lines, detection.aspects)
        slope, length = slope_of(detection.quads), sum(detection.aspects)
        return Reading(words, image, turn_deg, straightening, unsure, slope, length)

    def recognise(self, image: Image.Image, boxes: Sequence[Box]) -> list[Line]:
        """What is written in each of these boxes, without looking for lines."""
        crops = [_cut_out(image, box) for box in boxes]
        with self._pages:
            return self._lines.recognise(crops, [c.shape[1] / c.shape[0] for c in crops])

    def _recognise(self, detection: Detection, between: Callable[[], None]) -> list[Line]:
        return self._lines.recognise(detection.crops, detection.aspects, between)

    def _turn_of_sideways(self, detection: Detection) -> int:
        """Crops of lines that run up or down come turned to the left, which is 270 clockwise."""
        if not lies_sideways(detection.quads):
            return 0
        probes = probes_of(detection.aspects)
        crops, aspects = _of(detection, probes)
        left = self._lines.recognise(crops, aspects)
        right = self._lines.recognise([upside_down(crop) for crop in crops], aspects)
        if is_clearer(left, right):
            return 270
        return 90 if is_clearer(right, left) else 0

    def _turn_of_doubtful(self, detection: Detection, lines: list[Line]) -> int:
        if mean_confidence(lines) >= CLEAR:
            return 0
        probes = probes_of(detection.aspects)
        crops, aspects = _of(detection, probes)
        turned = self._lines.recognise([upside_down(crop) for crop in crops], aspects)
        return 180 if is_clearer(turned, [lines[i] for i in probes]) else 0


def _of(detection: Detection, indices: Sequence[int]) -> tuple[list[Crop], list[float]]:
    return [detection.crops[i] for i in indices], [detection.aspects[i] for i in indices]


def _cut_out(image: Image.Image, box: Box) -> Crop:
    """In the order of colours that the networks were taught."""
    around = (
        math.floor(box.left),
        math.floor(box.top),
        math.ceil(box.right),
        math.ceil(box.bottom),
    )
    return np.ascontiguousarray(np.asarray(image.crop(around))[:, :, ::-1])


def _box(quad: Quad) -> Box:
    xs, ys = [float(x) for x, _ in quad], [float(y) for _, y in quad]
    return Box(min(xs), min(ys), max(xs), max(ys))


def words_of_run(
    text: str,
    confidence: float,
    quad: Quad,
    pieces: Sequence[Piece],
    around: Callable[[Quad], Box] = _box,
) -> list[Word]:
    """The words of one recognised run; the run as a whole where its pieces are not words.

    "Date: 6/21" in (0, 0, 100, 20) -> "Date:" in (0, 0, 52, 20), "6/21" in (58, 0, 100, 20)
    """
    complete = "".join(piece for piece, _, _ in pieces) == "".join(text.split())
    if not complete or _IDEOGRAPH.search(text):
        return [Word(text.strip(), around(quad), confidence)]
    # A piece carries the confidence of one character of the run, so the run's own is used.
    return [Word(piece, around(corners), confidence) for piece, _, corners in pieces]
