from __future__ import annotations

import pytest
from PIL import Image

from ocr_model.documents import Limits
from ocr_model.documents.headers import check_headers
from ocr_model.errors import DocumentError
from ocr_model.schema import Outcome
from scripts.workshop.drawn_files import encoded

FEW_PIXELS = Limits(max_page_pixels=40 * 30 - 1)
ENOUGH_PIXELS = Limits(max_page_pixels=40 * 30)


@pytest.mark.parametrize(
    "options",
    [{}, {"lossless": True}, {"save_all": True, "append_images": [Image.new("RGB", (40, 30), 9)]}],
    ids=["lossy", "lossless", "animated"],
)
def test_size_of_a_webp_is_known_before_it_is_opened(options: dict[str, object]) -> None:
    data = encoded(Image.new("RGB", (40, 30)), "WEBP", **options)
    check_headers(data, "WEBP", ENOUGH_PIXELS)
    with pytest.raises(DocumentError, match="got 40 x 30") as caught:
        check_headers(data, "WEBP", FEW_PIXELS)
    assert caught.value.outcome is Outcome.TOO_LARGE


def test_scans_of_a_jpeg_are_counted() -> None:
    data = encoded(Image.new("L", (40, 30)), "JPEG", progressive=True)
    check_headers(data, "JPEG", Limits())
    with pytest.raises(DocumentError, match="at most 100 scans in a JPEG, got 10"):
        check_headers(data + b"\xff\xda" * 100, "JPEG", Limits())
