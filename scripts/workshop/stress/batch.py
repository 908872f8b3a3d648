"""python -m scripts.stress batch [--documents 60] [--kills 3] [--seed 0]

A batch of documents under what happens to machines: the disk of the output is full, the store
cannot be written, two commands write one output, the clock is set back, the command is killed at
random moments. Each time, what goes wrong must be told without a traceback, and the same command,
given again, must end with every document right, once. Full disks and read-only folders are made by
mounts in a namespace of their own (`unshare`); where that is not allowed they are passed over.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shlex
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from PIL import Image

from ocr_model.commands.cli import whole_number
from ocr_model.engines.llm.cache import PATH_VARIABLE
from scripts.workshop.loopback import Endpoint, Reply, Seen, completion

_CHECKOUT = Path(__file__).parents[3]
_VERB = """
import sys
from ocr_model.commands import script
sys.exit(script(sys.argv[1], sys.argv[2:]))
"""
_NARROWEST_PX, _HEIGHT_PX = 100, 64
_LATENCY_S = 0.05
# Of what a batch takes: its finished rows first, then the output beside them.
_ROOM_FOR = {"a part of the rows": 0.5, "all rows but the output": 1.5}
_BYTES_PER_ROW = 800
_COMMAND_TIMEOUT_S = 300.0
# An hour back, some seconds after a process began.
_CLOCK = """
import time
_time, _began = time.time, time.monotonic()
time.time = lambda: _time() - (3600 if time.monotonic() - _began > 4 else 0)
time.time_ns = lambda: int(time.time() * 1e9)
"""


@dataclass(frozen=True, slots=True)
class Ended:
    """A command that came to its end: its exit code, and what it printed."""

    exit_code: int
    told: str


@dataclass(slots=True)
class Bench:
    """A store with a model, a folder of documents, and an endpoint that counts what is paid."""

    folder: Path
    documents: int
    kills: int
    chance: random.Random
    environment: dict[str, str]
    paid: Counter[int] = field(default_factory=Counter)

    def answer(self, seen: Seen) -> Reply:
        width_px = seen.image.width
        self.paid[width_px] += 1
        text = json.dumps({"pairs": [{"key": "Width", "value": [str(width_px)]}]})
        return completion(text, delay_s=_LATENCY_S)

    def command(self, verb: str, *argv: str) -> list[str]:
        return [sys.executable, "-c", _VERB, verb, *argv]

    def extract(self, output: str) -> list[str]:
        given = ("--input", "scans", "--output", output, "--cache", "off")
        return self.command("extract", *given, "--settings", '{"concurrency": 4}')

    def start(self, command: list[str], **environment: str) -> subprocess.Popen[str]:
        return subprocess.Popen(  # noqa: S603 - our own
            command,
            cwd=self.folder,
            env={**self.environment, **environment},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def run(self, command: list[str], **environment: str) -> Ended:
        return ended(self.start(command, **environment))

    def run_in_namespace(self, script: str) -> Ended:
        return self.run(["unshare", "--map-root-user", "--mount", "sh", "-euc", script])

    def right(self, output: str) -> int:
        """Documents that have one row, and the right one."""
        path = self.folder / output
        found = defaultdict(list)
        for line in path.read_text("utf-8").splitlines() if path.exists() else ():
            row = json.loads(line)
            found[row["document_id"]].append((row["outcome"], row["pairs"]))
        return sum(
            found[f"scans/{n:04}.png"] == [("ok", {"Width": [str(_NARROWEST_PX + n)]})]
            for n in range(self.documents)
        )


def ended(process: subprocess.Popen[str]) -> Ended:
    told, _ = process.communicate(timeout=_COMMAND_TIMEOUT_S)
    return Ended(process.returncode, told)


def disk_full(bench: Bench) -> list[str]:
    """The disk fills while rows, or the output, are written; then there is room again."""
    return [line for room in _ROOM_FOR for line in _full(bench, room)]


def _full(bench: Bench, room: str) -> list[str]:
    size = int(bench.documents * _BYTES_PER_ROW * _ROOM_FOR[room])
    again = shlex.join(bench.extract("full/rows.jsonl"))
    both = bench.run_in_namespace(
        f"mkdir -p full; rm -f full.jsonl; mount -t tmpfs -o size={size} none full\n"
        f"{again} && echo ENDED WELL; test ! -e full/rows.jsonl || echo HAS AN OUTPUT\n"
        f"mount -o remount,size=64m full; echo AGAIN; {again}; cp full/rows.jsonl full.jsonl"
    )
    told, _, after = both.told.partition("AGAIN\n")
    found = [
        *_complaints(told, "No space left on device"),
        *_unless("ENDED WELL" not in told and "HAS AN OUTPUT" not in told, f"it passed for {told}"),
        *_unless(both.exit_code == 0, f"with room again: {after[-300:]}"),
        *_wrong(bench, "full.jsonl"),
    ]
    return [f"room for {room}: {line}" for line in found]


def store_read_only(bench: Bench) -> list[str]:
    """Nothing can be recorded: nothing is sent."""
    before = bench.paid.total()
    command = shlex.join(bench.extract("read_only.jsonl"))
    refused = bench.run_in_namespace(
        f"mount --bind store store; mount -o remount,bind,ro store; {command}"
    )
    return [
        *_complaints(refused.told, "error: "),
        *_unless(refused.exit_code == 2, f"exit code {refused.exit_code}, expected 2"),
        *_unless(bench.paid.total() == before, "pages were sent"),
        *_unless(not (bench.folder / "read_only.jsonl").exists(), "there is an output"),
    ]


def two_at_once(bench: Bench) -> list[str]:
    """Two commands write one output: each ends, and it is whole."""
    both = [bench.start(bench.extract("two.jsonl")) for _ in range(2)]
    results = [ended(process) for process in both]
    return [
        *_unless(any(one.exit_code == 0 for one in results), "neither ended well"),
        *(line for one in results for line in _complaints(one.told, "")),
        *_wrong(bench, "two.jsonl"),
    ]


def clock_set_back(bench: Bench) -> list[str]:
    """By an hour, while documents are read."""
    hours = bench.folder / "clock"
    hours.mkdir()
    (hours / "sitecustomize.py").write_text(_CLOCK)
    path = f"{hours}{os.pathsep}{bench.environment['PYTHONPATH']}"
    result = bench.run(bench.extract("clock.jsonl"), PYTHONPATH=path)
    return [
        *_complaints(result.told, ""),
        *_unless(result.exit_code == 0, f"exit code {result.exit_code}: {result.told[-300:]}"),
        *_wrong(bench, "clock.jsonl"),
    ]


def killed(bench: Bench) -> list[str]:
    """SIGKILL at random moments; then the command runs to its end."""
    for _ in range(bench.kills):
        until = bench.paid.total() + bench.chance.randrange(1, max(2, bench.documents // 2))
        process = bench.start(bench.extract("killed.jsonl"))
        while bench.paid.total() < until and process.poll() is None:
            time.sleep(0.005)
        process.kill()
        process.communicate()
    result = bench.run(bench.extract("killed.jsonl"))
    return [
        *_complaints(result.told, ""),
        *_unless(result.exit_code == 0, f"exit code {result.exit_code}: {result.told[-300:]}"),
        *_wrong(bench, "killed.jsonl"),
    ]


FAULTS: dict[str, Callable[[Bench], list[str]]] = {
    "disk full": disk_full,
    "store read-only": store_read_only,
    "two at once": two_at_once,
    "clock set back": clock_set_back,
    "killed": killed,
}
_IN_NAMESPACE = ("disk full", "store read-only")


def _complaints(told: str, expected: str) -> list[str]:
    return [
        *_unless("Traceback" not in told, f"a traceback: {told[-600:]}"),
        *_unless(expected in told, f"expected {expected!r}, got: {told[-300:]}"),
    ]


def _wrong(bench: Bench, output: str) -> list[str]:
    right = bench.right(output)
    return _unless(right == bench.documents, f"{right} of {bench.documents} documents right")


def _unless(holds: bool, complaint: str) -> list[str]:
    return [] if holds else [complaint]


def can_mount() -> bool:
    """Whether this machine lets a user have mounts of their own."""
    if shutil.which("unshare") is None:
        return False
    tried = ["unshare", "--map-root-user", "--mount", "mount", "-t", "tmpfs", "none", "/mnt"]
    return subprocess.run(tried, capture_output=True, check=False).returncode == 0  # noqa: S603 - our own


def run(documents: int, kills: int, seed: int) -> dict[str, list[str] | None]:
    """Fault -> what did not hold; None for one that was passed over."""
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        bench = Bench(folder, documents, kills, random.Random(seed), {})  # noqa: S311 - repeatable
        _draw(folder / "scans", documents)
        (folder / "store").mkdir()
        with Endpoint(bench.answer, keeps_requests=False) as endpoint:
            bench.environment = {
                **os.environ,
                **endpoint.environment,
                "MLFLOW_TRACKING_URI": f"sqlite:///{folder}/store/mlflow.db",
                "PYTHONPATH": f"{_CHECKOUT}{os.pathsep}{os.environ.get('PYTHONPATH', '')}",
                PATH_VARIABLE: str(folder / "replies.sqlite"),
            }
            logged = bench.run(bench.command("log_model", "--engine", "llm", "--llm", "stress"))
            if logged.exit_code:
                return {"log_model": [logged.told]}
            mounts = can_mount()
            return {
                name: fault(bench) if mounts or name not in _IN_NAMESPACE else None
                for name, fault in FAULTS.items()
            }


def _draw(folder: Path, documents: int) -> None:
    folder.mkdir()
    for n in range(documents):
        page = Image.new("RGB", (_NARROWEST_PX + n, _HEIGHT_PX), "white")
        page.save(folder / f"{n:04}.png")


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m scripts.stress batch", description=__doc__)
    parser.add_argument("--documents", type=whole_number, default=60)
    parser.add_argument("--kills", type=whole_number, default=3)
    parser.add_argument("--seed", type=whole_number, default=0)
    args = parser.parse_args(argv)
    found = run(args.documents, args.kills, args.seed)
    print(f"{args.documents} documents, {args.kills} SIGKILLs, seed {args.seed}")
    for name, complaints in found.items():
        if complaints is None:
            print(f"  {name:<16} passed over: this machine allows no mounts")
        else:
            print(f"  {name:<16} {'; '.join(complaints) or 'every document right, once'}")
    return 1 if any(found.values()) else 0
