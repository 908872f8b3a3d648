"""python -m scripts.stress documents [--n 20000] [--seed 0] [--keep FOLDER]

Decode documents of every format after random accidents to their bytes, in a process that is
watched. Every one must end in pages or a typed outcome, in time; the process must neither crash
nor grow.
"""

from __future__ import annotations

import argparse
import os
import random
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from typing import NamedTuple

from tqdm import tqdm

from ocr_model.commands.cli import whole_number
from ocr_model.documents import Limits, open_document, square_pixels
from ocr_model.errors import DocumentError
from scripts.workshop.model_server import memory_mb
from scripts.workshop.stress._accidents import Tally, mutated
from scripts.workshop.stress._document_seeds import seeds

# Opening and three pages of a PDF, each up to its own limit, on a busy machine.
_DEADLINE_S = 30.0
_MAX_PAGES = 3
# Of small documents: mutated sizes within the limits would only cost time.
_LIMITS = Limits(max_page_pixels=1_000_000, pdf_dpi=72, pdf_page_timeout_s=5.0)
# Of a process that keeps nothing, after a tenth of the documents and after all.
_MAX_GROWTH_MB = 30.0


class Reply(NamedTuple):
    """What came of one document; `resident_mb` of the process that decoded it, if that lives."""

    outcome: str
    said: str
    seconds: float = 0.0
    resident_mb: float | None = None


@dataclass(slots=True)
class Decoded(Tally):
    """What came of the documents, and what the process that decoded them held."""

    resident_mb: list[float] = field(default_factory=list)

    @property
    def growth_mb(self) -> float:
        """From a tenth of the documents to the end."""
        return self.resident_mb[-1] - self.resident_mb[len(self.resident_mb) // 10]

    @property
    def holds(self) -> bool:
        return not self.failures and self.growth_mb < _MAX_GROWTH_MB


def decode_all(documents: Connection) -> None:
    """The process that may crash: a document in, a `Reply` out."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)  # libtiff's remarks
    while True:
        data, started = documents.recv_bytes(), time.monotonic()
        outcome, said = _decode(data)
        documents.send(Reply(outcome, said, time.monotonic() - started, memory_mb()))


def _decode(data: bytes) -> tuple[str, str]:
    """The worst of its pages."""
    try:
        with closing(open_document(data, _LIMITS)) as source:
            for number in range(1, min(source.page_count, _MAX_PAGES) + 1):
                if number not in source.left_out:
                    page = square_pixels(source.read(number), _LIMITS.max_page_pixels)
                    page.image.getpixel((0, 0))
    except DocumentError as err:
        return err.outcome.value, str(err)
    except Exception as err:  # noqa: BLE001 - what is being looked for
        return "untyped", f"{type(err).__name__}: {err}"
    return "ok", ""


class _Decoder:
    """The process that decodes, started again after each end."""

    def __init__(self, target: Callable[[Connection], None]) -> None:
        self._target = target
        self._start()

    def _start(self) -> None:
        context = get_context("spawn")
        self._pipe, theirs = context.Pipe()
        self._process = context.Process(target=self._target, args=(theirs,), daemon=True)
        self._process.start()
        theirs.close()

    def decode(self, data: bytes) -> Reply:
        outcome = "hang"
        try:
            self._pipe.send_bytes(data)
            if self._pipe.poll(_DEADLINE_S):
                reply: Reply = self._pipe.recv()
                return reply
        except (EOFError, OSError):
            outcome = "crash"
        self.close()
        ended = Reply(outcome, f"exit status {self._process.exitcode}")
        self._start()
        return ended

    def close(self) -> None:
        self._process.kill()
        self._process.join()
        self._pipe.close()


def fuzz(
    n: int, seed: int, keep: Path | None, target: Callable[[Connection], None] = decode_all
) -> Decoded:
    """Decode `n` mutated documents in a process that runs `target`; the formats take turns."""
    files, decoded = seeds(), Decoded()
    formats = list(files)
    with closing(_Decoder(target)) as decoder:
        for number in tqdm(range(n), desc="Decoding", unit="file", disable=None):
            kind, name = formats[number % len(formats)], f"{seed}-{number}"
            # Each document from a seed of its own: one can be made again without those before it.
            data = mutated(random.Random(name), files[kind])  # noqa: S311 - repeatable, no secret
            reply = decoder.decode(data)
            failed = reply.outcome in ("untyped", "crash", "hang")
            said = f"{kind} {name}: {reply.outcome}: {reply.said}" if failed else ""
            decoded.note(kind, reply.outcome, reply.seconds, said)
            if reply.resident_mb is not None:
                decoded.resident_mb.append(reply.resident_mb)
            if failed and keep is not None:
                keep.mkdir(parents=True, exist_ok=True)
                (keep / f"{name}.{kind.lower()}").write_bytes(data)
    return decoded


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m scripts.stress documents", description=__doc__)
    parser.add_argument("--n", type=whole_number, default=20_000, help="documents to decode")
    parser.add_argument(
        "--seed", type=whole_number, default=0, help="another seed, other accidents"
    )
    parser.add_argument("--keep", type=Path, help="folder for documents that failed")
    args = parser.parse_args(argv)
    decoded = fuzz(args.n, args.seed, args.keep)
    decoded.show(f"{args.n:,} documents, seed {args.seed}", _DEADLINE_S)
    print(
        f"resident memory grew by {decoded.growth_mb:.1f} MB to {decoded.resident_mb[-1]:.0f} MB "
        "after the first tenth"
    )
    return 0 if decoded.holds else 1
