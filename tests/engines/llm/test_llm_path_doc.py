"""docs/llm-path.md says what the code does."""

from __future__ import annotations

from pathlib import Path

from ocr_model.engines.llm.exchange.faults import POLICY, Kind

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
