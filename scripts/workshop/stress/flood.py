"""python -m scripts.stress flood [--clients 200] [--seconds 12]

A real model server, before an LLM that takes half a second, while others misuse it: many requests
at once, connections that stay open, headers and bodies a byte per second, huge bodies. Each time a
good client asks one small request after the other, from another address. Told for the server as
MLflow starts it, with a limit of connections (`UVICORN_LIMIT_CONCURRENCY`), and with that behind
the nginx of docs/serving.md, where there is one. Holds if behind nginx every good request is
answered right, and memory stays bounded.
"""

from __future__ import annotations

import argparse
import contextlib
import http.client
import json
import re
import shutil
import socket
import statistics
import subprocess
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import mlflow

from ocr_model.commands.cli import quiet_mlflow, whole_number
from scripts.workshop.loopback import Endpoint, Reply, Seen, completion
from scripts.workshop.model_server import RunningServer, Serving, free_port, memory_mb, served
from scripts.workshop.stress.serve import body_of, judge
from scripts.workshop.throwaway_model import throwaway_model

_PAGE = Path(__file__).parents[3] / "docs" / "serving.md"
# Debian's is not on the path of a user.
NGINX = shutil.which("nginx") or "/usr/sbin/nginx"
_BAD, _GOOD = ("127.0.0.2", 0), ("127.0.0.3", 0)
_LATENCY_S = 0.5
_TIMEOUT_S = 90.0
_HUGE_BYTES = 100 * 2**20
_HUGE_AT_ONCE = 4
_MOST_GROWTH_MB = 600.0
_HEAD = "POST /invocations HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"


@dataclass(slots=True)
class Suffered:
    """What the good client got while others misused the server, and what they got."""

    good: Counter[str] = field(default_factory=Counter)
    good_s: list[float] = field(default_factory=list)
    bad: Counter[str] = field(default_factory=Counter)
    grown_mb: float = 0.0

    @property
    def told(self) -> str:
        middle = f"{statistics.median(self.good_s):.1f}" if self.good_s else "-"
        most = f"{max(self.good_s):.1f}" if self.good_s else "-"
        answered = ", ".join(f"{count} {kind}" for kind, count in self.good.most_common())
        others = ", ".join(f"{count} {kind}" for kind, count in self.bad.most_common())
        return f"{answered} | {middle} / {most} | {others} | {self.grown_mb:.0f}"


