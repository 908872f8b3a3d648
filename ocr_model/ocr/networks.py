"""The networks of PP-OCRv6 inside the rapidocr package, loaded once; nothing is downloaded."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from ocr_model.errors import ConfigError
from ocr_model.ocr.process import return_free_memory, usable_cores

_DETECTOR = "PP-OCRv6_det_small.onnx"
_RECOGNISER = "PP-OCRv6_rec_small.onnx"
# While lines are looked for on a page there is nothing else to do for it, and it has two cores.
_DETECTOR_THREADS = 2

Preparation = Callable[[NDArray[np.uint8]], NDArray[np.float32] | None]


def load_engine() -> Any:
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
        engine.cfg.Det.session = SharedSession(detector, min(_DETECTOR_THREADS, usable_cores()))
        engine.cfg.Rec.session = SharedSession(recogniser)
    # Made at the first use; this is it, so that a fault shows here.
    blank = Image.new("RGB", (64, 64), "white")
    engine(blank, use_det=False, use_rec=True)
    engine(blank, use_det=True, use_rec=True)
    return_free_memory()
    return engine


def preparing_in_one_array(preprocess: Any) -> Preparation:
    """The same numbers as rapidocr's, from a table and straight to where the network reads them.

    rapidocr computes them in 64 bits and lays them out twice: 45 MB for a moment, and 28 MB with
    the table alone.
    """
    import cv2

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

    return prepare


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
