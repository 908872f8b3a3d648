"""Page image -> which of its pixels are dark."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

# Larger pages are looked at in this size: lines and check boxes do not need more.
_LONGEST_SIDE = 1400
# Of the way from the threshold to the paper.
_FAINT = 0.2

Pixels = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class DarkPixels:
    """`mask` is 1 where the page is dark, `faint` also where a thin line is blurred into grey.

    `scale` leads from page pixels to those of the masks.
    """

    mask: Pixels
    faint: Pixels
    scale: float


def dark_pixels_of(image: Image.Image) -> DarkPixels:
    """Binarize at the page's own threshold (Otsu's)."""
    import cv2  # comes with the OCR: the rest of the linker is usable without

    scale = min(1.0, _LONGEST_SIDE / max(image.size))
    grey = image.convert("L")
    if scale < 1.0:
        size = (max(1, round(image.width * scale)), max(1, round(image.height * scale)))
        grey = grey.resize(size, Image.Resampling.BOX)
    pixels = np.asarray(grey)
    dark, _ = cv2.threshold(pixels, 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)
    # A sample is enough: most of a page is paper.
    faint = dark + _FAINT * (float(np.median(pixels[::4, ::4])) - dark)
    return DarkPixels(_up_to(dark, pixels), _up_to(max(dark, faint), pixels), scale)


def _up_to(level: float, pixels: Pixels) -> Pixels:
    return (pixels <= level).astype(np.uint8)
