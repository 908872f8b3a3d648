from __future__ import annotations

import pytest

from ocr_model.ocr.sureness import unsure_share
from ocr_model.ocr.text_lines import Line


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ([("Surname", 0.99, 6), ("Whitfield", 0.95, 6)], 0.0),
        ([("Surname", 0.99, 6), ("Wlnrfxxld", 0.7, 6)], 0.5),
        ([("Name", 0.99, 3), (" :  ", 0.95, 6)], 2 / 3),
        ([("", 0.0, 6)], 1.0),
        ([("1", 0.99, 3)], 0.0),
        ([], 0.0),
    ],
    ids=["sure", "half_unsure", "signs_left_out", "nothing", "a_number_in_a_wide_box", "no_lines"],
)
def test_unsure_share_counts_lines_by_their_length(
    lines: list[tuple[str, float, int]], expected: float
) -> None:
    read = [Line(text, confidence, None) for text, confidence, _ in lines]
    assert unsure_share(read, [float(length) for _, _, length in lines]) == pytest.approx(expected)
