"""The content of a page that is sent: its image, in strips if it is long, its text, or both.

Knows nothing of the request that carries it.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass

from ocr_model.config import ExtractorConfig
from ocr_model.documents import EncodedPage, encode_page
from ocr_model.engines.words import pen_for, quality_of, read_words
from ocr_model.errors import ConfigError
from ocr_model.ocr import Reading, WordReader, page_text, strips_of
from ocr_model.schema import Page, Quality

# Minimum tokens of an image: every documented way of counting gives more for an image of this size,
# unless it was sent with detail `low`.
_SMALLEST_COUNTED_PIXELS = 250_000
_TOKENS_OF_AN_IMAGE = 50
_CHARS_PER_TOKEN = 4
# Per request. The longest receipt has some ten; every strip is billed as an image.
_MOST_STRIPS = 20


@dataclass(frozen=True, slots=True)
class SentPage:
    """A page to send to an LLM; `text` preserves the page's columns by position."""

    images: tuple[EncodedPage, ...] = ()
    text: str | None = None


def encode_strips(
    page: Page, longest_side: int, config: ExtractorConfig
) -> tuple[EncodedPage, ...]:
    """The image of a page; for a long page overlapping strips, so that its letters stay readable.

    Fitted into 1000: 1000 x 1400 -> 1 of 714 x 1000; 600 x 8760 -> 9 of 500 x 1000, not 68 x 1000
    """
    image = page.image
    grid = strips_of(*image.size, longest_side, _MOST_STRIPS)
    strips = [image.crop(tile) for row in grid for tile in row]
    return tuple(
        encode_page(
            strip if len(strips) > 1 else image,
            longest_side,
            config.image_format,
            config.image_quality,
        )
        for strip in strips
    )


class TextReader:
    """Reads the words of pages with the embedded OCR. Thread-safe.

    A page is read once, however often its thread asks: its text may be sent twice, and its words
    are used to locate the answers.

    Raises:
        ConfigError: the packages of the extra `local` are not installed.
    """

    def __init__(self) -> None:
        self._reader = WordReader()
        self._last = threading.local()

    @classmethod
    def if_installed(cls) -> TextReader | None:
        try:
            return cls()
        except ConfigError:
            return None

    def read_text(self, page: Page) -> str:
        return page_text(self.read(page).words)

    def read(self, page: Page) -> Reading:
        if getattr(self._last, "page", None) is not page:
            self._last.reading = read_words(self._reader, page)
            self._last.page = page
        reading: Reading = self._last.reading
        return reading

    def quality_of(self, page: Page) -> Quality:
        """The quality of this thread's last page; None for a page it did not read."""
        if getattr(self._last, "page", None) is not page:
            return Quality(page.number)
        reading: Reading = self._last.reading
        return quality_of(reading, pen_for(reading), page.number)


def may_lack_image(content: SentPage, detail: str, texts: str, prompt_tokens: int) -> bool:
    """Whether the endpoint counted fewer tokens than the texts and an image need.

    1,600 characters, 1000 x 773 px: 430 tokens -> True; 1,200 -> False; an image of 120 x 80 px,
    or one sent with detail `low` -> False, because it may cost very few tokens
    """
    pixels = max((image.width * image.height for image in content.images), default=0)
    if detail == "low" or pixels < _SMALLEST_COUNTED_PIXELS:
        return False
    # Runs of blanks are one token or a few.
    characters = len(" ".join(texts.split()))
    return prompt_tokens < characters / _CHARS_PER_TOKEN + _TOKENS_OF_AN_IMAGE
