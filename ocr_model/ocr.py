"""Page image -> words with boxes, by PP-OCRv6 on the CPU; nothing is downloaded.

Knows nothing of forms: which words belong together is decided in `layout` and `linking`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from PIL import Image

from ocr_model.errors import ConfigError
from ocr_model.schema import Box, Word

_DETECTOR = "PP-OCRv6_det_small.onnx"
_RECOGNISER = "PP-OCRv6_rec_small.onnx"

# rapidocr enlarges the short side to 736 px whatever the long one becomes: by its arithmetic a
# strip of 3 x 2000 px grows to 736 x 460,000, and the process that read one was killed on a
# machine with 23 GB. Strips are padded with white up to this ratio.
_MAX_ASPECT = 2

# Chinese, Japanese and Korean come one character a piece, which is no word.
_IDEOGRAPH = re.compile(r"[\u3000-\u30ff\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff\uff00-\uffef]")

Quad = Sequence[Sequence[float]]
Piece = tuple[str, float, Quad]


class WordReader:
    """Reads the words of page images. Safe to call from many threads at once.

    One thread per call inside ONNX Runtime: on two cores, two pages side by side are read faster
    (1.6 pages/s) than one after the other with two threads each (1.4).

    Raises:
        ConfigError: the OCR packages or the weights inside them are missing.
    """

    def __init__(self) -> None:
        self._engine = _load_engine()

    def read_words(self, image: Image.Image) -> list[Word]:
        """Words of an upright RGB image, lines from top to bottom; boxes in its pixels."""
        # Called without options: rapidocr stores options on itself, for all threads.
        found = self._engine(_pad_strip(image))
        if found.txts is None:
            return []
        runs = zip(found.txts, found.scores, found.boxes.tolist(), found.word_results, strict=True)
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


def _load_engine() -> Any:
    try:
        import onnxruntime  # noqa: F401  rapidocr would only miss it at the first page
        import rapidocr

        # An attribute that imports: OpenCV may lack a system library.
        engine_class = rapidocr.RapidOCR
    except ImportError as err:
        raise ConfigError(
            f"Reading words here takes the packages rapidocr and onnxruntime, got: {err}. Run "
            "`pip install 'ocr_model[local]'`, or choose the engine `llm` and the `page_input` "
            "'image'."
        ) from err
    engine = engine_class(params=_settings(Path(rapidocr.__file__).parent / "models"))
    # Sessions are opened at the first use; this is it, so that a fault shows here.
    blank = Image.new("RGB", (64, 64), "white")
    engine(blank, use_det=False, use_rec=True)
    engine(blank, use_det=True, use_rec=True)
    return engine


def _settings(weights: Path) -> dict[str, Any]:
    """Settings of rapidocr, with files named so that it never looks for a download.

    Raises:
        ConfigError: the wheel that is installed does not carry the weights.
    """
    files = [weights / name for name in (_DETECTOR, _RECOGNISER)]
    if absent := [file.name for file in files if not file.is_file()]:
        raise ConfigError(
            f"Expected the weights {' and '.join(absent)} inside the installed rapidocr package, "
            "found none: run `pip install --force-reinstall 'ocr_model[local]'`."
        )
    return {
        # Only its own logger is touched; at its default level it reports every file it opens.
        "Global.log_level": "error",
        "Global.return_word_box": True,
        # Turns upright lines upside down now and then, and costs time.
        "Global.use_cls": False,
        # Lines of one batch are padded to the longest: slower, and twice the memory.
        "Rec.rec_batch_num": 1,
        "Det.model_path": str(files[0]),
        "Rec.model_path": str(files[1]),
        "EngineConfig.onnxruntime.intra_op_num_threads": 1,
        "EngineConfig.onnxruntime.inter_op_num_threads": 1,
    }
