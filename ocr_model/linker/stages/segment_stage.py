"""Features of segments, for their label, and of two near each other, for whether they merge."""

from __future__ import annotations

import numpy as np

from ocr_model.linker.boxes import (
    Floats,
    Indices,
    Neighbours,
    beyond,
    gaps,
    heights,
    neighbours_of,
    overlap_x,
    same_line,
    take,
    widths,
)
from ocr_model.linker.drawing import cell_distances, line_features, lines_between
from ocr_model.linker.page import PageView
from ocr_model.linker.phrases import BRIEF, phrase_features
from ocr_model.linker.stages.phrase_groups import Groups
from ocr_model.linker.stages.word_stage import ink_features, page_features, place_features

# In units: how far below a line its continuation may begin.
_LINE_REACH = 2.2
_SIDE_REACH = 3.0
_CANDIDATES = 3


def segment_features(page: PageView, segments: Groups) -> Floats:
    """For the label of each segment, first pass."""
    boxes, unit = segments.boxes, page.unit
    text = phrase_features(segments.texts)
    near = neighbours_of(boxes)
    distance = gaps(boxes, near, unit)
    whole = np.repeat(page_features(text), len(boxes), axis=0)
    return np.column_stack(
        [
            text,
            segments.labels,
            place_features(page, boxes),
            ink_features(page, boxes),
            line_features(boxes, page.drawing, unit),
            distance,
            alignment_features(boxes, near, unit),
            column_features(boxes, segments.labels, unit),
            cell_features(page, boxes),
            *(take(text[:, BRIEF], side) for side in near.sides),
            *(take(segments.labels, side) for side in near.sides),
            whole,
        ]
    )


def alignment_features(boxes: Floats, near: Neighbours, unit: float) -> Floats:
    """Place on the line, and offsets to what stands above and below; shape (n, 9)."""
    line = same_line(boxes)
    before = (line & (boxes[None, :, 0] < boxes[:, None, 0])).sum(axis=1)
    behind = (line & (boxes[None, :, 0] > boxes[:, None, 0])).sum(axis=1)
    columns = [before, behind]
    for side in (near.above, near.below):
        other = take(boxes, side, 0.0)
        known = side >= 0
        columns += [
            np.where(known, np.clip((other[:, 0] - boxes[:, 0]) / unit, -20, 20), 30.0),
            np.where(known, np.clip((other[:, 2] - boxes[:, 2]) / unit, -20, 20), 30.0),
            np.where(known, (other[:, 3] - other[:, 1]) / heights(boxes), 0.0),
        ]
    center = (boxes[:, 0] + boxes[:, 2]) / 2
    whole = (boxes[:, 0].min() + boxes[:, 2].max()) / 2 if len(boxes) else 0.0
    return np.column_stack([*columns, np.abs(center - whole) / unit])


def column_features(boxes: Floats, labels: Floats, unit: float) -> Floats:
    """How many are aligned; mean labels in the column and on the line; shape (n, 11)."""
    left = np.abs(boxes[:, None, 0] - boxes[None, :, 0]) < 0.5 * unit
    right = np.abs(boxes[:, None, 2] - boxes[None, :, 2]) < 0.5 * unit
    middle = (boxes[:, 0] + boxes[:, 2]) / 2
    center = np.abs(middle[:, None] - middle[None, :]) < 0.5 * unit
    line = same_line(boxes)
    for relation in (left, right, center, line):
        np.fill_diagonal(relation, False)
    counts = [relation.sum(axis=1) for relation in (left, right, center)]
    means = [
        relation @ labels / np.maximum(relation.sum(axis=1), 1)[:, None]
        for relation in (left, line)
    ]
    return np.column_stack([*(np.minimum(count, 20) for count in counts), *means])


def cell_features(page: PageView, boxes: Floats) -> Floats:
    """Segments that share the ruled cell, and the place among them; shape (n, 3)."""
    distances = cell_distances(boxes, page.drawing, page.unit) * page.unit
    cells = boxes + np.column_stack([-distances[:, :2], distances[:, 2:]])
    middle_x, middle_y = (boxes[:, 0] + boxes[:, 2]) / 2, (boxes[:, 1] + boxes[:, 3]) / 2
    inside = (cells[:, None, 0] < middle_x) & (middle_x < cells[:, None, 2])
    inside &= (cells[:, None, 1] < middle_y) & (middle_y < cells[:, None, 3])
    np.fill_diagonal(inside, False)
    above = inside & (middle_y[None, :] < middle_y[:, None] - 0.5 * page.unit)
    enclosed = (distances < 59 * page.unit).sum(axis=1)
    return np.column_stack(
        [np.minimum(inside.sum(axis=1), 20), np.minimum(above.sum(axis=1), 20), enclosed]
    ).astype(np.float64)


