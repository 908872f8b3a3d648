"""Page image -> words with boxes, by PP-OCRv6 on the CPU; nothing is downloaded.

Knows nothing of forms: which words belong together is decided in `layout` and `linking`.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Sequence

from PIL import Image

from ocr_model.process import usable_cores
from ocr_model.schema import Box, Word
from ocr_model.text_lines import LineReader, Piece, Quad

# rapidocr enlarges the short side to 736 px whatever the long one becomes: by its arithmetic a
# strip of 3 x 2000 px grows to 736 x 460,000, and the process that read one was killed on a
# machine with 23 GB. Strips are padded with white up to this ratio.
_MAX_ASPECT = 2

# Chinese, Japanese and Korean come one character a piece, which is no word.
_IDEOGRAPH = re.compile(r"[\u3000-\u30ff\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff\uff00-\uffef]")


class WordReader:
    """Reads the words of page images. Safe to call from many threads at once.

    A page for every two cores is read at a time, its lines side by side; others wait. On two cores
    two pages at once were hardly faster and took 150 MB more.

    Raises:
        ConfigError: the OCR packages or the weights inside them are missing.
    """

    def __init__(self) -> None:
        self._lines = LineReader()
        self._pages = threading.BoundedSemaphore(max(1, usable_cores() // 2))

    def read_words(self, image: Image.Image) -> list[Word]:
        """Words of an upright RGB image, lines from top to bottom; boxes in its pixels."""
        with self._pages:
            detection = self._lines.detect(_pad_strip(image))
            lines = self._lines.recognise(detection.crops)
            runs = list(self._lines.place(detection, lines))
        return [word for run in runs for word in words_of_run(*run)]


def words_of_run(text: str, confidence: float, quad: Quad, pieces: Sequence[Piece]) -> list[Word]:
    """The words of one recognised run; the run as a whole where its pieces are not words.

    "Date: 6/21" in (0, 0, 100, 20) -> "Date:" in (0, 0, 52, 20), "6/21" in (58, 0, 100, 20)
    """
    complete = "".join(piece for piece, _, _ in pieces) == "".join(text.split())
    if not complete or _IDEOGRAPH.search(text):
        return [Word(text.strip(), _box(quad), confidence)]
    # A piece carries the confidence of one character of the run, so the run's own is used.
    return [Word(piece, _box(corners), confidence) for piece, _, corners in pieces]


def _box(quad: Quad) -> Box:
    xs, ys = [float(x) for x, _ in quad], [float(y) for _, y in quad]
    return Box(min(xs), min(ys), max(xs), max(ys))


def _pad_strip(image: Image.Image) -> Image.Image:
    """White at the right or below, so that boxes keep their place: 3 x 2000 -> 1000 x 2000."""
    width = max(image.width, -(-image.height // _MAX_ASPECT))
    height = max(image.height, -(-image.width // _MAX_ASPECT))
    if (width, height) == image.size:
        return image
    padded = Image.new("RGB", (width, height), "white")
    padded.paste(image)
    return padded
