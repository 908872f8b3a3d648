from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from ocr_model.extraction.pixel_budget import PixelBudget


def test_pixels_that_are_held_are_not_lent_twice() -> None:
    budget = PixelBudget(100)
    with budget.hold(60, 1) as first, budget.hold(40, 1) as second, budget.hold(1, 0.01) as third:
        assert (first, second, third) == (True, True, False)
    with budget.hold(100, 1) as again:
        assert again


def test_page_larger_than_all_there_is_is_read_alone() -> None:
    budget = PixelBudget(100)
    with budget.hold(1_000, 1) as large, budget.hold(1, 0.01) as other:
        assert (large, other) == (True, False)


def test_large_page_is_not_passed_by_small_ones() -> None:
    budget, order, waits = PixelBudget(100), list[str](), threading.Event()

    def read(name: str, pixels: int) -> None:
        waits.set()
        with budget.hold(pixels, 10):
            order.append(name)

    with ThreadPoolExecutor(2) as pool:
        with budget.hold(50, 1):
            large = pool.submit(read, "large", 100)
            assert waits.wait(5)
            while not budget._waiting:
                pass
            small = pool.submit(read, "small", 10)
        large.result()
        small.result()
    assert order == ["large", "small"]


def test_fault_within_gives_the_pixels_back() -> None:
    budget = PixelBudget(100)
    with pytest.raises(ValueError, match="page"), budget.hold(100, 1):
        raise ValueError("page")
    with budget.hold(100, 0.01) as held:
        assert held
