from __future__ import annotations

import shutil
from collections import Counter

import pytest

from scripts.workshop.stress.flood import MISUSES, NGINX, Suffered, holds, run


@pytest.mark.parametrize(
    ("suffered", "expected"),
    [
        (Suffered(good=Counter(right=3), grown_mb=100), True),
        (Suffered(good=Counter({"right": 3, "503": 1}), grown_mb=100), False),
        (Suffered(good=Counter({"right": 3, "wrong": 1}), grown_mb=100), False),
        (Suffered(good=Counter(right=3), grown_mb=700), False),
    ],
    ids=["right", "one is turned away", "one is wrong", "memory grows"],
)
def test_it_holds_if_behind_nginx_all_is_right_and_memory_bounded(
    suffered: Suffered, expected: bool
) -> None:
    others = {"bare": {"many at once": Suffered(good=Counter({"504": 3}), grown_mb=9000)}}
    assert holds(others | {"nginx": {"many at once": suffered}}) is expected


@pytest.mark.integration
@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")  # of logging a model
def test_40_misusing_clients_behind_nginx_cost_a_good_one_nothing() -> None:
    if not shutil.which(NGINX):
        pytest.skip("nginx is not here")
    found = run(clients=40, seconds=3)
    assert found["nginx"].keys() == MISUSES.keys()
    assert holds(found)
    assert set(found["nginx"]["huge bodies"].bad) <= {"413", "cut"}
    assert found["limited"]["open connections"].good["503"] > 0
