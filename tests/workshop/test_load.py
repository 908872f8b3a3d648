"""Clients do every job once, at most so many at a time; percentiles by hand."""

from __future__ import annotations

import threading
import time

import pytest

from scripts.workshop.load import Connections, Load, run_clients
from scripts.workshop.model_server import free_port
from tests.support.model_stub import ModelStub


def test_percentiles_and_rate() -> None:
    load = Load(tuple(n / 1000 for n in range(20, 0, -1)), wall_s=4.0)
    assert load.p50_ms == pytest.approx(10.5)
    assert load.p95_ms == pytest.approx(19.0)
    assert load.per_second == 5.0
    assert Load((0.25,), 1.0).p95_ms == 250.0


def test_every_job_is_done_once_by_so_many_clients() -> None:
    done: list[int] = []
    busy, most, lock = 0, 0, threading.Lock()

    def do(job: int) -> None:
        nonlocal busy, most
        with lock:
            busy += 1
            most = max(most, busy)
        time.sleep(0.01)
        with lock:
            busy -= 1
            done.append(job)

    load = run_clients(4, list(range(20)), do)
    assert sorted(done) == list(range(20))
    assert most == 4
    assert len(load.seconds) == 20
    assert min(load.seconds) >= 0.01


def test_a_fault_of_a_client_is_raised() -> None:
    with pytest.raises(ValueError, match="no row"):
        run_clients(2, [1, 2], lambda _: (_ for _ in ()).throw(ValueError("no row")))


def test_a_connection_that_was_refused_is_made_anew() -> None:
    nowhere = Connections(free_port())
    for _ in range(2):
        with pytest.raises(ConnectionRefusedError):
            nowhere.ask(b"{}")
    stub = ModelStub()
    with stub.served() as url:
        connections = Connections(int(url.rpartition(":")[2]))
        assert [connections.ask(b'{"instances": []}')[0] for _ in range(2)] == [200, 200]
