"""Images of a request -> the pairs that the embedded engine reads, each image once."""

from __future__ import annotations

import base64
import binascii
import threading
from collections import OrderedDict
from collections.abc import Sequence
from contextlib import closing
from hashlib import sha256

from ocr_model.config import ExtractorConfig
from ocr_model.documents import Limits, open_document
from ocr_model.engines import build_engine
from ocr_model.errors import ConfigError
from ocr_model.practice.habits import Pair
from ocr_model.schema import pairs_of

_LIMITS = Limits(max_bytes=30_000_000)
_KEPT_READINGS = 2000


class PracticeReader:
    """Thread-safe; pages are read one at a time."""

    def __init__(self) -> None:
        """Raises:
        ConfigError: the packages of the extra `local` are not installed.
        """
        self._engine = build_engine(ExtractorConfig(prompt_uri="prompts:/practice/1"), ())
        self._kept: OrderedDict[bytes, list[Pair]] = OrderedDict()
        self._reading = threading.Lock()

    def read(self, data_urls: Sequence[str]) -> list[Pair]:
        """The pairs of the strips of one page, in order, without duplicates from overlaps.

        Raises:
            ConfigError: a strip is not a base64 image.
            DocumentError: a strip cannot be opened.
        """
        pairs: list[Pair] = []
        for url in data_urls:
            pairs += [pair for pair in self._read_image(_bytes_of(url)) if pair not in pairs]
        return pairs

    def _read_image(self, data: bytes) -> list[Pair]:
        digest = sha256(data).digest()
        with self._reading:
            if digest not in self._kept:
                with closing(open_document(data, _LIMITS)) as pages:
                    answers = self._engine.read_page(pages.read(1)).answers
                self._kept[digest] = list(pairs_of(answers).items())
                if len(self._kept) > _KEPT_READINGS:
                    self._kept.popitem(last=False)
            return [(question, list(given)) for question, given in self._kept[digest]]


def _bytes_of(url: str) -> bytes:
    kind, _, encoded = url.partition(";base64,")
    if not kind.startswith("data:image/"):
        raise ConfigError(f"Expected an image as a data URL, got {url[:30]!r}.")
    try:
        return base64.b64decode(encoded, validate=True)
    except binascii.Error as err:
        raise ConfigError(f"Expected an image in base64, got: {err}.") from err
