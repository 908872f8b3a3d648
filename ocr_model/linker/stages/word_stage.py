"""Features of words, for their label, and of two side by side, for whether they are one phrase."""

from __future__ import annotations

import numpy as np

from ocr_model.linker.boxes import (
    BOTTOM,
    GAP_LEFT,
    GAP_RIGHT,
    LEFT,
    RIGHT,
    TOP,
    Floats,
    Indices,
    Neighbours,
    around,
    beyond,
    gaps,
    heights,
    neighbours_of,
    same_line,
    take,
    widths,
)
from ocr_model.linker.drawing import LEADING_LINES, line_features, lines_between
from ocr_model.linker.page import PageView
from ocr_model.linker.phrases import BRIEF, columns_of, phrase_features
from ocr_model.linker.stages.phrase_groups import connected

# In text heights. Blanks between words are narrower.
_BLANK = 0.65
# Words further apart are no candidates for one phrase.
_WIDEST_EDGE = 4.0
# Edges of boxes that differ by less are aligned.
_ALIGNED = 0.4
# Nearest and farthest other line, in text heights, in which a gap is looked for.
_GUTTER_NEAREST, _GUTTER_REACH = 0.6, 6.0

# Columns of `ink_features` and `run_features`.
DARKNESS, LETTER_HEIGHT = 0, 1
_RUN_BEFORE = 2
_KIND_OF_PAGE = columns_of("ends_with_colon", "digit_share", "all_capitals", "label_word_share")

# Least probability at which two words or two lines are joined.
JOINED = 0.5


def ink_features(page: PageView, boxes: Floats) -> Floats:
    """Darkness against the page's, height of the letters, and ink beside the box; shape (n, 5)."""
    own = page.drawing.ink_share(boxes)
    typical = max(float(np.median(page.drawing.ink_share(page.boxes))), 1e-3) if len(boxes) else 1.0
    size = heights(boxes)
    left, right = boxes.copy(), boxes.copy()
    left[:, RIGHT], left[:, LEFT] = boxes[:, LEFT], boxes[:, LEFT] - size
    right[:, LEFT], right[:, RIGHT] = boxes[:, RIGHT], boxes[:, RIGHT] + size
    return np.column_stack(
        [
            own / typical,
            size / page.unit,
            widths(boxes) / page.unit,
            page.drawing.ink_share(left) / typical,
            page.drawing.ink_share(right) / typical,
        ]
    )


def place_features(page: PageView, boxes: Floats) -> Floats:
    """Where on the page, as shares of the text's extent; shape (n, 3)."""
    left, top, right, bottom = page.extent
    return np.column_stack(
        [
            (boxes[:, LEFT] - left) / max(right - left, 1.0),
            (boxes[:, RIGHT] - left) / max(right - left, 1.0),
            (boxes[:, TOP] - top) / max(bottom - top, 1.0),
        ]
    )


def run_features(boxes: Floats, near: Neighbours, unit: float) -> Floats:
    """Place within a run of words and within the line, in words; shape (n, 4)."""
    run_before, run_behind = np.zeros(len(boxes)), np.zeros(len(boxes))
    for i in np.argsort(boxes[:, LEFT], kind="stable"):
        j = near.left[i]
        if j >= 0 and boxes[i, LEFT] - boxes[j, RIGHT] < _BLANK * unit:
            run_before[i] = run_before[j] + 1
    for i in np.argsort(-boxes[:, LEFT], kind="stable"):
        j = near.right[i]
        if j >= 0 and boxes[j, LEFT] - boxes[i, RIGHT] < _BLANK * unit:
            run_behind[i] = run_behind[j] + 1
    return np.column_stack([*places_on_line(boxes), run_before, run_behind])


def places_on_line(boxes: Floats) -> tuple[Indices, Indices]:
    """How many boxes stand before each box on its line, and how many behind it."""
    line, left = same_line(boxes), boxes[:, LEFT]
    before = (line & (left[None, :] < left[:, None])).sum(axis=1)
    behind = (line & (left[None, :] > left[:, None])).sum(axis=1)
    return before, behind


def aligned_counts(boxes: Floats, starts: Indices, unit: float) -> Floats:
    """How many starts of phrases have the same left edge, the same right edge; shape (n, 2)."""
    first = boxes[starts]
    left = np.abs(boxes[:, None, LEFT] - first[None, :, LEFT]) < _ALIGNED * unit
    right = np.abs(boxes[:, None, RIGHT] - first[None, :, RIGHT]) < _ALIGNED * unit
    return np.column_stack([left.sum(axis=1), right.sum(axis=1)]).clip(0, 15).astype(np.float64)


def page_features(text: Floats) -> Floats:
    """What kind of page it is: how many phrases, and the means of a few features; shape (1, 5)."""
    if not len(text):
        return np.zeros((1, 5))
    shares = text[:, _KIND_OF_PAGE].mean(axis=0)
    return np.concatenate([[min(len(text), 600.0)], shares])[None, :]


def word_features(page: PageView) -> Floats:
    """For the label of each word."""
    text = phrase_features(word.text for word in page.words)
    boxes, near = page.boxes, neighbours_of(page.boxes)
    confidence = np.array([[word.confidence] for word in page.words]).reshape(-1, 1)
    distance = gaps(boxes, near, page.unit)
    run = run_features(boxes, near, page.unit)
    starts = np.flatnonzero(run[:, _RUN_BEFORE] == 0)
    whole = np.repeat(page_features(text), len(boxes), axis=0)
    brief = text[:, BRIEF]
    nearby = [take(brief, side) for side in near.sides]
    second = [take(brief, beyond(side)) for side in (near.left, near.right)]
    return np.column_stack(
        [
            text,
            confidence,
            place_features(page, boxes),
            ink_features(page, boxes),
            line_features(boxes, page.drawing, page.unit),
            distance,
            run,
            aligned_counts(boxes, starts, page.unit),
            *nearby,
            *second,
            whole,
        ]
    )


