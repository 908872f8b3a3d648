"""python -m scripts.bench paired [--against FOLDER] [--data FOLDER] [--n 20]

Speed, memory and worth of the embedded engine beside that of another checkout (`git worktree add
FOLDER COMMIT`) and of Tesseract with the same linker, where the extra `bench` is installed. Each
reads in a process of its own; page by page they take turns, and the fastest of the rounds counts:
whatever else the machine does hits all alike.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import IO, Any, NamedTuple

from tqdm import tqdm

from ocr_model.commands.cli import whole_number
from ocr_model.forms import Form
from ocr_model.schema import Answer
from ocr_model.training import scores_of_answers
from scripts.workshop.bench.common import forms_in, forms_parser, machine
from scripts.workshop.model_server import memory_mb

_HERE = Path(__file__).resolve().parents[3]
_LIKENESSES = ("fuzzy", "normalized", "strict")
_READING = Path(__file__).with_name("reading_process.py")


class Arm(NamedTuple):
    """An engine to measure: the checkout it is of, and what `reading_process` is told."""

    name: str
    checkout: Path
    settings: dict[str, str]
    reader: str = "embedded"


class Measured(NamedTuple):
    """Of one arm: the fastest seconds and the answers of each page, and megabytes at the peak."""

    seconds: list[float]
    answers: list[list[Answer]]
    peak_mb: float


def main(argv: list[str] | None = None) -> int:
    parser = forms_parser(__doc__)
    parser.add_argument("--against", type=Path, help="another checkout; ratios are to its engine")
    parser.add_argument("--rounds", type=whole_number, default=3, help="readings of each page")
    args = parser.parse_args(argv)
    forms = forms_in(args.data, args.n)
    arms = list(_arms(args))
    print(f"{len(forms)} pages, {machine()}, the fastest of {args.rounds} rounds\n")
    print(_table(arms, _measure(arms, forms, args.rounds), forms))
    return 0


def _arms(args: argparse.Namespace) -> Iterator[Arm]:
    if args.against is not None:
        yield Arm(f"engine of {args.against.name}", args.against.resolve(), {})
    yield Arm("engine", _HERE, {})
    if importlib.util.find_spec("tesserocr") is not None:
        yield Arm("Tesseract (x2, psm 11), same linker", _HERE, {}, "tesseract")


def _measure(arms: Sequence[Arm], forms: Sequence[Form], rounds: int) -> list[Measured]:
    with ExitStack() as stack:
        readers = [stack.enter_context(_reading(arm)) for arm in arms]
        found = [Measured([float("inf")] * len(forms), [[] for _ in forms], 0.0) for _ in arms]
        for reader in readers:
            # First pages are slow.
            _ask(reader, forms[0])
        for _ in tqdm(range(rounds), desc="Measuring", unit="round"):
            for i, form in enumerate(forms):
                for k, reader in enumerate(readers):
                    told = _ask(reader, form)
                    found[k].seconds[i] = min(found[k].seconds[i], told["seconds"])
                    found[k].answers[i][:] = [Answer(q, a, 1) for q, a in told["answers"]]
        return [
            arm._replace(peak_mb=memory_mb(reader.pid, peak=True))
            for arm, reader in zip(found, readers, strict=True)
        ]


@contextmanager
def _reading(arm: Arm) -> Iterator[subprocess.Popen[str]]:
    path = os.pathsep.join([str(arm.checkout), *filter(None, [os.environ.get("PYTHONPATH")])])
    command = [sys.executable, str(_READING), arm.reader, json.dumps(arm.settings)]
    with subprocess.Popen(  # noqa: S603  ours
        command,
        cwd=arm.checkout,
        env=os.environ | {"PYTHONPATH": path},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        if _pipes(process)[1].readline() != "ready\n":
            raise SystemExit(f"{arm.name}: could not be loaded, as said above.")
        yield process
        # Which ends it.
        _pipes(process)[0].close()


def _pipes(process: subprocess.Popen[str]) -> tuple[IO[str], IO[str]]:
    assert process.stdin is not None
    assert process.stdout is not None
    return process.stdin, process.stdout


def _ask(process: subprocess.Popen[str], form: Form) -> dict[str, Any]:
    questions, answers = _pipes(process)
    print(form.image_path.resolve(), file=questions, flush=True)
    told: dict[str, Any] = json.loads(answers.readline())
    return told


def _table(arms: Sequence[Arm], measured: Sequence[Measured], forms: Sequence[Form]) -> str:
    lines = [f"{'':<40}  pages/s  ratio  peak MB  fuzzy  normalized  strict"]
    base = sum(measured[0].seconds)
    for arm, found in zip(arms, measured, strict=True):
        scores, _ = scores_of_answers(found.answers, [form.references for form in forms])
        fuzzy, normalized, strict = (scores[f"pair_f1_{how}"] for how in _LIKENESSES)
        seconds = sum(found.seconds)
        lines.append(
            f"{arm.name:<40}  {len(forms) / seconds:>7.2f}  {base / seconds:>5.2f}  "
            f"{found.peak_mb:>7.0f}  {fuzzy:>5.3f}  {normalized:>10.3f}  {strict:>6.3f}"
        )
    return "\n".join(lines)


if __name__ == "__main__":
    raise SystemExit(main())
