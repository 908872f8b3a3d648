"""docs/llm-path.md says what the code does."""

from __future__ import annotations

from pathlib import Path

import pytest

from ocr_model.engines.llm.exchange.faults import POLICY, Kind
from ocr_model.extraction.merging import PageFailure, merge
from tests.support.endpoint import GOOD, Reply, completion
from tests.support.llm import read

DOCUMENT = (Path(__file__).parents[3] / "docs" / "llm-path.md").read_text("utf-8")


def documented() -> dict[str, tuple[str, int, bool, str]]:
    """Rows of the table of faults: outcome, tries, whether the batch ends, remedy."""
    rows = {}
    for line in DOCUMENT.splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if len(cells) == 6 and cells[3].isdecimal():
            fault, _, outcome, tries, concerns, remedy = cells
            aborts = "aborted" in concerns
            rows[fault.strip("`")] = (outcome.strip("`"), int(tries), aborts, remedy)
    return rows


def test_every_kind_of_fault_stands_in_the_table_with_its_policy() -> None:
    told = "the words of the provider"
    assert set(POLICY) == set(Kind)
    assert documented() == {
        kind.value: (
            policy.outcome.value,
            policy.tries,
            policy.aborts_batch,
            policy.remedy or told,
        )
        for kind, policy in POLICY.items()
    }


# A reply of each kind in the table, by how its row begins.
REPLIES = {
    "cut off": completion(GOOD[:40], finish_reason="length"),
    "a loop": completion('{"pairs": [' + '{"key": "A", "value": ["1"]}, ' * 300),
    "no JSON": completion("Hm."),
    "something": completion(f'{GOOD[:-1]}, "note": "see back"}}'),
    "a pair": completion(GOOD.replace("[]", "{}")),
}
REQUESTS = {"no": 1, "once": 2, "up to twice": 3}


@pytest.mark.parametrize(("start", "reply"), REPLIES.items(), ids=REPLIES.keys())
def test_every_kind_of_reply_comes_to_what_the_table_says(start: str, reply: Reply) -> None:
    (row,) = (line for line in DOCUMENT.splitlines() if line.startswith(f"| {start}"))
    _, asked, outcome = (cell.strip() for cell in row.strip("|").split("|"))
    reading = read(lambda _: reply)
    result = reading.result or PageFailure(1, reading.error or pytest.fail("no outcome"))
    assert len(reading.requests) == REQUESTS[asked.partition(",")[0]]
    assert outcome.startswith(f"`{merge('a', [result], []).outcome.value}`")