def edges_of(page: PageView) -> Indices:
    """Words and their right neighbours that could be one phrase, shape (edges, 2)."""
    near = neighbours_of(page.boxes)
    left = np.flatnonzero(near.right >= 0)
    right = near.right[left]
    gap = (page.boxes[right, LEFT] - page.boxes[left, RIGHT]) / page.unit
    mutual = near.left[right] == left
    close = mutual & (gap < _WIDEST_EDGE)
    return np.column_stack([left[close], right[close]])


def edge_features(page: PageView, edges: Indices, labels: Floats) -> Floats:
    """For whether the two words of each edge are one phrase; `labels` has shape (words, 4)."""
    boxes, unit = page.boxes, page.unit
    left, right = edges.T
    text = phrase_features(word.text for word in page.words)
    near = neighbours_of(boxes)
    run = run_features(boxes, near, unit)
    starts = np.flatnonzero(run[:, _RUN_BEFORE] == 0)
    aligned = aligned_counts(boxes, starts, unit)
    lines = line_features(boxes, page.drawing, unit)
    ink = ink_features(page, boxes)
    return np.column_stack(
        [
            _gap_features(boxes, edges, near, unit),
            lines_between(boxes[left], boxes[right], page.drawing),
            run[left],
            run[right],
            aligned[left],
            aligned[right],
            labels[left],
            labels[right],
            take(labels, near.right[right]),
            take(labels, near.left[left]),
            lines[left][:, LEADING_LINES],
            lines[right][:, LEADING_LINES],
            place_features(page, boxes)[left],
            ink[left, DARKNESS],
            ink[right, DARKNESS],
            gutter_features(boxes, edges, unit),
            text[left],
            text[right],
        ]
    )


def _gap_features(boxes: Floats, edges: Indices, near: Neighbours, unit: float) -> Floats:
    """The gap of each edge against the text, the blanks of the page and the gaps beside it."""
    left, right = edges.T
    gap = boxes[right, LEFT] - boxes[left, RIGHT]
    distance = gaps(boxes, near, unit)
    inner = gap[gap < _BLANK * unit]
    typical = max(float(np.median(inner)), 0.05 * unit) if len(inner) else 0.3 * unit
    size = heights(boxes)
    smaller = np.minimum(size[left], size[right])
    return np.column_stack(
        [
            gap / unit,
            gap / np.maximum(smaller, 1.0),
            gap / typical,
            distance[left, GAP_LEFT],
            distance[right, GAP_RIGHT],
            gap / unit - distance[left, GAP_LEFT],
            gap / unit - distance[right, GAP_RIGHT],
            np.abs(boxes[left, TOP] - boxes[right, TOP]) / unit,
            np.abs(boxes[left, BOTTOM] - boxes[right, BOTTOM]) / unit,
            size[left] / np.maximum(size[right], 1.0),
            np.full(len(edges), typical / unit),
        ]
    )


def gutter_features(boxes: Floats, edges: Indices, unit: float) -> Floats:
    """Whether the gap goes on in the lines near: words across it, starts and ends at it; (n, 4)."""
    left, right = edges.T
    middle = (boxes[left, RIGHT] + boxes[right, LEFT]) / 2
    level = (boxes[:, TOP] + boxes[:, BOTTOM]) / 2
    apart = np.abs(level[None, :] - level[left][:, None]) / unit
    near = (apart > _GUTTER_NEAREST) & (apart < _GUTTER_REACH)
    across = (
        near & (boxes[None, :, LEFT] < middle[:, None]) & (boxes[None, :, RIGHT] > middle[:, None])
    )
    starts = near & (np.abs(boxes[None, :, LEFT] - boxes[right, LEFT][:, None]) < _ALIGNED * unit)
    ends = near & (np.abs(boxes[None, :, RIGHT] - boxes[left, RIGHT][:, None]) < _ALIGNED * unit)
    closest = np.where(across, apart, _GUTTER_REACH).min(axis=1)
    return np.column_stack([across.sum(axis=1), starts.sum(axis=1), ends.sum(axis=1), closest])


def second_edge_pass(
    page: PageView, edges: Indices, features: Floats, joined: Floats, labels: Floats
) -> Floats:
    """The second pass: with the first scores of the edges around each edge."""
    after = np.full(len(page.words), 0.0)
    before = np.full(len(page.words), 0.0)
    left, right = edges.T
    after[left] = joined
    before[right] = joined
    near = neighbours_of(page.boxes)
    # The phrase on either side, as the first pass cuts it.
    chains = [np.array(chain) for chain in connected(len(page.words), edges[joined >= JOINED])]
    phrase = np.zeros((len(page.words), 7))
    for chain in chains:
        box = around(page.boxes[chain])
        size = [len(chain), (box[RIGHT] - box[LEFT]) / page.unit, float(before[chain].max())]
        phrase[chain] = np.concatenate([size, labels[chain].mean(axis=0)])
    return np.column_stack(
        [
            features,
            joined,
            before[left],
            after[right],
            phrase[left],
            phrase[right],
            *(take(after, side[left]) for side in (near.above, near.below)),
            *(take(before, side[right]) for side in (near.above, near.below)),
        ]
    )
