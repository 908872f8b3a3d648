"""Bytes of a document -> upright RGB pages; page -> the image an LLM is sent.

Knows nothing of files and URLs: a served request never names either.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import io
import re
import warnings
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageOps, ImageSequence, UnidentifiedImageError

from ocr_model.errors import DocumentError, excerpt
from ocr_model.schema import Outcome, Page

_DATA_URL = re.compile(r"data:[\w.+-]+/[\w.+-]+(?:;[\w=.+-]+)*;base64,", re.IGNORECASE)
# Named, because Pillow's other readers (EPS runs Ghostscript) are no business of a form reader.
_FORMATS = ("PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF")
_CONTENT_TYPES = {"jpeg": "image/jpeg", "png": "image/png"}


@dataclass(frozen=True, slots=True)
class EncodedPage:
    """A page as it is sent: an encoded image and its size in pixels."""

    data: bytes
    content_type: str
    width: int
    height: int

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.data).hexdigest()

    @property
    def data_url(self) -> str:
        return f"data:{self.content_type};base64,{base64.b64encode(self.data).decode('ascii')}"


def decode_base64(text: str, max_bytes: int) -> bytes:
    """Bytes of a base64 string or a base64 data URL.

    Raises:
        DocumentError: not base64 (`bad_input`) or longer than `max_bytes` (`too_large`).
    """
    head = _DATA_URL.match(text)
    body = text[head.end() :] if head else text
    # Checked before decoding: four characters carry three bytes.
    if len(body) > max_bytes * 4 // 3 + 1024:
        raise DocumentError(
            f"Expected at most {max_bytes:,} bytes per document, got about "
            f"{len(body) * 3 // 4:,}. Send a smaller scan or raise max_document_bytes.",
            Outcome.TOO_LARGE,
        )
    try:
        return base64.b64decode("".join(body.split()), validate=True)
    except (binascii.Error, ValueError) as err:
        raise DocumentError(
            f"Expected the document as base64 or as a base64 data URL, got {excerpt(text)}.",
            Outcome.BAD_INPUT,
        ) from err


def decode_pages(data: bytes, max_bytes: int, max_page_pixels: int) -> list[Page]:
    """Decode a document into its pages, recognised by content.

    Animated GIF and WEBP count as their first frame; a TIFF has as many pages as frames.

    Raises:
        DocumentError: not an image we read (`bad_input`), or over a limit (`too_large`).
    """
    if len(data) > max_bytes:
        raise DocumentError(
            f"Expected at most {max_bytes:,} bytes per document, got {len(data):,}. "
            "Send a smaller scan or raise max_document_bytes.",
            Outcome.TOO_LARGE,
        )
    if not data:
        raise DocumentError("Expected an image, got zero bytes.", Outcome.BAD_INPUT)
    try:
        with warnings.catch_warnings():
            # Pillow warns of broken metadata and of sizes we check ourselves.
            warnings.simplefilter("ignore")
            with Image.open(io.BytesIO(data), formats=_FORMATS) as image:
                frames = ImageSequence.Iterator(image) if image.format == "TIFF" else [image]
                return [
                    Page(number, _to_rgb(frame, max_page_pixels))
                    for number, frame in enumerate(frames, start=1)
                ]
    except UnidentifiedImageError as err:
        raise DocumentError(
            f"Expected an image in one of {', '.join(_FORMATS)}, got {len(data):,} bytes that "
            f"start with {data[:8]!r}.",
            Outcome.BAD_INPUT,
        ) from err
    except Image.DecompressionBombError as err:
        raise DocumentError(
            f"Expected at most {max_page_pixels:,} pixels per page: {err}", Outcome.TOO_LARGE
        ) from err
    # Pillow's decoders raise whatever the broken bytes lead them into.
    except (OSError, ValueError, TypeError, SyntaxError, EOFError, IndexError, KeyError) as err:
        raise DocumentError(
            f"Expected a complete image, got one that breaks off or is damaged: {excerpt(err)}.",
            Outcome.BAD_INPUT,
        ) from err


def _to_rgb(image: Image.Image, max_page_pixels: int) -> Image.Image:
    if image.width * image.height > max_page_pixels:
        raise DocumentError(
            f"Expected at most {max_page_pixels:,} pixels per page, got {image.width} x "
            f"{image.height}. Scan at a lower resolution or raise max_page_pixels.",
            Outcome.TOO_LARGE,
        )
    upright = ImageOps.exif_transpose(image)
    if upright.mode in ("I", "I;16", "I;16B", "F"):
        upright = _scaled_to_8_bit(upright)
    if upright.has_transparency_data:
        # Paper is white where nothing is drawn.
        paper = Image.new("RGBA", upright.size, "white")
        upright = Image.alpha_composite(paper, upright.convert("RGBA"))
    return upright.convert("RGB")


def _scaled_to_8_bit(image: Image.Image) -> Image.Image:
    """Pillow clips 16-bit grey at 255, which turns a scan white."""
    grey = np.asarray(image, dtype=np.float64)
    low, high = np.nanmin(grey), np.nanmax(grey)
    scaled = (grey - low) * (255.0 / max(high - low, 1.0))
    return Image.fromarray(np.nan_to_num(scaled).astype(np.uint8))


def encode_page(
    image: Image.Image,
    longest_side: int,
    image_format: str,
    quality: int,
    *,
    enlarge: bool = False,
) -> EncodedPage:
    """Fit an RGB page into a square of `longest_side` pixels and encode it.

    2000 x 1000 fitted into 1000 -> 1000 x 500; 200 x 100 stays, or gets 1000 x 500 to `enlarge`
    """
    fitted = image
    if max(image.size) > longest_side or enlarge:
        fitted = ImageOps.contain(image, (longest_side, longest_side), Image.Resampling.LANCZOS)
    buffer = io.BytesIO()
    if image_format == "jpeg":
        fitted.save(buffer, format="JPEG", quality=quality)
    else:
        fitted.save(buffer, format="PNG")
    return EncodedPage(buffer.getvalue(), _CONTENT_TYPES[image_format], fitted.width, fitted.height)
