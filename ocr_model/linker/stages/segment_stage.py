"""Features of segments, for their label, and of two near each other, for whether they merge."""

from __future__ import annotations

import numpy as np

from ocr_model.linker.boxes import (
    BOTTOM,
    FAR,
    GAP_ABOVE,
    GAP_BELOW,
    LEFT,
    RIGHT,
    TOP,
    Floats,
    Indices,
    Mask,
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
from ocr_model.linker.drawing import LEADING_LINES, cell_distances, line_features, lines_between
from ocr_model.linker.page import PageView
from ocr_model.linker.phrases import BRIEF, phrase_features
from ocr_model.linker.stages.phrase_groups import Groups
from ocr_model.linker.stages.word_stage import (
    DARKNESS,
    LETTER_HEIGHT,
    ink_features,
    page_features,
    place_features,
    places_on_line,
)

# In text heights: how far below a line, and beside it, its continuation may be.
_LINE_REACH = 2.2
_SIDE_REACH = 3.0
# Largest indent of a line below that does not overlap the one above.
_INDENT = 2.0
# Edges that differ by less are aligned.
_ALIGNED = 0.5
# Candidates below each line; cost of an indent relative to a drop of the same size.
_CANDIDATES = 3
_INDENT_COST = 0.15


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
            aligned_features(boxes, unit),
            mean_label_features(boxes, segments.labels, unit),
            cell_features(page, boxes),
            *(take(text[:, BRIEF], side) for side in near.sides),
            *(take(segments.labels, side) for side in near.sides),
            whole,
        ]
    )


def alignment_features(boxes: Floats, near: Neighbours, unit: float) -> Floats:
    """Place on the line, and offsets to what stands above and below; shape (n, 9)."""
    columns = [*places_on_line(boxes)]
    for side in (near.above, near.below):
        other = take(boxes, side, 0.0)
        known = side >= 0
        columns += [
            np.where(known, np.clip((other[:, LEFT] - boxes[:, LEFT]) / unit, -20, 20), 30.0),
            np.where(known, np.clip((other[:, RIGHT] - boxes[:, RIGHT]) / unit, -20, 20), 30.0),
            np.where(known, (other[:, BOTTOM] - other[:, TOP]) / heights(boxes), 0.0),
        ]
    center = (boxes[:, LEFT] + boxes[:, RIGHT]) / 2
    whole = (boxes[:, LEFT].min() + boxes[:, RIGHT].max()) / 2 if len(boxes) else 0.0
    return np.column_stack([*columns, np.abs(center - whole) / unit])


def aligned_features(boxes: Floats, unit: float) -> Floats:
    """How many others have the same left edge, right edge and middle; shape (n, 3)."""
    middle = (boxes[:, LEFT] + boxes[:, RIGHT]) / 2
    counts = [
        _others(_aligned(places, unit)).sum(axis=1)
        for places in (boxes[:, LEFT], boxes[:, RIGHT], middle)
    ]
    return np.column_stack([np.minimum(count, 20) for count in counts])


def mean_label_features(boxes: Floats, labels: Floats, unit: float) -> Floats:
    """Mean labels of the others with the same left edge, and on the same line; shape (n, 8)."""
    relations = _others(_aligned(boxes[:, LEFT], unit)), _others(same_line(boxes))
    return np.column_stack(
        [relation @ labels / np.maximum(relation.sum(axis=1), 1)[:, None] for relation in relations]
    )


def _aligned(places: Floats, unit: float) -> Mask:
    return np.asarray(np.abs(places[:, None] - places[None, :]) < _ALIGNED * unit)


def _others(relation: Mask) -> Mask:
    """The relation without that of each box to itself."""
    np.fill_diagonal(relation, False)
    return relation


def cell_features(page: PageView, boxes: Floats) -> Floats:
    """Segments that share the ruled cell, and the place among them; shape (n, 3)."""
    distances = cell_distances(boxes, page.drawing, page.unit) * page.unit
    cells = boxes + np.column_stack([-distances[:, :2], distances[:, 2:]])
    middle_x, middle_y = (
        (boxes[:, LEFT] + boxes[:, RIGHT]) / 2,
        (boxes[:, TOP] + boxes[:, BOTTOM]) / 2,
    )
    inside = (cells[:, None, LEFT] < middle_x) & (middle_x < cells[:, None, RIGHT])
    inside &= (cells[:, None, TOP] < middle_y) & (middle_y < cells[:, None, BOTTOM])
    np.fill_diagonal(inside, False)
    above = inside & (middle_y[None, :] < middle_y[:, None] - 0.5 * page.unit)
    enclosed = (distances < (FAR - 1) * page.unit).sum(axis=1)
    return np.column_stack(
        [np.minimum(inside.sum(axis=1), 20), np.minimum(above.sum(axis=1), 20), enclosed]
    ).astype(np.float64)


