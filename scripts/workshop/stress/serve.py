"""python -m scripts.stress serve [--requests 10000] [--clients 16] [--workers 2] [--faults 0.1]

A real model server under full load, before an LLM endpoint where one reply in ten is a random
fault. It is restarted twice: ended politely (SIGTERM) after half of the requests, killed (SIGKILL)
after three quarters. Clients count what becomes of each request and send again what was refused
or cut. Holds if every request is answered, each answer is right or a typed fault, and no worker
grows.
"""

from __future__ import annotations

import argparse
import base64
import http.client
import io
import json
import signal
import threading
import time
from collections import Counter
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import mlflow
from PIL import Image

from ocr_model.commands.cli import quiet_mlflow
from ocr_model.schema import READ, Outcome
from scripts.workshop.load import Connections, run_clients
from scripts.workshop.loopback import Endpoint
from scripts.workshop.model_server import (
    RunningServer,
    Serving,
    free_port,
    memory_mb,
    start,
    wait_until_healthy,
)
from scripts.workshop.stress._accidents import Tally
from scripts.workshop.stress.kill import Luck
from scripts.workshop.throwaway_model import throwaway_model

NARROWEST_PX = 100
_WIDTHS = 1000
_HEIGHT_PX = 64
# A leak of 20 kB a request would be 40 MB over the first server's 4,000 requests after settling.
# Short runs end before a worker has met all that it loads and pools once.
_MOST_GROWTH_MB = 40.0
_MOST_GROWTH_OF_SHORT_RUNS_MB = 120.0
_SHORT_RUN = 5000
_GIVES_UP_AFTER_S = 180.0
_PAUSE_S = 0.2
_TYPED = frozenset(Outcome) - READ
# Share of the requests after which a server ends, and how.
_RESTARTS = ((0.5, signal.SIGTERM), (0.75, signal.SIGKILL))
# Memory is first taken when so much of a server's share is answered.
_SETTLED = 0.2


@dataclass(frozen=True, slots=True)
class Soaked:
    """What became of the requests: `final` counts each once, `again` what was sent again.

    `memory_mb` has one pair (settled, at the end) per worker and server.
    """

    requests: int
    final: Counter[str]
    again: Counter[str]
    examples: tuple[str, ...]
    memory_mb: tuple[tuple[float, float], ...]
    endpoint_faults: int
    seconds: float

    @property
    def typed(self) -> int:
        return sum(self.final[outcome.value] for outcome in _TYPED)

    @property
    def growth_mb(self) -> float:
        return max(late - early for early, late in self.memory_mb)

    @property
    def most_growth_mb(self) -> float:
        return _MOST_GROWTH_OF_SHORT_RUNS_MB if self.requests < _SHORT_RUN else _MOST_GROWTH_MB

    @property
    def holds(self) -> bool:
        answered = self.final["right"] + self.typed
        all_answered = answered == self.requests == self.final.total()
        return all_answered and self.growth_mb <= self.most_growth_mb


class Soak:
    """One server at a time on one port, while clients go on."""

    def __init__(self, serving: Serving, folder: Path, tally: Tally) -> None:
        self._serving = serving
        self._folder = folder
        self._tally = tally
        self.port = free_port()
        self.memory_mb: list[tuple[float, float]] = []
        self.over = threading.Event()

    def serve(self, requests: int) -> None:
        """Start, watch and restart the server until the clients are done."""
        shares = [0.0, *(share for share, _ in _RESTARTS), 1.0]
        signals = [how for _, how in _RESTARTS] + [signal.SIGTERM]
        for (begin, end), how in zip(pairwise(shares), signals, strict=True):
            server = self._start()
            settled = begin + _SETTLED * (end - begin)
            self._wait_for(settled * requests)
            early = self._memory(server)
            self._wait_for(end * requests)
            late = self._memory(server)
            self.memory_mb += [(early[pid], late[pid]) for pid in early.keys() & late.keys()]
            server.end(how)

    def _start(self) -> RunningServer:
        server = start(self._serving, self._folder, self.port)
        wait_until_healthy(server.port, server.process, server.log)
        return server

    def _wait_for(self, answered: float) -> None:
        while self._tally.outcomes["final"].total() < answered and not self.over.is_set():
            time.sleep(0.02)

    @staticmethod
    def _memory(server: RunningServer) -> dict[int, float]:
        return {pid: memory_mb(pid) for pid in server.worker_pids()}


