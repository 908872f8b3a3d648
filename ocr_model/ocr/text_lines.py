"""Page image -> lines of text, by PP-OCRv6 on the CPU; nothing is downloaded.

Drives rapidocr step by step, so that long pages are looked at in parts, lines are recognised on all
cores and memory is given back between the steps. Knows neither words nor which way up a page is.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, NamedTuple

import numpy as np
from PIL import Image

from ocr_model.ocr.detection import Detector
from ocr_model.ocr.line_crops import Crop, Detection
from ocr_model.ocr.networks import load_engine
from ocr_model.ocr.process import usable_cores

# What is recognised less surely is no text. rapidocr's own bound.
_LEAST_CONFIDENCE = 0.5

Quad = Sequence[Sequence[float]]
Piece = tuple[str, float, Quad]


class Line(NamedTuple):
    """What was recognised in one crop; `pieces` is rapidocr's note of where the words are."""

    text: str
    confidence: float
    pieces: Any


class Run(NamedTuple):
    """A line on the page: its four corners from top left clockwise, and its words likewise."""

    text: str
    confidence: float
    quad: Quad
    pieces: Sequence[Piece]


class LineReader:
    """Detects and recognises lines. Safe to call from many threads at once.

    Raises:
        ConfigError: the OCR packages or the weights inside them are missing.
    """

    def __init__(self) -> None:
        self._engine = load_engine()
        self._detector = Detector(self._engine)
        self._cores = usable_cores()
        self._running = threading.BoundedSemaphore(self._cores)

    def detect(self, image: Image.Image, between: Callable[[], None] = lambda: None) -> Detection:
        with self._running:
            return self._detector.detect(image, between)

    def recognise(
        self,
        crops: Sequence[Crop],
        aspects: Sequence[float],
        between: Callable[[], None] = lambda: None,
    ) -> list[Line]:
        """The text of each crop, all cores at work: lines need nothing of each other.

        `between` is called before every line, by any thread; what it raises ends the reading.
        """
        lines: list[Line | None] = [None] * len(crops)
        # Each core takes the longest line that is left, so that they end together.
        left = iter(sorted(range(len(crops)), key=lambda i: -aspects[i]))

        def read(_: int) -> None:
            for i in left:
                between()
                with self._running:
                    lines[i] = self._read(crops[i])

        with ThreadPoolExecutor(self._cores, thread_name_prefix="recognise") as pool:
            for _ in pool.map(read, range(self._cores)):
                pass
        return [line for line in lines if line is not None]

    def _read(self, crop: Crop) -> Line:
        """As rapidocr reads a batch of one line, but looks once at the shares of its signs."""
        network = self._engine.text_rec
        height, width = crop.shape[:2]
        _, least_height, least_width = network.rec_image_shape
        padded = max(width / height, least_width / least_height)
        shares = network.session(network.resize_norm_img(crop, padded)[None])
        signs = shares.argmax(axis=2)
        sureness = np.take_along_axis(shares, signs[:, :, None], axis=2)[:, :, 0]
        ((text, confidence),), (pieces,) = network.postprocess_op.decode(
            signs, sureness, True, [width / height], padded, remove_duplicate=True
        )
        return Line(text, confidence, pieces)

    def place(self, detection: Detection, lines: Sequence[Line]) -> Iterator[Run]:
        """The lines with something in them, placed on the page as it was given."""
        read = [i for i, line in enumerate(lines) if is_read(line)]
        if not read:
            return
        texts, scores, pieces = zip(*(lines[i] for i in read), strict=True)
        quads = detection.quads[read]
        placed = self._engine.cal_rec_boxes(
            [np.broadcast_to(np.uint8(0), detection.sizes[i]) for i in read],
            quads,
            _recognised(texts, scores, pieces),
            self._engine.return_single_char_box,
        )
        boxes = quads.tolist()
        yield from map(Run, texts, scores, boxes, placed.word_results)


def is_read(line: Line) -> bool:
    """False for a line without signs, and for one that is so unsure that it is left out."""
    return bool(line.text.strip()) and line.confidence >= _LEAST_CONFIDENCE


def _recognised(texts: Any, scores: Sequence[float], pieces: Sequence[Any]) -> Any:
    from rapidocr.ch_ppocr_rec import TextRecOutput

    return TextRecOutput([], texts, list(scores), tuple(pieces), 0.0)
