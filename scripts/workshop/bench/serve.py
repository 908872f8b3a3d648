"""python -m scripts.bench serve [--engines local,llm] [--env-manager uv] [--quick]

A real `mlflow models serve` in an environment built from the model's requirements alone: time to
the first answer, memory, latency and throughput, each beside the engine called directly in this
process on the same documents right before. Prints Markdown tables.
"""

from __future__ import annotations

import argparse
import base64
import json
import time
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import cycle, islice

import mlflow

from ocr_model.commands.cli import quiet_mlflow
from ocr_model.extraction import Document, Extractor
from ocr_model.ocr import usable_cores
from ocr_model.schema import READ
from scripts.workshop.bench.common import machine, sample_files
from scripts.workshop.load import Connections, Load, run_clients
from scripts.workshop.loopback import endpoint_in_a_process
from scripts.workshop.model_server import RunningServer, Serving, memory_mb, served, start
from scripts.workshop.model_server import wait_until_healthy as wait
from scripts.workshop.throwaway_model import ThrowawayModel, throwaway_model

CLIENTS = (1, 4, 16)
_ROWS_PER_REQUEST = 16
# A request that waits is measured, not cut off.
_TIMEOUT_S = 600

HEAD = (
    "| engine | server | clients | requests | req/s | x direct | p50 ms | p95 ms | "
    "p50 / direct | MB per worker |\n|---|---|--:|--:|--:|--:|--:|--:|--:|--:|"
)
START_HEAD = (
    "| engine | environment built, first answer s | first answer s | first request ms | "
    "MB when loaded |\n|---|--:|--:|--:|--:|"
)


@dataclass(frozen=True, slots=True)
class Variant:
    """A way to start the server."""

    name: str
    workers: int
    traces: bool = True


VARIANTS = (
    Variant("1 worker", 1),
    Variant("1 worker, no traces", 1, traces=False),
    Variant("2 workers", 2),
)


