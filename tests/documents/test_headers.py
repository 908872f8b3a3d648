from __future__ import annotations

import struct

import pytest
from PIL import Image

from ocr_model.documents import Limits
from ocr_model.documents.headers import page_count_of
from ocr_model.errors import DocumentError
from ocr_model.schema import Outcome
from tests.support.bombs import tiff
from tests.support.files import encoded, tiff_bytes

FEW_PIXELS = Limits(max_page_pixels=40 * 30 - 1)
ENOUGH_PIXELS = Limits(max_page_pixels=40 * 30)


@pytest.mark.parametrize("options", [{}, {"big_tiff": True}], ids=["TIFF", "BigTIFF"])
@pytest.mark.parametrize("frames", [1, 2, 5])
def test_frames_of_a_tiff_are_counted(frames: int, options: dict[str, bool]) -> None:
    images = [Image.new("L", (4, 4)) for _ in range(frames)]
    data = encoded(images[0], "TIFF", save_all=True, append_images=images[1:], **options)
    assert page_count_of(data, "TIFF", Limits()) == frames


def test_a_chain_that_breaks_off_counts_as_far_as_it_goes() -> None:
    data = tiff_bytes(3)
    assert page_count_of(data, "TIFF", Limits()) == 3
    assert page_count_of(data[: len(data) // 2], "TIFF", Limits()) in (1, 2)
    assert page_count_of(data[:6], "TIFF", Limits()) == 1


def test_a_frame_larger_than_the_file_does_not_count_as_two() -> None:
    data = bytearray(tiff({}, bytes(64)))
    data[4:8] = struct.pack("<I", len(data) - 2)
    assert page_count_of(bytes(data), "TIFF", Limits()) == 1


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("kind", [3, 4], ids=["short", "long"])
def test_size_of_a_tile_is_read_in_either_order(order: str, kind: int) -> None:
    side = struct.pack(order + ("HH" if kind == 3 else "I"), *((40, 0) if kind == 3 else (40,)))
    entries = b"".join(struct.pack(f"{order}HHI", tag, kind, 1) + side for tag in (322, 323))
    head = struct.pack(f"{order}2sHI", b"II" if order == "<" else b"MM", 42, 8)
    data = head + struct.pack(f"{order}H", 2) + entries + bytes(4)
    assert page_count_of(data, "TIFF", Limits(max_page_pixels=1600)) == 1
    with pytest.raises(DocumentError, match="got 40 x 40"):
        page_count_of(data, "TIFF", Limits(max_page_pixels=1599))


@pytest.mark.parametrize(
    "options",
    [{}, {"lossless": True}, {"save_all": True, "append_images": [Image.new("RGB", (40, 30), 9)]}],
    ids=["lossy", "lossless", "animated"],
)
def test_size_of_a_webp_is_known_before_it_is_opened(options: dict[str, object]) -> None:
    data = encoded(Image.new("RGB", (40, 30)), "WEBP", **options)
    assert page_count_of(data, "WEBP", ENOUGH_PIXELS) == 1
    with pytest.raises(DocumentError, match="got 40 x 30") as caught:
        page_count_of(data, "WEBP", FEW_PIXELS)
    assert caught.value.outcome is Outcome.TOO_LARGE


def test_scans_of_a_jpeg_are_counted() -> None:
    data = encoded(Image.new("L", (40, 30)), "JPEG", progressive=True)
    assert page_count_of(data, "JPEG", Limits()) == 1
    with pytest.raises(DocumentError, match="at most 100 scans in a JPEG, got 10"):
        page_count_of(data + b"\xff\xda" * 100, "JPEG", Limits())
