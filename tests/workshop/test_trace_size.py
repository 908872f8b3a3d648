"""What a trace costs in MLflow's database, counted in bytes of the file."""

from __future__ import annotations

import pytest

from scripts.workshop.bench.traces import FORMS, cost_of_llm_traces, noisy_png

# A trace with no span costs 4 kB: MLflow's columns, six indexes, twelve rows of metadata.
MAX_BYTES = 10_000


@pytest.mark.integration
@pytest.mark.slow
@pytest.mark.usefixtures("mlflow_store")
def test_a_trace_of_one_page_stays_small_however_large_the_image() -> None:
    small, large = noisy_png(58), noisy_png(580)
    assert (len(small) // 1000, len(large) // 1_000_000) == (10, 1)
    pairs = FORMS["5 to 15 pairs"]
    costs = [cost_of_llm_traces(image, pairs, pages=66) for image in (small, large)]
    assert max(cost.bytes for cost in costs) < MAX_BYTES
    # The file grows in pages of 4 kB; what stands in it tells images apart more finely.
    assert abs(costs[1].span_chars - costs[0].span_chars) < 30
