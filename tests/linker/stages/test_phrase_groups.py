"""Words put together, and the order they are put in."""

from __future__ import annotations

import numpy as np
from PIL import Image

from ocr_model.linker.page import view_of
from ocr_model.linker.stages.phrase_groups import connected, merged, segments_of
from ocr_model.schema import Box, Word

# "Date of   5 May" over "birth"; indices by left edge: Date 0, birth 1, of 2, 5 3, May 4.
WORDS = [
    Word("Date", Box(0, 0, 32, 16), 1.0),
    Word("birth", Box(1, 20, 40, 36), 1.0),
    Word("of", Box(40, 0, 56, 16), 1.0),
    Word("5", Box(100, 2, 108, 18), 1.0),
    Word("May", Box(116, 2, 140, 18), 1.0),
]
LABELS = np.array([[1, 0, 0, 0], [1, 0, 0, 0], [0.5, 0.5, 0, 0], [0, 1, 0, 0], [0, 1, 0, 0]])
EDGES = [(0, 2), (3, 4)]


def test_components_of_a_graph() -> None:
    assert connected(4, [(0, 2), (2, 3)]) == [[0, 2, 3], [1]]
    assert connected(0, []) == []


def test_segments_come_line_by_line_with_the_mean_label_of_their_words() -> None:
    page = view_of(WORDS, Image.new("RGB", (200, 60), "white"))
    segments = segments_of(page, EDGES, LABELS)
    assert segments.texts == ("Date of", "5 May", "birth")
    assert segments.labels[0].tolist() == [0.75, 0.25, 0, 0]
    assert segments.boxes[1].tolist() == [100, 2, 140, 18]


def test_merged_lines_are_one_phrase_and_longer_lines_weigh_more() -> None:
    page = view_of(WORDS, Image.new("RGB", (200, 60), "white"))
    groups = merged(page, segments_of(page, EDGES, LABELS), [(0, 2)])
    assert groups.texts == ("Date of birth", "5 May")
    assert groups.boxes[0].tolist() == [0, 0, 56, 36]
    np.testing.assert_allclose(groups.labels[0], [2.5 / 3, 0.5 / 3, 0, 0])
    assert groups.members == ((0, 2, 1), (3, 4))
