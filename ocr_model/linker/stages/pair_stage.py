"""Features of a question and an answer that could belong to each other."""

from __future__ import annotations

import numpy as np

from ocr_model.linker.boxes import (
    FAR,
    Floats,
    Indices,
    Mask,
    gaps,
    heights,
    neighbours_of,
    same_column,
    same_line,
    take,
    widths,
)
from ocr_model.linker.drawing import line_features, lines_between
from ocr_model.linker.page import PageView
from ocr_model.linker.phrases import phrase_features
from ocr_model.linker.stages.phrase_groups import Groups
from ocr_model.linker.stages.segment_stage import cell_features
from ocr_model.linker.stages.word_stage import place_features

QUESTION, ANSWER, HEADER = 0, 1, 2
# Groups with a lower probability are not candidates for question or answer.
_LEAST = 0.06
_NEAREST = 7
_ANYWHERE = 2
_IN_COLUMN = 6
_ON_LINE = 4


def pair_candidates(page: PageView, groups: Groups) -> Indices:
    """Pairs (question, answer): to the left and above, and a few of any direction; shape (n, 2)."""
    boxes, unit = groups.boxes, page.unit
    questions = np.flatnonzero(groups.labels[:, QUESTION] >= _LEAST)
    answers = np.flatnonzero(groups.labels[:, ANSWER] >= _LEAST)
    if not len(questions) or not len(answers):
        return np.zeros((0, 2), dtype=np.int64)
    q, a = boxes[questions][None, :], boxes[answers][:, None]
    aside = np.maximum(np.maximum(a[..., 0] - q[..., 2], q[..., 0] - a[..., 2]), 0) / unit
    drop = np.maximum(np.maximum(a[..., 1] - q[..., 3], q[..., 1] - a[..., 3]), 0) / unit
    cost = aside + 2.0 * drop
    cost[answers[:, None] == questions[None, :]] = np.inf
    before = (q[..., 0] < a[..., 0] + unit) & (q[..., 1] < a[..., 1] + unit)
    before &= np.isfinite(cost)
    chosen = _first(np.where(before, cost, np.inf), _NEAREST) | _first(cost, _ANYWHERE)
    chosen |= _in_column_and_line(boxes, questions, answers)
    rows, columns = np.nonzero(chosen)
    return np.column_stack([questions[columns], answers[rows]])


def _first(cost: Floats, count: int) -> Mask:
    """The `count` cheapest of each row."""
    ranks = np.argsort(np.argsort(cost, axis=1, kind="stable"), axis=1, kind="stable")
    return np.asarray((ranks < count) & np.isfinite(cost))


def _in_column_and_line(boxes: Floats, questions: Indices, answers: Indices) -> Mask:
    """The next questions above in the column and left on the line, however far: long tables."""
    a, q = boxes[answers][:, None], boxes[questions][None, :]
    column = same_column(boxes)[answers][:, questions]
    drop = a[..., 1] - q[..., 3]
    above = _first(np.where(column & (drop > -2), drop, np.inf), _IN_COLUMN)
    line = same_line(boxes)[answers][:, questions]
    aside = a[..., 0] - q[..., 2]
    left = _first(np.where(line & (aside > -2), aside, np.inf), _ON_LINE)
    return np.asarray(above | left)


def pair_features(page: PageView, groups: Groups, pairs: Indices) -> Floats:
    """For whether the answer of each pair answers its question, first pass."""
    boxes, unit, labels = groups.boxes, page.unit, groups.labels
    question, answer = pairs[:, 0], pairs[:, 1]
    q, a = boxes[question], boxes[answer]
    text, near = phrase_features(groups.texts), neighbours_of(boxes)
    distance = gaps(boxes, near, unit)
    lines = line_features(boxes, page.drawing, unit)
    known = [take(labels, side) for side in near.sides]
    cells = cell_features(page, boxes)
    return np.column_stack(
        [
            relation_features(q, a, unit),
            lines_between(q, a, page.drawing),
            between_features(boxes, labels, pairs),
            rank_features(groups, pairs, unit),
            *(side[answer] == question for side in near.sides),
            distance[question],
            distance[answer],
            place_features(page, q),
            place_features(page, a),
            lines[question],
            lines[answer],
            cells[question],
            cells[answer],
            labels[question],
            labels[answer],
            *(side[question] for side in known),
            *(side[answer] for side in known),
            text[question],
            text[answer],
            np.repeat(labels.sum(axis=0)[None, :], len(pairs), axis=0),
        ]
    )


