"""Check an image's headers for decompression bombs before a decoder runs.

Only what Pillow does not check before it allocates or loops.
"""

from __future__ import annotations

import struct

from ocr_model.documents.limits import Limits
from ocr_model.errors import DocumentError
from ocr_model.schema import Outcome

# Each scan of a progressive JPEG covers the whole image and may be ten bytes long. Encoders write
# about ten; libtiff stops at this many.
_MAX_SCANS = 100


def check_headers(data: bytes, file_format: str, limits: Limits) -> None:
    """Check a file with one image; `tiff` checks the frames of a TIFF.

    Raises:
        DocumentError: decoding would cost more than the limits allow (`too_large`).
    """
    if file_format == "WEBP":
        check_pixels(*_webp_size(data), limits)
    elif file_format == "JPEG" and (scans := data.count(b"\xff\xda")) > _MAX_SCANS:
        raise DocumentError(
            f"Expected at most {_MAX_SCANS} scans in a JPEG, got {scans:,}. Save it as a baseline "
            "JPEG.",
            Outcome.TOO_LARGE,
        )


def check_pixels(width: int, height: int, limits: Limits) -> None:
    if width * height > limits.max_page_pixels:
        raise DocumentError(
            f"Expected at most {limits.max_page_pixels:,} pixels per page, got {width} x "
            f"{height}. Scan at a lower resolution or raise max_page_pixels.",
            Outcome.TOO_LARGE,
        )


def _webp_size(data: bytes) -> tuple[int, int]:
    """The canvas, which the decoder allocates when it opens the file; (0, 0) if damaged."""
    match data[12:16], len(data) >= 30:
        case b"VP8X", True:
            return (
                int.from_bytes(data[24:27], "little") + 1,
                int.from_bytes(data[27:30], "little") + 1,
            )
        case b"VP8 ", True:
            width, height = struct.unpack_from("<HH", data, 26)
            return width & 0x3FFF, height & 0x3FFF
        case b"VP8L", True:
            bits = int.from_bytes(data[21:25], "little")
            return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
        case _:
            return 0, 0