def run(requests: int, clients: int, workers: int, faults: float, latency_s: float) -> Soaked:
    """Send the requests to the end, through two restarts.

    Raises:
        ConfigError: the server does not start.
    """
    luck, tally = Luck(faults, latency_s, seed=0), Tally()
    started = time.monotonic()
    with (
        Endpoint(luck.play) as endpoint,
        throwaway_model(engine="llm", llm="stress-llm", image_longest_side=8192) as model,
    ):
        environment = {**model.environment, **endpoint.environment}
        serving = Serving(model.model_uri, environment, workers=workers)
        soak = Soak(serving, model.folder, tally)
        watcher = threading.Thread(target=soak.serve, args=(requests,))
        watcher.start()
        try:
            connections = Connections(soak.port)
            run_clients(clients, range(requests), lambda n: _ask(n, connections, tally))
        finally:
            soak.over.set()
            watcher.join()
    return Soaked(
        requests,
        tally.outcomes["final"],
        tally.outcomes["again"],
        tuple(tally.failures[:5]),
        tuple(soak.memory_mb),
        luck.faults.total(),
        time.monotonic() - started,
    )


def _ask(number: int, connections: Connections, tally: Tally) -> None:
    """Ask until there is an answer; what is refused or cut is sent again."""
    width_px = NARROWEST_PX + number % _WIDTHS
    body = body_of(width_px, str(number))
    gives_up_at = time.monotonic() + _GIVES_UP_AFTER_S
    while time.monotonic() < gives_up_at:
        try:
            status, said = connections.ask(body)
        except ConnectionRefusedError:
            tally.note("again", "refused")
        except (OSError, http.client.HTTPException):
            tally.note("again", "cut")
        else:
            kind = judge(status, said, str(number), width_px)
            failure = "" if kind in _KNOWN else f"{status}: {said[:300]!r}"
            tally.note("final", kind, failure=failure)
            return
        time.sleep(_PAUSE_S)
    tally.note("final", "lost")


_KNOWN = {"right", *(outcome.value for outcome in _TYPED)}


def judge(status: int, said: bytes, document_id: str, width_px: int) -> str:
    """`right`, the outcome of a typed fault, `wrong`, or `untyped`."""
    if status != http.client.OK:
        return "untyped"
    try:
        [row] = json.loads(said)["predictions"]
        known = (row["document_id"], row["outcome"], row["pairs"])
    except (ValueError, LookupError, TypeError):
        return "untyped"
    if known == (document_id, Outcome.OK.value, {"Width": [str(width_px)]}):
        return "right"
    typed = row["outcome"] in _KNOWN and row["error"] and not row["pairs"]
    return str(row["outcome"]) if typed and row["document_id"] == document_id else "wrong"


def body_of(width_px: int, document_id: str) -> bytes:
    data = io.BytesIO()
    Image.new("RGB", (width_px, _HEIGHT_PX), "white").save(data, format="PNG")
    image = base64.b64encode(data.getvalue()).decode("ascii")
    return json.dumps({"instances": [{"image": image, "document_id": document_id}]}).encode()


def main(argv: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m scripts.stress serve", description=__doc__)
    parser.add_argument("--requests", type=int, default=10_000)
    parser.add_argument("--clients", type=int, default=16)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--faults", type=float, default=0.1, help="share of the LLM's replies")
    parser.add_argument("--latency", type=float, default=0.02, help="seconds per good reply")
    args = parser.parse_args(argv)
    quiet_mlflow()
    mlflow.tracing.disable()
    soaked = run(args.requests, args.clients, args.workers, args.faults, args.latency)
    print(_told(soaked))
    return 0 if soaked.holds else 1


def _told(soaked: Soaked) -> str:
    typed = ", ".join(
        f"{kind} {count}" for kind, count in sorted(soaked.final.items()) if kind != "right"
    )
    memory = ", ".join(f"{early:.0f} -> {late:.0f}" for early, late in soaked.memory_mb)
    lines = [
        f"{soaked.final['right']} of {soaked.requests} requests right in {soaked.seconds:.0f} s; "
        f"{typed or 'no typed fault'}",
        f"faults of the endpoint {soaked.endpoint_faults}; sent again: refused "
        f"{soaked.again['refused']}, cut {soaked.again['cut']}",
        f"memory of the workers of three servers, settled -> at the end: {memory} MB "
        f"(grown by {soaked.growth_mb:.0f} MB at most; {soaked.most_growth_mb:.0f} are allowed)",
        *(f"e.g. {example}" for example in soaked.examples),
        "holds" if soaked.holds else "DOES NOT HOLD",
    ]
    return "\n".join(lines)
