"""Pages of very many words in overlapping parts."""

from __future__ import annotations

import numpy as np
import pytest

from ocr_model.linker.boxes import Floats
from ocr_model.linker.page_parts import parts_of
from ocr_model.schema import Box


def grid(columns: int, rows: int, gap_after_row: int | None = None) -> Floats:
    """Words of 80 x 20 px, 100 px apart across and 30 down."""
    left, top = np.meshgrid(100.0 * np.arange(columns), 30.0 * np.arange(rows))
    if gap_after_row is not None:
        top[gap_after_row:] += 200
    return np.column_stack([left.ravel(), top.ravel(), left.ravel() + 80, top.ravel() + 20])


@pytest.mark.parametrize(
    ("columns", "rows"), [(8, 2000), (2000, 8), (150, 100), (1, 3000)], ids=str
)
def test_each_word_is_in_one_core(columns: int, rows: int) -> None:
    boxes = grid(columns, rows)
    parts = list(parts_of(boxes))
    cores = [[part.has(Box(*box)) for part in parts] for box in boxes.tolist()]
    assert {sum(row) for row in cores} == {1}
    assert len(parts) >= len(boxes) / 800
    for number, part in enumerate(parts):
        own = {i for i, row in enumerate(cores) if row[number]}
        assert own <= set(part.words.tolist())
        assert len(own) <= 800


def test_parts_of_a_scroll_come_from_the_top_down_and_see_the_lines_around_them() -> None:
    first, second = parts_of(grid(8, 150))
    assert first.core.bottom == second.core.top
    last_seen, first_seen = max(first.words.tolist()) // 8, min(second.words.tolist()) // 8
    # 16 heights of 20 px are 320 px, lines stand 30 px apart.
    assert (last_seen - first_seen) == pytest.approx(2 * 320 / 30, abs=2)


def test_a_page_is_parted_where_it_has_a_gap() -> None:
    first, _ = parts_of(grid(8, 150, gap_after_row=66))
    assert 65 * 30 + 20 < first.core.bottom < 66 * 30 + 200


def test_a_page_of_few_words_is_one_part() -> None:
    (only,) = parts_of(grid(4, 10))
    assert only.words.tolist() == list(range(40))
    assert only.has(Box(-5, -5, 1e9, 1e9))
