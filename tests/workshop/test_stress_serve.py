"""What the soak counts as right, typed, wrong and lost."""

from __future__ import annotations

import dataclasses
import json
from collections import Counter
from typing import Any

import pytest

from scripts.workshop.stress.serve import Soaked, judge, run
from tests.support.model_stub import ROW

RIGHT = {**ROW, "document_id": "7", "pairs": {"Width": ["107"]}}
FAULT = {**RIGHT, "outcome": "endpoint_error", "error": "it was hung up", "pairs": {}}


@pytest.mark.parametrize(
    ("status", "row", "kind"),
    [
        (200, RIGHT, "right"),
        (200, FAULT, "endpoint_error"),
        (200, RIGHT | {"pairs": {"Width": ["108"]}}, "wrong"),
        (200, RIGHT | {"outcome": "empty", "pairs": {}}, "wrong"),
        (200, RIGHT | {"document_id": "8"}, "wrong"),
        (200, FAULT | {"document_id": "8"}, "wrong"),
        (200, FAULT | {"error": None}, "wrong"),
        (200, {}, "untyped"),
        (500, RIGHT, "untyped"),
        (504, RIGHT, "untyped"),
    ],
    ids=["right", "typed", "answer", "empty", "id", "typed_id", "no_reason", "row", "500", "504"],
)
def test_an_answer_is_judged(status: int, row: dict[str, Any], kind: str) -> None:
    said = json.dumps({"predictions": [row]}).encode()
    assert judge(status, said, "7", width_px=107) == kind


def test_no_json_is_untyped() -> None:
    assert judge(200, b"Internal Server Error", "7", width_px=107) == "untyped"


SOAKED = Soaked(
    requests=6000,
    final=Counter({"right": 5990, "endpoint_error": 10}),
    again=Counter({"cut": 16}),
    examples=(),
    memory_mb=((300.0, 310.0), (290.0, 280.0)),
    endpoint_faults=600,
    seconds=1.0,
)


@pytest.mark.parametrize(
    ("change", "holds"),
    [
        ({}, True),
        ({"final": Counter({"right": 5989, "endpoint_error": 10})}, False),
        ({"final": Counter({"right": 5989, "endpoint_error": 10, "lost": 1})}, False),
        ({"final": Counter({"right": 5989, "endpoint_error": 10, "wrong": 1})}, False),
        ({"final": Counter({"right": 5989, "endpoint_error": 10, "untyped": 1})}, False),
        ({"memory_mb": ((300.0, 341.0), (290.0, 280.0))}, False),
    ],
    ids=["holds", "missing", "lost", "wrong", "untyped", "grown"],
)
def test_it_holds_only_if_all_is_answered_and_nothing_grows(
    change: dict[str, Any], holds: bool
) -> None:
    assert dataclasses.replace(SOAKED, **change).holds is holds


@pytest.mark.integration
@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")  # of logging a model
def test_300_requests_through_two_restarts() -> None:
    soaked = run(requests=300, clients=16, workers=2, faults=0.1, latency_s=0.02)
    assert soaked.final["right"] + soaked.typed == 300
    assert soaked.typed < 30
    # Clients met the restarts, and nothing was lost in them.
    assert soaked.again["refused"] + soaked.again["cut"] > 0
    assert len(soaked.memory_mb) == 6
    assert soaked.holds
