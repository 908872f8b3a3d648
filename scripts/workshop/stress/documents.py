"""python -m scripts.stress documents [--n 20000] [--seed 0] [--keep FOLDER]

Decode documents of every format after random accidents to their bytes, in a process that is
watched. Every one must end in pages or a typed outcome, in time; the process must neither crash
nor grow.
"""

from __future__ import annotations

import argparse
import json
import random
import subprocess
import sys
import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tqdm import tqdm

from ocr_model.commands.cli import whole_number
from scripts.workshop.stress._accidents import Tally, mutated
from scripts.workshop.stress._document_seeds import seeds

# Opening and three pages of a PDF, each up to its own limit, on a busy machine.
_DEADLINE_S = 30.0
# Of a process that keeps nothing, after a tenth of the documents and after all.
_MAX_GROWTH_MB = 30.0


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


class _Reader:
    """The process that decodes, started again after each end."""

    def __init__(self) -> None:
        self._start()

    def _start(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "scripts.workshop.stress._document_reader"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,  # libtiff's remarks
        )

    def read(self, data: bytes) -> dict[str, Any]:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        timer = threading.Timer(_DEADLINE_S, self._process.kill)
        timer.start()
        try:
            self._process.stdin.write(b"%d\n" % len(data) + data)
            self._process.stdin.flush()
            reply: dict[str, Any] = json.loads(self._process.stdout.readline())
        except (OSError, ValueError):
            hung = not timer.is_alive()
            status = self._process.wait()
            self.close()
            self._start()
            return {"outcome": "hang" if hung else "crash", "said": f"exit status {status}"}
        finally:
            timer.cancel()
        return reply

    def close(self) -> None:
        self._process.kill()
        self._process.communicate()


def fuzz(n: int, seed: int, keep: Path | None) -> Decoded:
    """Decode `n` mutated documents; the formats take turns."""
    files, decoded, reader = seeds(), Decoded(), _Reader()
    formats = list(files)
    try:
        for number in tqdm(range(n), desc="Decoding", unit="file", disable=None):
            kind, name = formats[number % len(formats)], f"{seed}-{number}"
            # Each document from a seed of its own: one can be made again without those before it.
            data = mutated(random.Random(name), files[kind])  # noqa: S311 - repeatable, no secret
            reply = reader.read(data)
            failed = reply["outcome"] in ("untyped", "crash", "hang")
            said = f"{kind} {name}: {reply['outcome']}: {reply['said']}" if failed else ""
            decoded.note(kind, reply["outcome"], reply.get("seconds", 0.0), said)
            if "mb" in reply:
                decoded.resident_mb.append(reply["mb"])
            if failed and keep is not None:
                keep.mkdir(parents=True, exist_ok=True)
                (keep / f"{name}.{kind.lower()}").write_bytes(data)
    finally:
        reader.close()
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