@dataclass(frozen=True, slots=True)
class Task:
    """One engine's share of the work."""

    model: ThrowawayModel
    env_manager: str
    files: Sequence[bytes]
    requests: dict[int, int]

    @property
    def engine(self) -> str:
        return self.model.config.engine

    def serving(self, variant: Variant) -> Serving:
        environment = dict(self.model.environment)
        environment["MLFLOW_ENV_ROOT"] = str(self.model.folder / "envs")
        if not variant.traces:
            environment["MLFLOW_TRACE_SAMPLING_RATIO"] = "0"
        # Several workers share the cores, or each would start as many pages as there are cores.
        cores = max(1, usable_cores() // variant.workers)
        settings = {"concurrency": cores} if self.engine == "local" else {}
        return Serving(
            self.model.model_uri,
            environment,
            self.env_manager,
            variant.workers,
            _TIMEOUT_S,
            settings,
        )


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--engines", default="local,llm", help="which, separated by a comma")
    parser.add_argument("--env-manager", default="uv", choices=["uv", "local", "virtualenv"])
    parser.add_argument("--latency", type=float, default=0.5, help="seconds per completion")
    parser.add_argument("--quick", action="store_true", help="few requests; no figures to keep")
    args = parser.parse_args(argv)
    quiet_mlflow()
    mlflow.tracing.disable()
    files = sample_files()
    print(
        f"{machine()} at the start, endpoint {args.latency:g} s, environment by {args.env_manager}",
        flush=True,
    )
    starts, rows = [START_HEAD], [HEAD]
    for engine in args.engines.split(","):
        # The embedded engine asks no endpoint; one that idles costs it nothing.
        with endpoint_in_a_process(args.latency), throwaway_model(engine=engine) as model:
            task = Task(model, args.env_manager, files, _requests(engine, quick=args.quick))
            starts.append(_starts(task))
            for variant in VARIANTS[:1] if args.quick else VARIANTS:
                rows += _measure(task, variant)
    print("\n".join(["", *starts, "", *rows]))
    print(f"\n{machine()} at the end; direct: the engine in one process, no server")
    return 0


def _requests(engine: str, *, quick: bool) -> dict[int, int]:
    """How many requests by number of clients."""
    if quick:
        return dict.fromkeys(CLIENTS, 4 if engine == "local" else 16)
    if engine == "local":
        return dict.fromkeys(CLIENTS, 34)
    return {clients: 20 * clients for clients in CLIENTS}


def _starts(task: Task) -> str:
    """From the command to the first answer: with nothing built yet, and once more."""
    seconds, first_ms, loaded_mb = [], 0.0, 0.0
    for _ in range(2):
        started = time.perf_counter()
        server = start(task.serving(VARIANTS[0]), task.model.folder)
        try:
            wait(server.port, server.process, server.log)
            loaded_mb = memory_mb(server.worker_pids()[0])
            asked = time.perf_counter()
            _ask(Connections(server.port), _body(task.files[:1]))
            first_ms = 1000 * (time.perf_counter() - asked)
            seconds.append(time.perf_counter() - started)
        finally:
            server.end()
    cells = f"{seconds[0]:.1f} | {seconds[1]:.1f} | {first_ms:.0f} | {loaded_mb:.0f}"
    return f"| {task.engine} | {cells} |"


def _measure(task: Task, variant: Variant) -> list[str]:
    rows = []
    settings = task.model.config.model_copy(update={"concurrency": max(CLIENTS)})
    engine = Extractor(settings, task.model.prompt)
    with served(task.serving(variant), task.model.folder) as server:
        connections = Connections(server.port, _TIMEOUT_S)
        _warm(connections, task.files, server)
        for clients in CLIENTS:
            files = list(islice(cycle(task.files), task.requests[clients]))
            direct = run_clients(clients, files, lambda data: _extract(engine, data))
            bodies = [_body([data]) for data in files]
            load = run_clients(clients, bodies, lambda body: _ask(connections, body))
            rows.append(_row(task, variant, str(clients), (load, direct), server))
        body = _body(list(islice(cycle(task.files), _ROWS_PER_REQUEST)))
        load = run_clients(1, [body], lambda body: _ask(connections, body))
        name = f"1, {_ROWS_PER_REQUEST} documents in a request"
        documents = Load(load.seconds * _ROWS_PER_REQUEST, load.wall_s)
        rows.append(_row(task, variant, name, (documents, direct), server))
    return rows


def _row(
    task: Task, variant: Variant, clients: str, loads: tuple[Load, Load], server: RunningServer
) -> str:
    load, direct = loads
    memory = " ".join(f"{memory_mb(pid, peak=True):.0f}" for pid in server.worker_pids())
    cells = [task.engine, variant.name, clients, str(len(load.seconds))]
    cells += [f"{load.per_second:.2f}", f"{load.per_second / direct.per_second:.2f}"]
    cells += [f"{load.p50_ms:.0f}", f"{load.p95_ms:.0f}"]
    # A request of many documents takes longer than a document; only its rate compares.
    cells += [f"{load.p50_ms / direct.p50_ms:.2f}" if clients.isdigit() else ""]
    return "| " + " | ".join([*cells, memory]) + " |"


def _warm(connections: Connections, files: Sequence[bytes], server: RunningServer) -> None:
    """Every worker has answered once: connections are spread over them at random."""
    bodies = [_body([data]) for data in islice(cycle(files), 2 * len(server.worker_pids()))]
    run_clients(len(bodies), bodies, lambda body: _ask(connections, body))


def _body(files: Sequence[bytes]) -> bytes:
    images = [{"image": base64.b64encode(data).decode("ascii")} for data in files]
    return json.dumps({"instances": images}).encode()


def _ask(connections: Connections, body: bytes) -> None:
    status, said = connections.ask(body)
    rows = json.loads(said)["predictions"] if status == 200 else []
    outcomes = {row["outcome"] for row in rows}
    if not outcomes or not outcomes <= READ:
        raise SystemExit(f"Expected rows that are ok or empty, got {status}: {said[:300]!r}")


def _extract(engine: Extractor, data: bytes) -> None:
    row = engine.extract(Document(data))
    if row.outcome not in READ:
        raise SystemExit(f"Expected a row that is ok or empty, got {row.outcome}: {row.error}")
