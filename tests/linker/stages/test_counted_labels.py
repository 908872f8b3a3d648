from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from ocr_model.linker.page import PageView, view_of
from ocr_model.linker.stages import edges_of, with_counted_labels
from ocr_model.schema import Box, Word


def page_of(*lines: str) -> PageView:
    """Words 6 px wide a letter and 10 px high; two blanks in `lines` are a wide gap."""
    words = []
    for number, line in enumerate(lines):
        x, top = 20.0, 20.0 + 30 * number
        for text in line.split(" "):
            if text:
                words.append(Word(text, Box(x, top, x + 6 * len(text), top + 10), 0.99))
            x += 6 * len(text) + 6
    return view_of(words, Image.new("L", (400, 300), 255))


def joined(*lines: str) -> list[str]:
    page = page_of(*lines)
    edges = edges_of(page)
    scores = with_counted_labels(page, edges, np.full(len(edges), 0.2))
    texts = [word.text for word in page.words]
    return sorted(
        f"{texts[left]} {texts[right]}"
        for (left, right), score in zip(edges.tolist(), scores, strict=True)
        if score >= 0.5
    )


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (("Line 1: Okonkwo", "Line 2: 14.03.1978"), ["Line 1:", "Line 2:"]),
        (("Item #1  Ann", "Item #2  Lee"), ["Item #1", "Item #2"]),
        (("Account No. 1  87", "Account No. 2  88"), ["No. 1", "No. 2"]),
        (
            ("Child 1 name  Tilda", "Child 2 name  Ann"),
            ["1 name", "2 name", "Child 1", "Child 2"],
        ),
        (("Witness 1 Ann", "Witness 2 Lee"), ["Witness 1", "Witness 2"]),
    ],
)
def test_a_counted_label_is_one_phrase(lines: tuple[str, ...], expected: list[str]) -> None:
    assert joined(*lines) == expected


@pytest.mark.parametrize(
    "lines",
    [
        ("Lamp 2", "Cable 3"),
        ("Lamp 2", "Lamp 7"),
        ("Lamp 2", "Lamp 2"),
        ("Lamp     1", "Lamp     2"),
        ("Lamp 1999", "Lamp 2000"),
    ],
)
def test_a_number_that_counts_nothing_is_left_as_it_was(lines: tuple[str, ...]) -> None:
    assert joined(*lines) == []
