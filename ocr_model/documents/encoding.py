"""Base64 text -> bytes of a document; page -> the image sent to an LLM."""

from __future__ import annotations

import base64
import binascii
import hashlib
import io
import re
from dataclasses import dataclass

from PIL import Image, ImageOps

from ocr_model.errors import DocumentError, excerpt
from ocr_model.schema import Outcome

_DATA_URL = re.compile(r"data:[\w.+-]+/[\w.+-]+(?:;[\w=.+-]+)*;base64,", re.IGNORECASE)
_URL_SAFE = str.maketrans("-_", "+/")
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
    """Bytes of a base64 string or a base64 data URL; URL-safe and without padding, too.

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
        digits = "".join(body.split()).translate(_URL_SAFE).rstrip("=")
        return base64.b64decode(digits + "=" * (-len(digits) % 4), validate=True)
    except (binascii.Error, ValueError) as err:
        raise DocumentError(
            f"Expected the document as base64 or as a base64 data URL, got {excerpt(text)}.",
            Outcome.BAD_INPUT,
        ) from err


def encode_page(
    image: Image.Image,
    longest_side: int,
    image_format: str,
    quality: int,
) -> EncodedPage:
    """Fit an RGB page into a square of `longest_side` pixels and encode it.

    2000 x 1000 fitted into 1000 -> 1000 x 500; 200 x 100 stays
    """
    fitted = image
    if max(image.size) > longest_side:
        fitted = ImageOps.contain(image, (longest_side, longest_side), Image.Resampling.LANCZOS)
    buffer = io.BytesIO()
    if image_format == "jpeg":
        fitted.save(buffer, format="JPEG", quality=quality)
    else:
        fitted.save(buffer, format="PNG")
    return EncodedPage(buffer.getvalue(), _CONTENT_TYPES[image_format], fitted.width, fitted.height)