@dataclass(frozen=True, slots=True)
class Misuse:
    """Many clients of one address at a port, until `ends_at` by the monotonic clock."""

    port: int
    clients: int
    ends_at: float
    suffered: Suffered

    def each(self, do: Callable[[int], None], clients: int) -> None:
        threads = [threading.Thread(target=do, args=(n,), daemon=True) for n in range(clients)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(_TIMEOUT_S)

    def flood(self) -> None:
        self.each(self._ask, self.clients)

    def huge(self) -> None:
        self.each(self._send_much, _HUGE_AT_ONCE)

    def idle(self) -> None:
        self._hold("", "")

    def slow_headers(self) -> None:
        self._hold(_HEAD + "X-Slow: ", "x")

    def slow_bodies(self) -> None:
        self._hold(_HEAD + "Content-Length: 1000000\r\n\r\n", "x")

    def _ask(self, number: int) -> None:
        self.suffered.bad[post(self.port, _BAD, body_of(100 + number, str(number)))[0]] += 1

    def _send_much(self, _: int) -> None:
        self.suffered.bad[post(self.port, _BAD, b" " * _HUGE_BYTES)[0]] += 1

    def _hold(self, first: str, then: str) -> None:
        """Connections that stay open and send `then` every second."""
        held = []
        for _ in range(self.clients):
            connection = socket.create_connection(("127.0.0.1", self.port), 10, _BAD)
            connection.sendall(first.encode())
            connection.setblocking(False)
            held.append(connection)
        while time.monotonic() < self.ends_at:
            time.sleep(1)
            for connection in held:
                with contextlib.suppress(OSError):
                    connection.sendall(then.encode())
        for connection in held:
            self.suffered.bad["held" if _is_open(connection) else "cut"] += 1
            connection.close()


def _is_open(connection: socket.socket) -> bool:
    """Neither closed by the other side, nor answered."""
    try:
        return connection.recv(1) == b"never"
    except BlockingIOError:
        return True
    except OSError:
        return False


MISUSES: dict[str, Callable[[Misuse], None]] = {
    "many at once": Misuse.flood,
    "open connections": Misuse.idle,
    "slow headers": Misuse.slow_headers,
    "slow bodies": Misuse.slow_bodies,
    "huge bodies": Misuse.huge,
}


def post(port: int, source: tuple[str, int], body: bytes) -> tuple[str, bytes]:
    """The status, or "cut", and what was answered."""
    connection = http.client.HTTPConnection(
        "127.0.0.1", port, timeout=_TIMEOUT_S, source_address=source
    )
    try:
        connection.request("POST", "/invocations", body, {"Content-Type": "application/json"})
        reply = connection.getresponse()
        return str(reply.status), reply.read()
    except (OSError, http.client.HTTPException):
        return "cut", b""
    finally:
        connection.close()


def suffer(name: str, server: RunningServer, port: int, clients: int, seconds: float) -> Suffered:
    """Misuse the server for some seconds, and ask it like a good client meanwhile."""
    [worker] = server.worker_pids()
    before, suffered, over = memory_mb(worker), Suffered(), threading.Event()
    misuse = Misuse(port, clients, time.monotonic() + seconds, suffered)

    def end() -> None:
        MISUSES[name](misuse)
        over.set()

    threading.Thread(target=end, daemon=True).start()
    time.sleep(1)
    while not suffered.good or not over.is_set():
        began = time.monotonic()
        status, said = post(port, _GOOD, body_of(100, "good"))
        kind = judge(int(status), said, "good", 100) if status == "200" else status
        suffered.good[kind] += 1
        if kind == "right":
            suffered.good_s.append(time.monotonic() - began)
        suffered.grown_mb = max(suffered.grown_mb, memory_mb(worker) - before)
        time.sleep(0.2)
    return suffered


@contextmanager
def nginx_before(port: int) -> Iterator[int]:
    """The port of an nginx with the lines of docs/serving.md."""
    [lines] = re.findall(r"```nginx\n(.*?)```", _PAGE.read_text("utf-8"), re.DOTALL)
    listens = free_port()
    lines = lines.replace("8080", f"127.0.0.1:{listens}").replace(":5001", f":{port}")
    with tempfile.TemporaryDirectory() as name:
        conf = Path(name) / "nginx.conf"
        kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        paths = "".join(f"{kind}_temp_path {name}/{kind};\n" for kind in kinds)
        conf.write_text(
            f"daemon off; pid {name}/pid; error_log {name}/error.log;\n"
            f"events {{ worker_connections 2048; }}\nhttp {{ access_log off;\n{paths}{lines} }}\n"
        )
        process = subprocess.Popen([NGINX, "-p", name, "-c", str(conf)])  # noqa: S603 - our own
        try:
            gives_up_at = time.monotonic() + 10
            while socket.socket().connect_ex(("127.0.0.1", listens)):
                if process.poll() is not None or time.monotonic() > gives_up_at:
                    raise OSError((Path(name) / "error.log").read_text("utf-8"))
                time.sleep(0.05)
            yield listens
        finally:
            process.terminate()
            process.wait()


def run(clients: int, seconds: float, limit: int = 32) -> dict[str, dict[str, Suffered]]:
    """Front -> misuse -> what was suffered; without nginx where there is none. Prints each."""
    found: dict[str, dict[str, Suffered]] = {}
    with (
        Endpoint(_answer, keeps_requests=False) as endpoint,
        throwaway_model(engine="llm", llm="flood-llm", image_longest_side=8192) as model,
    ):
        serving = Serving(model.model_uri, {**model.environment, **endpoint.environment})
        limits = {**serving.environment, "UVICORN_LIMIT_CONCURRENCY": str(limit)}
        for front in ("bare", "limited", "nginx") if shutil.which(NGINX) else ("bare", "limited"):
            chosen = serving if front == "bare" else replace(serving, environment=limits)
            with ExitStack() as stack:
                server = stack.enter_context(served(chosen, model.folder))
                behind = front == "nginx"
                port = stack.enter_context(nginx_before(server.port)) if behind else server.port
                post(port, _GOOD, body_of(100, "first"))
                for name in MISUSES:
                    suffered = suffer(name, server, port, clients, seconds)
                    found.setdefault(front, {})[name] = suffered
                    print(f"| {front} | {name} | {suffered.told} |", flush=True)
    return found


def _answer(seen: Seen) -> Reply:
    text = json.dumps({"pairs": [{"key": "Width", "value": [str(seen.image.width)]}]})
    return completion(text, delay_s=_LATENCY_S)


def holds(found: dict[str, dict[str, Suffered]]) -> bool:
    return all(
        suffered.good.keys() == {"right"} and suffered.grown_mb < _MOST_GROWTH_MB
        for suffered in found.get("nginx", {}).values()
    )


def main(argv: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m scripts.stress flood", description=__doc__)
    parser.add_argument("--clients", type=whole_number, default=200)
    parser.add_argument("--seconds", type=whole_number, default=12)
    args = parser.parse_args(argv)
    quiet_mlflow()
    mlflow.tracing.disable()
    print("| server | misuse | good requests | their s, median / most | others | MB grown |")
    print("|---|---|---|---|---|--:|")
    found = run(args.clients, args.seconds)
    print("holds" if holds(found) else "DOES NOT HOLD")
    return 0 if holds(found) else 1
