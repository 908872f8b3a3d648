"""Pages of PNG, JPEG, WEBP, GIF, BMP and TIFF files, by Pillow.

Sizes are checked in the headers, before anything is unpacked: a few kB may claim to be gigabytes.
"""

from __future__ import annotations

import io
import struct
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError

from ocr_model.documents.headers import check_pixels, page_count_of
from ocr_model.documents.limits import Limits
from ocr_model.errors import DocumentError, excerpt
from ocr_model.schema import Outcome, Page

_WIDE_MODES = ("I", "I;16", "I;16B", "I;16L", "I;16N", "F")
# Values that scanners of 8, 12 and 16 bits write into 16: the smallest that holds all is white.
_WHITE_OF_16_BIT = (255, 4095, 65535)

_OF_BROKEN_BYTES = (
    OSError,
    ValueError,
    TypeError,
    SyntaxError,
    EOFError,
    LookupError,
    struct.error,
)


class ImagePages:
    """An opened image file; one page, or a page per frame of a TIFF."""

    def __init__(self, data: bytes, file_format: str, limits: Limits) -> None:
        """Read the header.

        Raises:
            DocumentError: damaged (`bad_input`), or over a limit (`too_large`).
        """
        self.format = file_format
        self._limits = limits
        self._lock = threading.Lock()
        self.page_count = page_count_of(data, file_format, limits)
        with _pillow_faults(limits):
            self._image = Image.open(io.BytesIO(data), formats=(file_format,))

    def read(self, number: int) -> Page:
        with self._lock, _pillow_faults(self._limits):
            if number > 1:
                self._image.seek(number - 1)
            check_pixels(self._image.width, self._image.height, self._limits)
            return Page(number, _to_rgb(self._image))

    def close(self) -> None:
        with self._lock:
            self._image.close()


@contextmanager
def _pillow_faults(limits: Limits) -> Iterator[None]:
    try:
        with warnings.catch_warnings():
            # Pillow warns of broken metadata and of sizes we check ourselves.
            warnings.simplefilter("ignore")
            yield
    except (Image.DecompressionBombError, MemoryError) as err:
        raise DocumentError(
            f"Expected at most {limits.max_page_pixels:,} pixels per page: {err or 'no memory'}",
            Outcome.TOO_LARGE,
        ) from err
    except UnidentifiedImageError as err:
        raise DocumentError(
            "Expected a complete image, got one whose header breaks off or is damaged.",
            Outcome.BAD_INPUT,
        ) from err
    # Pillow's decoders raise whatever the broken bytes lead them into.
    except _OF_BROKEN_BYTES as err:
        if "Decompressed data too large" in str(err):
            raise DocumentError(
                "Expected a picture, got a PNG whose text or colour profile is far larger.",
                Outcome.TOO_LARGE,
            ) from err
        raise DocumentError(
            f"Expected a complete image, got one that breaks off or is damaged: {excerpt(err)}.",
            Outcome.BAD_INPUT,
        ) from err


def _to_rgb(image: Image.Image) -> Image.Image:
    upright = ImageOps.exif_transpose(image)
    if upright.mode in _WIDE_MODES:
        upright = _scaled_to_8_bit(upright)
    if upright.has_transparency_data:
        # Paper is white where nothing is drawn.
        paper = Image.new("RGBA", upright.size, "white")
        upright = Image.alpha_composite(paper, upright.convert("RGBA"))
    return upright if upright.mode == "RGB" else upright.convert("RGB")


def _scaled_to_8_bit(image: Image.Image) -> Image.Image:
    """Pillow clips wide grey at 255, which turns a scan white.

    16 bits have a known white; 32 bits and fractions have none, so their brightest value is it.
    """
    grey = np.nan_to_num(np.asarray(image, dtype=np.float32), posinf=0.0, neginf=0.0)
    low, high = float(min(grey.min(), 0.0)), float(grey.max())
    if low == 0.0 and image.mode != "F":
        high = next((white for white in _WHITE_OF_16_BIT if high <= white), high)
    grey = (grey - low) * (255.0 / ((high - low) or 1.0))
    return Image.fromarray((grey + 0.5).clip(0, 255).astype(np.uint8))
