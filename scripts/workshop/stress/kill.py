"""python -m scripts.stress kill [--pages 500] [--kills 3] [--faults 0.1] [--seed 0]

Read pages from a loopback endpoint with random faults, in a process that is killed (SIGKILL) at
random moments and started again until it ends by itself. Counts what reached the endpoint: every
page must be right, and none paid for twice beyond what was in flight at a kill.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from ocr_model.engines.llm.cache import PATH_VARIABLE
from ocr_model.errors import ConfigError
from scripts.workshop.loopback import Endpoint, Played, Reply, Seen, completion, error, play
from scripts.workshop.stress._killed_reader import CONCURRENCY, NARROWEST_PX

_SHOWS_NOTHING_AFTER_S = 120.0
_HTML = {"content-type": "text/html"}
_TOO_SOON = {"retry-after": "0.1"}

# What passes: each may be met by any request.
FAULTS: dict[str, Played] = {
    "429": error(429, "Rate limit reached", headers=_TOO_SOON),
    "500": error(500, "The server had an error"),
    "503": Reply(b"", 503),
    "hung up": play(),
    "short body": play(b"HTTP/1.1 200 OK\r\ncontent-length: 900\r\n\r\n{"),
    "no JSON": Reply(b"Bad gateway"),
    "web page": Reply(b"<html>One moment</html>", 200, _HTML),
    "empty body": Reply(b""),
    "not UTF-8": Reply(b'{"choices": "\xff"}'),
    "overloaded in a 200": Reply({"error": {"message": "busy", "type": "overloaded_error"}}),
    "no choices": Reply({"choices": []}),
    "broken completion": completion('{"pairs": [{"key": "Wid'),
}


@dataclass(slots=True)
class Luck:
    """Plays the endpoint: mostly the right answer, else a random fault. Counts both."""

    share_of_faults: float
    latency_s: float
    seed: int
    faults: Counter[str] = field(default_factory=Counter)
    answered: Counter[int] = field(default_factory=Counter)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _random: random.Random = field(init=False)

    def __post_init__(self) -> None:
        self._random = random.Random(self.seed)  # noqa: S311 - luck, to be had again

    def play(self, seen: Seen) -> Played:
        width_px = seen.image.width
        with self._lock:
            if self._random.random() < self.share_of_faults:
                name = self._random.choice(list(FAULTS))
                self.faults[name] += 1
                return FAULTS[name]
            self.answered[width_px] += 1
        text = json.dumps({"pairs": [{"key": "Width", "value": [str(width_px)]}]})
        return completion(text, delay_s=self.latency_s)


@dataclass(frozen=True, slots=True)
class Figures:
    """What came of it; `cached` pages came from the cache in the last run."""

    pages: int
    kills: int
    right: int
    cached: int
    requests: int
    faults: int
    paid_twice: int
    seconds: float

    @property
    def most_in_flight(self) -> int:
        return self.kills * CONCURRENCY

    @property
    def most_requests(self) -> int:
        """A fault is answered by one retry; a kill costs what was in flight."""
        return self.pages + self.faults + self.most_in_flight

    @property
    def holds(self) -> bool:
        return (
            self.right == self.pages
            and self.requests <= self.most_requests
            and self.paid_twice <= self.most_in_flight
        )


def run(pages: int, kills: int, faults: float, seed: int) -> Figures:
    """Read the pages to the end, with kills on the way.

    Raises:
        ConfigError: the reading process fails, or shows nothing for two minutes.
    """
    luck = Luck(faults, 0.0, seed)
    chance = random.Random(seed)  # noqa: S311 - luck, to be had again
    started = time.monotonic()
    with Endpoint(luck.play) as endpoint, tempfile.TemporaryDirectory() as folder:
        cache, rows = Path(folder) / "replies.sqlite", Path(folder) / "rows.json"
        environment = {**os.environ, **endpoint.environment, PATH_VARIABLE: str(cache)}
        reader = "scripts.workshop.stress._killed_reader"
        command = [sys.executable, "-m", reader, str(pages), str(rows)]
        for at in sorted(chance.sample(range(1, pages), kills)):
            with subprocess.Popen(command, env=environment) as process:  # noqa: S603 - our own
                _wait_for(luck, at, process)
                # Anywhere within a request, not only when the endpoint has just been asked.
                time.sleep(chance.uniform(0, 0.05))
                process.kill()
        subprocess.run(command, env=environment, check=True)  # noqa: S603 - our own
        read = json.loads(rows.read_text("utf-8"))
    return Figures(
        pages=pages,
        kills=kills,
        right=sum(
            (name, outcome, pairs) == (str(NARROWEST_PX + n), "ok", {"Width": [name]})
            for n, (name, outcome, pairs, _) in enumerate(read)
        ),
        cached=sum(cached for *_, cached in read),
        requests=len(endpoint.requests),
        faults=luck.faults.total(),
        paid_twice=luck.answered.total() - len(luck.answered),
        seconds=time.monotonic() - started,
    )


def _wait_for(luck: Luck, answered: int, process: subprocess.Popen[bytes]) -> None:
    gives_up_at = time.monotonic() + _SHOWS_NOTHING_AFTER_S
    while luck.answered.total() < answered:
        if process.poll() is not None or time.monotonic() > gives_up_at:
            process.kill()
            raise ConfigError(
                f"Expected the reading process to go on, got exit code {process.returncode}."
            )
        time.sleep(0.001)


def main(argv: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m scripts.stress kill", description=__doc__)
    parser.add_argument("--pages", type=int, default=500)
    parser.add_argument("--kills", type=int, default=3)
    parser.add_argument("--faults", type=float, default=0.1, help="share of requests")
    parser.add_argument("--seed", type=int, default=0)
    args = parser.parse_args(argv)
    figures = run(args.pages, args.kills, args.faults, args.seed)
    print(
        f"{figures.right} of {figures.pages} pages right after {figures.kills} SIGKILLs, "
        f"{figures.seconds:.0f} s\n"
        f"requests {figures.requests} <= {figures.pages} pages + {figures.faults} retries + "
        f"{figures.most_in_flight} in flight at kills = {figures.most_requests}\n"
        f"replies paid twice {figures.paid_twice} (at most {figures.most_in_flight}); from the "
        f"cache in the last run {figures.cached}\n"
        f"{'holds' if figures.holds else 'DOES NOT HOLD'}"
    )
    return 0 if figures.holds else 1
