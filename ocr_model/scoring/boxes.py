"""Right answers -> how many of them have the annotated box. Pure.

A wrong answer has no box to compare with; boxes never decide whether an answer is right.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import TypeVar

import numpy as np
from scipy.optimize import linear_sum_assignment

from ocr_model.forms import LabelledPair
from ocr_model.normalize import fold_text
from ocr_model.schema import Answer, Box

# Minimum IoU of boxes for the same place (Everingham et al. 2010, PASCAL VOC).
SAME_PLACE = 0.5

_Placed = TypeVar("_Placed", Answer, LabelledPair)


def iou(one: Box, other: Box) -> float:
    """Intersection over union; 0 if both areas are 0.

    (0, 0, 2, 1), (1, 0, 3, 1) -> 1/3
    """
    width = min(one.right, other.right) - max(one.left, other.left)
    height = min(one.bottom, other.bottom) - max(one.top, other.top)
    common = max(width, 0.0) * max(height, 0.0)
    union = _area(one) + _area(other) - common
    return common / union if union > 0 else 0.0


def _area(box: Box) -> float:
    return max(box.right - box.left, 0.0) * max(box.bottom - box.top, 0.0)


def right_and_placed(
    predictions: Sequence[Answer], references: Sequence[LabelledPair]
) -> tuple[int, int]:
    """How many right answers have the annotated box, and how many have a box annotated.

    [Name: Ann at (0, 0, 9, 9)], [Name: Ann at (0, 0, 9, 8)] -> (1, 1); without a box -> (0, 1)

    Right: question and answer are equal normalized, one to one. Equal pairs are matched by the
    largest overlap.
    """
    predicted, labelled = _by_text(predictions), _by_text(references)
    agreeing = compared = 0
    for text, true in labelled.items():
        overlaps = np.array(
            [[_overlap(one, other) for other in true] for one in predicted.get(text, [])]
        )
        if not len(overlaps):
            continue
        rows, columns = linear_sum_assignment(overlaps, maximize=True)
        annotated = np.array([pair.answer_box is not None for pair in true])[columns]
        compared += int(annotated.sum())
        agreeing += int((overlaps[rows, columns] >= SAME_PLACE).sum())
    return agreeing, compared


def _by_text(pairs: Sequence[_Placed]) -> dict[tuple[str, str], list[_Placed]]:
    grouped: dict[tuple[str, str], list[_Placed]] = defaultdict(list)
    for pair in pairs:
        if pair.answer is not None and pair.answer.strip():
            grouped[fold_text(pair.question), fold_text(pair.answer)].append(pair)
    return grouped


def _overlap(prediction: Answer, reference: LabelledPair) -> float:
    if prediction.box is None or reference.answer_box is None:
        return 0.0
    return iou(prediction.box, reference.answer_box) if prediction.page == reference.page else 0.0