def second_pass(page: PageView, segments: Groups, features: Floats, labels: Floats) -> Floats:
    """For the label once more, with the first labels of the segment and of those around it."""
    near = neighbours_of(segments.boxes)
    return np.column_stack(
        [
            features,
            labels,
            *(take(labels, side) for side in near.sides),
            *(take(labels, beyond(side)) for side in (near.above, near.below)),
            mean_label_features(segments.boxes, labels, page.unit),
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
    drop = (boxes[None, :, TOP] - boxes[:, None, BOTTOM]) / unit
    indent = np.abs(boxes[None, :, LEFT] - boxes[:, None, LEFT]) / unit
    lower = ~line & (
        boxes[None, :, TOP] + boxes[None, :, BOTTOM] > boxes[:, None, TOP] + boxes[:, None, BOTTOM]
    )
    lower &= (drop < _LINE_REACH) & ((overlap_x(boxes, boxes) > 0) | (indent < _INDENT))
    cost = np.where(lower, np.maximum(drop, 0) + _INDENT_COST * np.minimum(indent, 20), np.inf)
    ranked = np.argsort(cost, axis=1, kind="stable")[:, :_CANDIDATES]
    rows = np.repeat(np.arange(len(boxes)), ranked.shape[1])
    found = np.column_stack([rows, ranked.ravel()])
    found = found[np.isfinite(cost[found[:, 0], found[:, 1]])]
    left = np.flatnonzero(near.right >= 0)
    beside = np.column_stack([left, near.right[left]])
    gap = (boxes[beside[:, 1], LEFT] - boxes[beside[:, 0], RIGHT]) / unit
    return np.concatenate([found, beside[gap < _SIDE_REACH]])


def merge_features(page: PageView, segments: Groups, pairs: Indices) -> Floats:
    """For whether the second segment of each pair continues the first."""
    boxes, unit, labels = segments.boxes, page.unit, segments.labels
    upper, lower = pairs.T
    text, near = phrase_features(segments.texts), neighbours_of(boxes)
    distance = gaps(boxes, near, unit)
    lines = line_features(boxes, page.drawing, unit)
    aligned = aligned_features(boxes, unit)
    ink = ink_features(page, boxes)
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
            lines[lower][:, LEADING_LINES],
            ink[upper][:, [DARKNESS, LETTER_HEIGHT]],
            ink[lower][:, [DARKNESS, LETTER_HEIGHT]],
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
    common = np.minimum(a[:, RIGHT], b[:, RIGHT]) - np.maximum(a[:, LEFT], b[:, LEFT])
    return np.column_stack(
        [
            (b[:, TOP] - a[:, BOTTOM]) / unit,
            (b[:, LEFT] - a[:, RIGHT]) / unit,
            (b[:, LEFT] - a[:, LEFT]) / unit,
            (b[:, RIGHT] - a[:, RIGHT]) / unit,
            (b[:, [LEFT, RIGHT]].sum(axis=1) - a[:, [LEFT, RIGHT]].sum(axis=1)) / (2 * unit),
            common / np.maximum(np.minimum(widths(a), widths(b)), 1.0),
            widths(a) / unit,
            widths(b) / unit,
            heights(a) / np.maximum(heights(b), 1.0),
        ]
    )


def pitch_features(boxes: Floats, near: Neighbours, pairs: Indices, unit: float) -> Floats:
    """The gap of each pair beside the gaps above and below it, and room to the right; (n, 4)."""
    upper, lower = pairs.T
    distance = gaps(boxes, near, unit)
    gap = (boxes[lower, TOP] - boxes[upper, BOTTOM]) / unit
    column = np.abs(boxes[:, None, LEFT] - boxes[None, :, LEFT]) < 1.0 * unit
    reach = np.where(column, boxes[None, :, RIGHT], -np.inf).max(axis=1)
    return np.column_stack(
        [
            gap - distance[upper, GAP_ABOVE],
            gap - distance[lower, GAP_BELOW],
            (reach[upper] - boxes[upper, RIGHT]) / unit,
            (reach[lower] - boxes[lower, RIGHT]) / unit,
        ]
    )
