"""Documents that would cost gigabytes or hours are refused, or read, at the cost of others: from
their bytes to the row, OCR and linking included.
"""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from ocr_model.schema import READ, Outcome
from tests.support.bomb_reader import TIMEOUT_S
from tests.support.bombs import BOMBS

# 3 s for each of 50 million pixels; without limits it would be hours.
MAX_SECONDS = 150.0 + TIMEOUT_S
# Above the loaded engine. What is refused takes 400 MB, a white page of 50 million pixels more.
MAX_MB = 1000
# 300 MB and 8 bytes for each of the 50 million pixels a page may have.
MAX_RENDERER_MB = 750

# Of no size once it is read: what is too much lies outside the picture, or is never drawn.
HARMLESS = {
    "png_with_more_pixels_than_it_says",
    "png_of_many_chunks",
    "jpeg_of_as_many_scans_as_are_read",
    "tiff_with_a_strip_that_does_not_end",
    "tiff_that_bites_itself",
    "pdf_of_attached_files",
    "pdf_of_deep_arrays",
    "pdf_of_many_objects",
    "pdf_of_a_gigantic_picture",
    "pdf_with_a_huge_page",
}
DAMAGED = {
    "pdf_of_a_page_tree_that_bites_itself",
    "pdf_of_claimed_pages",
    "tiff_of_frames_that_overlap",
}


@pytest.mark.integration
@pytest.mark.slow
@pytest.mark.parametrize("name", BOMBS)
def test_bomb_costs_no_more_than_a_page(name: str) -> None:
    read = subprocess.run(
        [sys.executable, "-m", "tests.support.bomb_reader"],
        input=BOMBS[name](),
        stdout=subprocess.PIPE,
        check=True,
        timeout=300,
    )
    figures = json.loads(read.stdout)
    refused = Outcome.BAD_INPUT if name in DAMAGED else Outcome.TOO_LARGE
    assert figures["outcome"] in (READ if name in HARMLESS else {refused}), figures["error"]
    assert figures["mb"] < MAX_MB
    assert figures["child_mb"] < MAX_RENDERER_MB
    assert figures["seconds"] < MAX_SECONDS