def relation_features(q: Floats, a: Floats, unit: float) -> Floats:
    """Where the answer stands as seen from the question; shape (n, 12)."""
    common_x = np.minimum(q[:, 2], a[:, 2]) - np.maximum(q[:, 0], a[:, 0])
    common_y = np.minimum(q[:, 3], a[:, 3]) - np.maximum(q[:, 1], a[:, 1])
    return np.column_stack(
        [
            np.clip((a[:, 0] - q[:, 2]) / unit, -FAR, FAR),
            np.clip((a[:, 1] - q[:, 3]) / unit, -FAR, FAR),
            np.clip((a[:, 0] - q[:, 0]) / unit, -FAR, FAR),
            np.clip((a[:, 2] - q[:, 2]) / unit, -FAR, FAR),
            np.clip((a[:, [0, 2]].sum(axis=1) - q[:, [0, 2]].sum(axis=1)) / unit, -FAR, FAR),
            (a[:, 1] - q[:, 1]) / unit,
            (a[:, 3] - q[:, 3]) / unit,
            common_x / np.maximum(np.minimum(widths(q), widths(a)), 1.0),
            common_y / np.maximum(np.minimum(heights(q), heights(a)), 1.0),
            heights(q) / unit,
            heights(a) / unit,
            widths(a) / np.maximum(widths(q), 1.0),
        ]
    )


def between_features(boxes: Floats, labels: Floats, pairs: Indices) -> Floats:
    """Groups whose middle lies in the box around the two, as sums of their labels; shape (n, 5)."""
    q, a = boxes[pairs[:, 0]], boxes[pairs[:, 1]]
    left, top = np.minimum(q[:, 0], a[:, 0]), np.minimum(q[:, 1], a[:, 1])
    right, bottom = np.maximum(q[:, 2], a[:, 2]), np.maximum(q[:, 3], a[:, 3])
    middle_x, middle_y = (boxes[:, 0] + boxes[:, 2]) / 2, (boxes[:, 1] + boxes[:, 3]) / 2
    inside = (middle_x > left[:, None]) & (middle_x < right[:, None])
    inside &= (middle_y > top[:, None]) & (middle_y < bottom[:, None])
    rows = np.arange(len(pairs))
    inside[rows, pairs[:, 0]] = inside[rows, pairs[:, 1]] = False
    return np.column_stack([inside.sum(axis=1), inside @ labels])


def rank_features(groups: Groups, pairs: Indices, unit: float) -> Floats:
    """How many likelier or nearer candidates there are on the same line and above; shape (n, 6)."""
    boxes, labels = groups.boxes, groups.labels
    line = same_line(boxes)
    column = same_column(boxes)
    likely = labels[:, QUESTION] >= 0.4
    answering = labels[:, ANSWER] >= 0.4
    question, answer = pairs[:, 0], pairs[:, 1]
    q, a = boxes[question], boxes[answer]
    nearer_left = line[answer] & likely & (boxes[:, 0] > q[:, :1]) & (boxes[:, 0] < a[:, :1])
    nearer_above = column[answer] & likely & (boxes[:, 3] > q[:, 3:] + 0.3 * unit)
    nearer_above &= boxes[:, 3] < a[:, 1:2] + 0.5 * unit
    to_right = line[question] & answering & (boxes[:, 0] > q[:, :1]) & (boxes[:, 0] < a[:, :1])
    to_below = column[question] & answering & (boxes[:, 1] > q[:, 3:] - 0.5 * unit)
    to_below &= boxes[:, 1] < a[:, 1:2] - 0.3 * unit
    any_left = line[answer] & likely & (boxes[:, 0] < a[:, :1])
    any_right = line[question] & answering & (boxes[:, 0] > q[:, :1])
    counts = (nearer_left, nearer_above, to_right, to_below, any_left, any_right)
    return np.column_stack([np.minimum(count.sum(axis=1), 15) for count in counts])


def second_pair_pass(groups: Groups, pairs: Indices, features: Floats, scores: Floats) -> Floats:
    """The second pass: with the first scores of the pair, its rivals and its neighbours."""
    count = len(groups)
    question, answer = pairs[:, 0], pairs[:, 1]
    table = np.zeros((count, count))
    table[question, answer] = scores
    line, column = (
        relation(groups.boxes).astype(np.float64) for relation in (same_line, same_column)
    )
    np.fill_diagonal(line, 0.0)
    np.fill_diagonal(column, 0.0)
    by_line = (line @ table @ line)[question, answer]
    by_column = (column @ table @ column)[question, answer]
    near = neighbours_of(groups.boxes)
    beside = [
        np.where(side[answer] < 0, -1.0, table[question, side[answer]]) for side in near.sides
    ]
    return np.column_stack(
        [
            features,
            scores,
            _best_other(table.T, answer, question),
            _best_other(table, question, answer),
            table.sum(axis=0)[answer],
            table.sum(axis=1)[question],
            table.sum(axis=1)[answer],
            table.sum(axis=0)[question],
            (table[question] > scores[:, None]).sum(axis=1),
            (table[:, answer] > scores[None, :]).sum(axis=0),
            (line @ table)[question, answer],
            (column @ table)[question, answer],
            (table @ line)[question, answer],
            (table @ column)[question, answer],
            np.minimum(by_line, 20.0),
            np.minimum(by_column, 20.0),
            *beside,
        ]
    )


def _best_other(table: Floats, row: Indices, column: Indices) -> Floats:
    """The highest score in each row, the pair's own left out."""
    if not len(row):
        return np.zeros(0)
    ranked = np.sort(table, axis=1)
    best, second = ranked[:, -1], ranked[:, -2] if table.shape[1] > 1 else ranked[:, -1] * 0
    own = table[row, column]
    return np.where(own >= best[row], second[row], best[row])
