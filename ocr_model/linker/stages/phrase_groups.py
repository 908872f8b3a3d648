"""Group words: into segments of one line, then into whole questions and answers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from ocr_model.linker.boxes import Floats, around
from ocr_model.linker.page import PageView
from ocr_model.schema import Word


@dataclass(frozen=True, slots=True)
class Groups:
    """Words of one page in groups, which are in reading order of their first line.

    `members` are word indices in reading order; `labels` (n, 4) the label probabilities.
    """

    members: tuple[tuple[int, ...], ...]
    texts: tuple[str, ...]
    boxes: Floats
    labels: Floats

    def __len__(self) -> int:
        return len(self.members)


def connected(count: int, pairs: Iterable[Sequence[int]]) -> list[list[int]]:
    """Components of a graph, each sorted: 4, [(0, 2), (2, 3)] -> [[0, 2, 3], [1]]."""
    parent = list(range(count))

    def root(i: int) -> int:
        while parent[i] != i:
            parent[i] = parent[parent[i]]
            i = parent[i]
        return i

    for first, second in pairs:
        a, b = sorted((root(int(first)), root(int(second))))
        parent[b] = a
    found: dict[int, list[int]] = defaultdict(list)
    for i in range(count):
        found[root(i)].append(i)
    return list(found.values())


def segments_of(page: PageView, edges: Iterable[Sequence[int]], labels: Floats) -> Groups:
    """Words joined by edges; the labels of a segment are the mean of its words'."""
    chains = [
        sorted(chain, key=lambda i: page.boxes[i, 0]) for chain in connected(len(page.words), edges)
    ]
    return _groups(page.words, page.boxes, chains, labels)


def merged(page: PageView, segments: Groups, pairs: Iterable[Sequence[int]]) -> Groups:
    """Segments joined by pairs, upper lines first; longer segments weigh more in the labels."""
    members, labels = [], []
    for part in connected(len(segments), pairs):
        members.append(
            [word for i in line_by_line(segments.boxes, part) for word in segments.members[i]]
        )
        weights = np.array([len(segments.members[i]) for i in part], dtype=np.float64)
        labels.append(weights @ segments.labels[part] / weights.sum())
    order = _reading_order(page.boxes, members)
    groups = _groups(page.words, page.boxes, members, np.zeros((len(page.words), 4)))
    return relabelled(groups, np.array([labels[i] for i in order]).reshape(-1, 4))


def relabelled(groups: Groups, labels: Floats) -> Groups:
    return replace(groups, labels=labels)


def _groups(
    words: Sequence[Word], boxes: Floats, members: Sequence[Sequence[int]], labels: Floats
) -> Groups:
    ordered = [members[i] for i in _reading_order(boxes, members)]
    return Groups(
        tuple(tuple(group) for group in ordered),
        tuple(" ".join(words[i].text for i in group) for group in ordered),
        np.array([around(boxes[list(group)]) for group in ordered]).reshape(-1, 4),
        np.array([labels[list(group)].mean(axis=0) for group in ordered]).reshape(-1, 4),
    )


def line_by_line(boxes: Floats, part: Sequence[int]) -> list[int]:
    """Segments from top to bottom, those of one line from left to right."""
    rows: list[list[int]] = []
    for i in sorted(part, key=lambda i: boxes[i, 1] + boxes[i, 3]):
        last = boxes[rows[-1][-1]] if rows else None
        if last is not None and _on_line(last, boxes[i]):
            rows[-1].append(i)
        else:
            rows.append([i])
    return [i for row in rows for i in sorted(row, key=lambda i: boxes[i, 0])]


def _on_line(one: Floats, other: Floats) -> bool:
    common = min(one[3], other[3]) - max(one[1], other[1])
    return bool(common >= 0.5 * min(one[3] - one[1], other[3] - other[1]))


def _reading_order(boxes: Floats, members: Sequence[Sequence[int]]) -> list[int]:
    """Order of the groups by their first words."""
    firsts = np.array([boxes[group[0]] for group in members]).reshape(-1, 4)
    return line_by_line(firsts, range(len(members)))
