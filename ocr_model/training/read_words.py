"""Labelled forms -> the words the embedded OCR reads on their pages, cached on disk by content.

Knows nothing of labels.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tqdm import tqdm

from ocr_model.documents import decode_pages, square_pixels
from ocr_model.forms import Form
from ocr_model.ocr import WordReader, reader_digest
from ocr_model.schema import Box, Page, Word

_MAX_BYTES = 100_000_000
_MAX_PAGE_PIXELS = 50_000_000


def default_cache() -> Path:
    """A folder in the user's cache, as the LLM's replies have one."""
    root = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(root) / "ocr_model" / "words"


def read_first_pages(forms: Sequence[Form], cache: Path) -> list[tuple[Word, ...]]:
    """The words of each form's first page made square, in its pixels, in the order of the forms.

    Takes about 0.6 s a page and core for pages that are not cached.

    Raises:
        ConfigError: the packages of the extra `local` are not installed.
        DocumentError: an image cannot be read.
    """
    folder = cache / reader_digest()
    folder.mkdir(parents=True, exist_ok=True)
    absent = {path: form for form in forms if not (path := _path(folder, form)).is_file()}
    if absent:
        reader = WordReader()

        def read(item: tuple[Path, Form]) -> None:
            _, page = first_page(item[1])
            _write(item[0], reader.read_words(page.image))

        with ThreadPoolExecutor(os.cpu_count()) as pool:
            done = pool.map(read, absent.items())
            list(tqdm(done, total=len(absent), unit="page", desc="Reading words", file=sys.stderr))
    return [_read(_path(folder, form)) for form in forms]


def first_page(form: Form) -> tuple[Page, Page]:
    """The first page in the pixels of its annotation, and with square pixels as models read it."""
    page = decode_pages(form.image_path.read_bytes(), _MAX_BYTES, _MAX_PAGE_PIXELS)[0]
    return page, square_pixels(page, _MAX_PAGE_PIXELS)


def _path(folder: Path, form: Form) -> Path:
    return folder / f"{form.image_sha256}.json"


def _write(path: Path, words: Sequence[Word]) -> None:
    rows = [[word.text, list(word.box), word.confidence] for word in words]
    # Renamed, so that an interrupted run leaves no partial file.
    partial = path.with_suffix(f".{os.getpid()}")
    partial.write_text(json.dumps(rows), encoding="utf-8")
    partial.replace(path)


def _read(path: Path) -> tuple[Word, ...]:
    rows = json.loads(path.read_text("utf-8"))
    return tuple(Word(text, Box(*box), confidence) for text, box, confidence in rows)
