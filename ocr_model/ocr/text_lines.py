"""Page image -> lines of text, by PP-OCRv6 on the CPU; nothing is downloaded.

Drives rapidocr step by step, so that lines are recognised on all cores and memory is given back
between the steps. Knows neither words nor which way up a page is.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from ocr_model.errors import ConfigError
from ocr_model.ocr.process import return_free_memory, usable_cores

_DETECTOR = "PP-OCRv6_det_small.onnx"
_RECOGNISER = "PP-OCRv6_rec_small.onnx"

Crop = NDArray[np.uint8]
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


@dataclass(frozen=True, slots=True)
class Detection:
    """Where text is on a page, before it is read: a crop for each line, from the top down."""

    crops: list[Crop]
    # What rapidocr hands from step to step.
    page: NDArray[np.uint8]
    found: Any
    steps: dict[str, Any]

    @property
    def quads(self) -> NDArray[np.float32]:
        """(lines, 4, 2) corners, in the pixels that detection saw; only their shapes are of use."""
        return np.zeros((0, 4, 2), np.float32) if not self.crops else np.asarray(self.found.boxes)


class LineReader:
    """Detects and recognises lines. Safe to call from many threads at once.

    Raises:
        ConfigError: the OCR packages or the weights inside them are missing.
    """

    def __init__(self) -> None:
        self._engine = _load_engine()
        self._cores = usable_cores()
        self._running = threading.BoundedSemaphore(self._cores)

    def detect(self, image: Image.Image) -> Detection:
        page = self._engine.load_img(image)
        pixels, steps = self._engine.preprocess_img(page)
        with self._running:
            try:
                crops, found = self._engine.detect_and_crop(pixels, steps)
            except _nothing_found():
                crops, found = [], None
        return Detection(crops, page, found, steps)

    def recognise(self, crops: Sequence[Crop]) -> list[Line]:
        """The text of each crop, all cores at work: lines need nothing of each other."""
        lines: list[Line | None] = [None] * len(crops)
        by_width = sorted(range(len(crops)), key=lambda i: crops[i].shape[1] / crops[i].shape[0])
        shares = [share for k in range(self._cores) if (share := by_width[k :: self._cores])]
        with ThreadPoolExecutor(self._cores, thread_name_prefix="recognise") as pool:
            read = pool.map(lambda share: self._recognise([crops[i] for i in share]), shares)
            for share, part in zip(shares, read, strict=True):
                for i, line in zip(share, part, strict=True):
                    lines[i] = line
        return [line for line in lines if line is not None]

    def _recognise(self, crops: list[Crop]) -> list[Line]:
        with self._running:
            read = self._engine.recognize_txt(crops)
        return [Line(*line) for line in zip(read.txts, read.scores, read.word_results, strict=True)]

    def place(self, detection: Detection, lines: Sequence[Line]) -> Iterator[Run]:
        """The lines with something in them, placed on the page as it was given."""
        if not lines:
            return
        placed = self._engine.build_final_output(
            detection.page,
            detection.found,
            _no_turns(),
            _joined(detection.crops, lines),
            detection.crops,
            detection.steps,
        )
        if placed.txts is None:
            return
        boxes = placed.boxes.tolist()
        for run in zip(placed.txts, placed.scores, boxes, placed.word_results, strict=True):
            yield Run(*run)


def _nothing_found() -> type[Exception]:
    from rapidocr.main import RapidOCRError

    error: type[Exception] = RapidOCRError
    return error


def _no_turns() -> Any:
    from rapidocr.ch_ppocr_cls import TextClsOutput

    return TextClsOutput()


def _joined(crops: list[Crop], lines: Sequence[Line]) -> Any:
    from rapidocr.ch_ppocr_rec import TextRecOutput

    texts, scores, pieces = zip(*lines, strict=True)
    return TextRecOutput(crops, texts, list(scores), pieces, 0.0)


def _load_engine() -> Any:
    try:
        import onnxruntime  # noqa: F401  rapidocr would only miss it at the first page
        import rapidocr
        from omegaconf import flag_override

        from ocr_model.ocr.onnx_sessions import SharedSession

        # An attribute that imports: OpenCV may lack a system library.
        engine_class = rapidocr.RapidOCR
    except ImportError as err:
        raise ConfigError(
            f"Reading words here takes the packages rapidocr and onnxruntime, got: {err}. Run "
            "`pip install 'ocr_model[local]'`, or choose the engine `llm` and the `page_input` "
            "'image'."
        ) from err
    detector, recogniser = weights_in(Path(rapidocr.__file__).parent / "models")
    engine = engine_class(params=_SETTINGS)
    with flag_override(engine.cfg, "allow_objects", True):
        engine.cfg.Det.session = SharedSession(detector)
        engine.cfg.Rec.session = SharedSession(recogniser)
    # Made at the first use; this is it, so that a fault shows here.
    blank = Image.new("RGB", (64, 64), "white")
    engine(blank, use_det=False, use_rec=True)
    engine(blank, use_det=True, use_rec=True)
    prepare_in_one_array(engine.text_det)
    return_free_memory()
    return engine


def prepare_in_one_array(detector: Any) -> None:
    """The same numbers, from a table and straight to where the network reads them.

    rapidocr computes them in 64 bits and lays them out twice: 45 MB for a moment, and 28 MB with
    the table alone.
    """
    import cv2

    preprocess = detector.get_preprocess()
    # cv2.LUT takes one line, with a table for each channel.
    levels = np.arange(256, dtype=np.uint8).reshape(1, 256, 1).repeat(3, axis=2)
    tables = preprocess.normalize(levels).astype(np.float32)

    def prepare(pixels: NDArray[np.uint8]) -> NDArray[np.float32] | None:
        resized = preprocess.resize(pixels)
        if resized is None:
            return None
        prepared = np.empty((1, 3, *resized.shape[:2]), np.float32)
        for channel in range(3):
            table = np.ascontiguousarray(tables[:, :, channel])
            cv2.LUT(cv2.extractChannel(resized, channel), table, prepared[0, channel])
        return prepared

    detector.get_preprocess = lambda: prepare


def weights_in(folder: Path) -> tuple[Path, Path]:
    """Files of detector and recogniser, named so that rapidocr never looks for a download.

    Raises:
        ConfigError: the wheel that is installed does not carry the weights.
    """
    files = folder / _DETECTOR, folder / _RECOGNISER
    if absent := [file.name for file in files if not file.is_file()]:
        raise ConfigError(
            f"Expected the weights {' and '.join(absent)} inside the installed rapidocr package, "
            "found none: run `pip install --force-reinstall 'ocr_model[local]'`."
        )
    return files


_SETTINGS = {
    # Only its own logger is touched; at its default level it reports every file it opens.
    "Global.log_level": "error",
    "Global.return_word_box": True,
    # Turns upright lines upside down now and then, and costs time.
    "Global.use_cls": False,
    # Lines of one batch are padded to the longest: slower, and twice the memory.
    "Rec.rec_batch_num": 1,
}
