"""Page pixels -> a small grey image for a browser. Knows no report."""

from __future__ import annotations

import base64
import io
from dataclasses import dataclass

from PIL import Image

# Longest side in pixels and WEBP quality, best first. FUNSD's scans (1,000 px) take 40 kB in the
# first and 14 kB in the last.
_STEPS = ((1000, 45), (1000, 20), (800, 20), (640, 15), (480, 10))


@dataclass(frozen=True, slots=True)
class PagePicture:
    """An image as a data URL, and the size of its page, in the page's own pixels."""

    data_url: str
    width: int
    height: int


def shrink_page(image: Image.Image, max_bytes: int) -> PagePicture:
    """Encode with the best quality within `max_bytes`; the lowest quality is used in any case."""
    grey = image.convert("L")
    data = b""
    for longest_side, quality in _STEPS:
        data = _webp(grey, longest_side, quality)
        if len(data) <= max_bytes:
            break
    encoded = base64.b64encode(data).decode("ascii")
    return PagePicture(f"data:image/webp;base64,{encoded}", image.width, image.height)


def _webp(grey: Image.Image, longest_side: int, quality: int) -> bytes:
    fitted = grey.copy()
    fitted.thumbnail((longest_side, longest_side), Image.Resampling.LANCZOS)
    buffer = io.BytesIO()
    fitted.save(buffer, "WEBP", quality=quality, method=4)
    return buffer.getvalue()
