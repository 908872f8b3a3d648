from __future__ import annotations

import base64
import io
import random

import pytest
from PIL import Image

from ocr_model.report.page_images import shrink_page


def noise(side: int) -> Image.Image:
    """The hardest image to compress."""
    data = random.Random(0).randbytes(side * side)
    return Image.frombytes("L", (side, side), data).convert("RGB")


def decoded(data_url: str) -> tuple[int, Image.Image]:
    head, data = data_url.split(",", 1)
    assert head == "data:image/webp;base64"
    content = base64.b64decode(data)
    return len(content), Image.open(io.BytesIO(content))


def test_picture_keeps_the_shape_and_remembers_the_pixels_of_the_page() -> None:
    picture = shrink_page(Image.new("RGB", (1500, 2000), "white"), 90_000)
    _, image = decoded(picture.data_url)
    assert (picture.width, picture.height) == (1500, 2000)
    assert image.size == (750, 1000)


def test_small_page_is_not_enlarged() -> None:
    _, image = decoded(shrink_page(Image.new("RGB", (300, 200), "white"), 90_000).data_url)
    assert image.size == (300, 200)


@pytest.mark.parametrize("max_bytes", [200_000, 100_000, 55_000])
def test_noise_keeps_to_its_bytes(max_bytes: int) -> None:
    size, _ = decoded(shrink_page(noise(1000), max_bytes).data_url)
    assert size <= max_bytes


def test_smallest_picture_is_taken_when_nothing_fits() -> None:
    _, image = decoded(shrink_page(noise(1000), 10).data_url)
    assert image.size == (480, 480)
