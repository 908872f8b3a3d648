from __future__ import annotations

from ocr_model.monitoring import is_sampled

IDS = [f"scan-{number}.png" for number in range(20_000)]


def test_a_share_is_drawn_the_same_one_every_time() -> None:
    drawn = [name for name in IDS if is_sampled(name, 0.05)]
    # Five standard deviations around 1,000.
    assert 846 <= len(drawn) <= 1154
    assert drawn == [name for name in IDS if is_sampled(name, 0.05)]
    assert set(drawn) < {name for name in IDS if is_sampled(name, 0.1)}
    assert drawn != [name for name in IDS if is_sampled(name, 0.05, seed=1)]


def test_all_or_none_may_be_drawn() -> None:
    assert all(is_sampled(name, 1.0) for name in IDS)
    assert not any(is_sampled(name, 0.0) for name in IDS)
