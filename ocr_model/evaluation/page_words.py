"""Read the words of labelled forms with the embedded OCR, for grounding an LLM's answers."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

from tqdm import tqdm

from ocr_model.documents import box_before, decode_pages, square_pixels
from ocr_model.errors import DocumentError
from ocr_model.forms import Form
from ocr_model.ocr import WordReader
from ocr_model.schema import Page, Word
from ocr_model.scoring import DocumentWords

_MAX_BYTES = 100_000_000
_MAX_PAGE_PIXELS = 50_000_000


def words_of_forms(forms: Sequence[Form]) -> dict[str, DocumentWords]:
    """Words by form name; an unreadable form is left out.

    About 0.6 s a page and core, once per process: several models share the words.

    Raises:
        ConfigError: the packages of the extra `local` are not installed.
    """
    reader = _reader()
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        read = pool.map(lambda form: _words_of(form.image_path, reader), forms)
        progress = tqdm(read, total=len(forms), unit="form", desc="Reading words", file=sys.stderr)
        return {
            form.name: words
            for form, words in zip(forms, progress, strict=True)
            if words is not None
        }


@lru_cache(maxsize=1)
def _reader() -> WordReader:
    return WordReader()


@lru_cache(maxsize=4096)
def _words_of(path: Path, reader: WordReader) -> DocumentWords | None:
    try:
        pages = decode_pages(path.read_bytes(), _MAX_BYTES, _MAX_PAGE_PIXELS)
    except DocumentError:
        return None
    return tuple(tuple(_words_on(page, reader)) for page in pages)


def _words_on(page: Page, reader: WordReader) -> Iterator[Word]:
    """Read it like the model, in pixels of the file, which may not be square for a fax."""
    squared = square_pixels(page, _MAX_PAGE_PIXELS)
    for word in reader.read_words(squared.image):
        yield replace(word, box=box_before(word.box, squared, page))
