"""Documents -> the words and answers of their pages, as the embedded engine gives them; cached.

Read as a model with default settings and these fields reads: labels of fields decide answers, too.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from tqdm import tqdm

import ocr_model.linker
from ocr_model.config import parse_config
from ocr_model.documents import (
    Limits,
    PageRequest,
    open_document,
    select_pages,
    square_pixels,
)
from ocr_model.engines import Engine, build_engine
from ocr_model.errors import ExtractionError
from ocr_model.fields import PageContent, WantedFields, fields_setting
from ocr_model.forms import Form
from ocr_model.ocr import reader_digest
from ocr_model.schema import Answer, Box, Word


@dataclass(frozen=True, slots=True)
class ReadDocument:
    """`contents` are its pages; empty where it cannot be read, and `error` says why."""

    form: Form
    sha256: str
    contents: tuple[PageContent, ...]
    error: str | None = None


def read_documents(forms: Sequence[Form], wanted: WantedFields, folder: Path) -> list[ReadDocument]:
    """In the order of the forms. About a second a page and core for what is not in the folder.

    Raises:
        ConfigError: the packages of the extra `local` are not installed.
    """
    folder = folder / f"{reader_digest()}-{_linking_digest(wanted)}"
    folder.mkdir(parents=True, exist_ok=True)
    digests = [hashlib.sha256(form.image_path.read_bytes()).hexdigest() for form in forms]
    paths = [folder / f"{digest}.json" for digest in digests]
    absent = {path: form for path, form in zip(paths, forms, strict=True) if not path.is_file()}
    errors: dict[Path, str] = {}
    if absent:
        config = parse_config({"prompt_uri": "prompts:/none/1", "fields": fields_setting(wanted)})
        engine = build_engine(config, (), None, wanted)
        limits = Limits(read_text=True)

        def read(item: tuple[Path, Form]) -> None:
            path, form = item
            try:
                _write(path, list(_pages(engine, form.image_path.read_bytes(), limits)))
            except ExtractionError as err:
                errors[path] = str(err)

        with ThreadPoolExecutor(engine.concurrency) as pool:
            done = pool.map(read, absent.items())
            list(tqdm(done, total=len(absent), unit="document", desc="Reading", file=sys.stderr))
    return [
        ReadDocument(form, digest, _read(path), None)
        if path not in errors
        else ReadDocument(form, digest, (), errors[path])
        for form, digest, path in zip(forms, digests, paths, strict=True)
    ]


def _pages(engine: Engine, data: bytes, limits: Limits) -> Iterator[PageContent]:
    with closing(open_document(data, limits)) as source:
        for number in select_pages(
            PageRequest(), source.page_count, source.page_count, source.left_out
        ):
            page = square_pixels(source.read(number), limits.max_page_pixels)
            upright = engine.read_page(page).upright
            if upright is not None:
                yield PageContent(number, upright.answers, upright.words)


@cache
def _linking_code() -> bytes:
    """Of words and answers the code and weights that make them; the OCR has its own digest."""
    package = Path(ocr_model.linker.__file__).parent
    files = sorted(path for path in package.rglob("*") if path.suffix in (".py", ".npz"))
    return hashlib.sha256(b"".join(path.read_bytes() for path in files)).digest()


def _linking_digest(wanted: WantedFields) -> str:
    labels = [
        (field.labels, field.type == "currency") for field in wanted.fields if field.type != "table"
    ]
    return hashlib.sha256(_linking_code() + json.dumps(labels).encode()).hexdigest()[:16]


def _write(path: Path, pages: Sequence[PageContent]) -> None:
    plain = [
        {
            "number": page.number,
            "words": [[word.text, list(word.box), word.confidence] for word in page.words],
            "answers": [[a.question, a.answer, a.page, a.box, a.confidence] for a in page.answers],
        }
        for page in pages
    ]
    # Renamed, so that an interrupted run leaves no partial file.
    partial = path.with_suffix(f".{os.getpid()}")
    partial.write_text(json.dumps(plain), encoding="utf-8")
    partial.replace(path)


def _read(path: Path) -> tuple[PageContent, ...]:
    return tuple(
        PageContent(
            page["number"],
            [
                Answer(question, answer, number, None if box is None else Box(*box), sure)
                for question, answer, number, box, sure in page["answers"]
            ],
            [Word(text, Box(*box), sure) for text, box, sure in page["words"]],
        )
        for page in json.loads(path.read_text("utf-8"))
    )