def second_pass(page: PageView, segments: Groups, features: Floats, labels: Floats) -> Floats:
    """For the label again, with what the first pass said of it and of what stands around it."""
    near = neighbours_of(segments.boxes)
    return np.column_stack(
        [
            features,
            labels,
            *(take(labels, side) for side in near.sides),
            *(take(labels, beyond(side)) for side in (near.above, near.below)),
            column_features(segments.boxes, labels, page.unit)[:, 3:],
            np.repeat(labels.mean(axis=0)[None, :], len(labels), axis=0),
        ]
    )


def merge_candidates(page: PageView, segments: Groups) -> Indices:
    """Segments and those that could go on with them: below, or further right; shape (n, 2)."""
    boxes, unit = segments.boxes, page.unit
    if len(boxes) < 2:
        return np.zeros((0, 2), dtype=np.int64)
    near = neighbours_of(boxes)
    line = same_line(boxes)
    drop = (boxes[None, :, 1] - boxes[:, None, 3]) / unit
    indent = np.abs(boxes[None, :, 0] - boxes[:, None, 0]) / unit
    lower = ~line & (boxes[None, :, 1] + boxes[None, :, 3] > boxes[:, None, 1] + boxes[:, None, 3])
    lower &= (drop < _LINE_REACH) & ((overlap_x(boxes, boxes) > 0) | (indent < 2.0))
    cost = np.where(lower, np.maximum(drop, 0) + 0.15 * np.minimum(indent, 20), np.inf)
    ranked = np.argsort(cost, axis=1, kind="stable")[:, :_CANDIDATES]
    rows = np.repeat(np.arange(len(boxes)), ranked.shape[1])
    found = np.column_stack([rows, ranked.ravel()])
    found = found[np.isfinite(cost[found[:, 0], found[:, 1]])]
    left = np.flatnonzero(near.right >= 0)
    beside = np.column_stack([left, near.right[left]])
    gap = (boxes[beside[:, 1], 0] - boxes[beside[:, 0], 2]) / unit
    return np.concatenate([found, beside[gap < _SIDE_REACH]])


def merge_features(page: PageView, segments: Groups, pairs: Indices) -> Floats:
    """For whether the second segment of each pair goes on with what the first begins."""
    boxes, unit, labels = segments.boxes, page.unit, segments.labels
    upper, lower = pairs[:, 0], pairs[:, 1]
    text, near = phrase_features(segments.texts), neighbours_of(boxes)
    distance = gaps(boxes, near, unit)
    lines = line_features(boxes, page.drawing, unit)
    aligned = column_features(boxes, labels, unit)[:, :3]
    a, b = boxes[upper], boxes[lower]
    return np.column_stack(
        [
            _offset_features(a, b, unit),
            lines_between(a, b, page.drawing),
            near.below[upper] == lower,
            near.above[lower] == upper,
            near.right[upper] == lower,
            distance[upper],
            distance[lower],
            pitch_features(boxes, near, pairs, unit),
            place_features(page, a),
            aligned[upper],
            aligned[lower],
            lines[upper],
            lines[lower, :5],
            ink_features(page, boxes)[upper, :2],
            ink_features(page, boxes)[lower, :2],
            cell_features(page, boxes)[lower],
            labels[upper],
            labels[lower],
            *(take(labels, side[lower]) for side in near.sides),
            *(take(labels, side[upper]) for side in near.sides),
            text[upper],
            text[lower],
        ]
    )


def _offset_features(a: Floats, b: Floats, unit: float) -> Floats:
    """Where the second box of each pair stands as seen from the first, and their sizes."""
    common = np.minimum(a[:, 2], b[:, 2]) - np.maximum(a[:, 0], b[:, 0])
    return np.column_stack(
        [
            (b[:, 1] - a[:, 3]) / unit,
            (b[:, 0] - a[:, 2]) / unit,
            (b[:, 0] - a[:, 0]) / unit,
            (b[:, 2] - a[:, 2]) / unit,
            (b[:, [0, 2]].sum(axis=1) - a[:, [0, 2]].sum(axis=1)) / (2 * unit),
            common / np.maximum(np.minimum(widths(a), widths(b)), 1.0),
            widths(a) / unit,
            widths(b) / unit,
            heights(a) / np.maximum(heights(b), 1.0),
        ]
    )


def pitch_features(boxes: Floats, near: Neighbours, pairs: Indices, unit: float) -> Floats:
    """The gap of each pair beside the gaps above and below it, and room to the right; (n, 4)."""
    upper, lower = pairs[:, 0], pairs[:, 1]
    distance = gaps(boxes, near, unit)
    gap = (boxes[lower, 1] - boxes[upper, 3]) / unit
    column = np.abs(boxes[:, None, 0] - boxes[None, :, 0]) < 1.0 * unit
    reach = np.where(column, boxes[None, :, 2], -np.inf).max(axis=1)
    return np.column_stack(
        [
            gap - distance[upper, 2],
            gap - distance[lower, 3],
            (reach[upper] - boxes[upper, 2]) / unit,
            (reach[lower] - boxes[lower, 2]) / unit,
        ]
    )
