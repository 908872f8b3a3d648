from __future__ import annotations

import numpy as np

from ocr_model.report.confidence_view import Dot, confidence_view
from ocr_model.scoring.confidence import judge

JUDGED = np.array([(0.9, 1, 0), (0.4, 0, 1)], dtype=float)


def test_curves_are_paths_in_a_square_with_the_origin_at_the_bottom() -> None:
    view = confidence_view(JUDGED)
    assert view is not None
    assert view.answers == 2
    assert view.reliability == "M40 100L90 0"
    assert view.risk == "M50 100L100 50"
    assert view.dots[1] == Dot(90.0, 0.0, 3.5, "1 answers: confidence 0.90, right 1.00")


def test_without_confidences_there_is_nothing_to_show() -> None:
    assert confidence_view(judge([])) is None
