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
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tqdm import tqdm

from ocr_model.commands.cli import whole_number
from scripts.workshop.stress._document_seeds import mutated, seeds

# Opening and three pages of a PDF, each up to its own limit, on a busy machine.
_DEADLINE_S = 30.0
# Of a process that keeps nothing, after a tenth of the documents and after all.
_MAX_GROWTH_MB = 30.0


@dataclass(slots=True)
class Tally:
    """Outcomes per format; what must not be; and what would have been without own processes."""

    outcomes: dict[str, Counter[str]] = field(default_factory=dict)
    failures: list[str] = field(default_factory=list)
    renderers_ended: Counter[str] = field(default_factory=Counter)
    slowest_s: float = 0.0
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


def fuzz(n: int, seed: int, keep: Path | None) -> Tally:
    """Decode `n` mutated documents; the formats take turns."""
    files, tally, reader = seeds(), Tally(), _Reader()
    formats = list(files)
    try:
        for number in tqdm(range(n), desc="Decoding", unit="file", disable=None):
            file_format = formats[number % len(formats)]
            # Each document from a seed of its own: one can be made again without those before it.
            chance = random.Random(f"{seed}-{number}")  # noqa: S311 - repeatable, no secret
            data = mutated(chance, files[file_format])
            _note(tally, file_format, f"{file_format} {seed}-{number}", reader.read(data))
            if (
                keep is not None
                and tally.failures
                and tally.failures[-1].startswith(f"{file_format} {seed}-{number}:")
            ):
                keep.mkdir(parents=True, exist_ok=True)
                (keep / f"{seed}-{number}.{file_format.lower()}").write_bytes(data)
    finally:
        reader.close()
    return tally


def _note(tally: Tally, file_format: str, name: str, reply: dict[str, Any]) -> None:
    outcome, said = reply["outcome"], reply["said"]
    tally.outcomes.setdefault(file_format, Counter())[outcome] += 1
    if outcome in ("untyped", "crash", "hang"):
        tally.failures.append(f"{name}: {outcome}: {said}")
    if "whose pages can be drawn" in said:
        tally.renderers_ended[said.partition("got one ")[2].partition(".")[0]] += 1
    if "mb" in reply:
        tally.resident_mb.append(reply["mb"])
        tally.slowest_s = max(tally.slowest_s, reply["seconds"])


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m scripts.stress documents", description=__doc__)
    parser.add_argument("--n", type=whole_number, default=20_000, help="documents to decode")
    parser.add_argument(
        "--seed", type=whole_number, default=0, help="another seed, other accidents"
    )
    parser.add_argument("--keep", type=Path, help="folder for documents that failed")
    args = parser.parse_args(argv)
    tally = fuzz(args.n, args.seed, args.keep)
    print(f"{args.n:,} documents, seed {args.seed}")
    for file_format, outcomes in tally.outcomes.items():
        counts = ", ".join(f"{count:,} {outcome}" for outcome, count in outcomes.most_common())
        print(f"  {file_format:<5} {counts}")
    ended = ", ".join(f"{count:,} {why}" for why, count in tally.renderers_ended.most_common())
    print(f"renderers of PDF pages that ended: {ended or 'none'}")
    print(
        f"slowest {tally.slowest_s:.2f} s of {_DEADLINE_S:g} s; resident memory grew by "
        f"{tally.growth_mb:.1f} MB to {tally.resident_mb[-1]:.0f} MB after the first tenth"
    )
    print(f"{len(tally.failures)} crashes, hangs and untyped errors")
    for said in tally.failures[:20]:
        print(f"  {said}", file=sys.stderr)
    return 0 if tally.holds else 1


if __name__ == "__main__":
    raise SystemExit(main())
