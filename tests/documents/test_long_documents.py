"""A document of 500 pages needs the memory of the few that are read at once."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from scripts.workshop.drawn_files import paged_pdf
from tests.support.endpoint import Endpoint, completion

PAGES = 500
# Up to 1,553 x 1,389 pixels, 9 MB decoded: all of them would be 2 GB.
MAX_MB = 400
MAX_RENDERER_MB = 400


@pytest.mark.integration
@pytest.mark.slow
def test_500_pages_are_read_in_order_and_in_little_memory() -> None:
    data = paged_pdf(PAGES, height=500)
    one_pair = completion('{"pairs": [{"key": "Name:", "value": ["Ann Berg"]}]}')
    with Endpoint(lambda _: one_pair) as endpoint:
        read = subprocess.run(
            [sys.executable, "-m", "tests.support.long_reader", str(PAGES)],
            input=data,
            stdout=subprocess.PIPE,
            env={**os.environ, **endpoint.environment},
            check=True,
            timeout=600,
        )
    figures = json.loads(read.stdout)
    assert (figures["outcome"], figures["pages"]) == ("ok", list(range(1, PAGES + 1)))
    assert figures["mb"] < MAX_MB
    assert figures["renderer_mb"] < MAX_RENDERER_MB
