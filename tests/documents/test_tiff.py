"""A TIFF has a page per frame, but for the frames that say and look as if they were none."""

from __future__ import annotations

import struct
from contextlib import closing
from typing import Any

import pytest
from PIL import Image, ImageDraw

from ocr_model.documents import Limits, decode_pages, open_document
from ocr_model.documents.tiff import frames_of
from ocr_model.errors import DocumentError
from scripts.workshop.drawn_files import encoded, frames_tiff, tiff_bytes
from tests.support.bombs import tiff

PAGE, THUMBNAIL = (400, 300), (100, 75)
REDUCED, MASK, OLD_REDUCED = {254: 1}, {254: 4}, {255: 2}


@pytest.mark.parametrize("options", [{}, {"big_tiff": True}], ids=["TIFF", "BigTIFF"])
@pytest.mark.parametrize("frames", [1, 2, 5])
def test_frames_of_a_tiff_are_counted(frames: int, options: dict[str, bool]) -> None:
    images = [Image.new("L", (4, 4)) for _ in range(frames)]
    data = encoded(images[0], "TIFF", save_all=True, append_images=images[1:], **options)
    assert len(frames_of(data, Limits())) == frames


def test_a_chain_that_breaks_off_counts_as_far_as_it_goes() -> None:
    data = tiff_bytes(3)
    assert len(frames_of(data, Limits())) == 3
    assert len(frames_of(data[: len(data) // 2], Limits())) in (0, 1, 2)
    assert frames_of(data[:6], Limits()) == []


def test_a_frame_larger_than_the_file_does_not_count_as_two() -> None:
    data = bytearray(tiff({}, bytes(64)))
    data[4:8] = struct.pack("<I", len(data) - 2)
    assert len(frames_of(bytes(data), Limits())) == 1


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("kind", [3, 4], ids=["short", "long"])
def test_size_of_a_tile_is_read_in_either_order(order: str, kind: int) -> None:
    side = struct.pack(order + ("HH" if kind == 3 else "I"), *((40, 0) if kind == 3 else (40,)))
    entries = b"".join(struct.pack(f"{order}HHI", tag, kind, 1) + side for tag in (322, 323))
    head = struct.pack(f"{order}2sHI", b"II" if order == "<" else b"MM", 42, 8)
    data = head + struct.pack(f"{order}H", 2) + entries + bytes(4)
    assert len(frames_of(data, Limits(max_page_pixels=1600))) == 1
    with pytest.raises(DocumentError, match="got 40 x 40"):
        frames_of(data, Limits(max_page_pixels=1599))


@pytest.mark.parametrize(
    ("frames", "pages"),
    [
        ([(PAGE, {}), (THUMBNAIL, REDUCED)], [1]),
        ([(THUMBNAIL, REDUCED), (PAGE, {})], [2]),
        ([(THUMBNAIL, OLD_REDUCED), (PAGE, {}), (THUMBNAIL, REDUCED), (PAGE, {})], [2, 4]),
        ([(PAGE, {}), (PAGE, MASK)], [1]),
        ([(PAGE, {254: 2}), (PAGE, {254: 2})], [1, 2]),
        ([(THUMBNAIL, REDUCED)], [1]),
        ([(PAGE, REDUCED), (PAGE, REDUCED)], [1, 2]),
        ([(PAGE, {}), (PAGE, REDUCED)], [1, 2]),
        ([(THUMBNAIL, {}), (PAGE, REDUCED)], [1, 2]),
        ([(PAGE, MASK)], [1]),
    ],
    ids=[
        *("thumbnail last", "thumbnail first", "old and new flags", "mask", "pages of many"),
        *("thumbnail alone", "all flagged", "copy as large", "copy larger", "mask alone"),
    ],
)
def test_thumbnails_and_masks_are_no_pages(
    frames: list[tuple[tuple[int, int], dict[int, int]]], pages: list[int]
) -> None:
    data = frames_tiff([(Image.new("L", size, 255), tags) for size, tags in frames])
    assert [page.number for page in decode_pages(data, 1_000_000, 1_000_000)] == pages
    with closing(open_document(data, Limits())) as source:
        assert source.page_count == len(frames)
        assert sorted({*source.left_out, *pages}) == list(range(1, len(frames) + 1))


def test_frames_left_out_are_named() -> None:
    thumbnail, page = (Image.new("L", size, 255) for size in (THUMBNAIL, PAGE))
    data = frames_tiff([(page, {}), (thumbnail, REDUCED), (thumbnail, REDUCED), (page, MASK)])
    with closing(open_document(data, Limits())) as source:
        assert source.notes == (
            "pages 2, 3 left out: a smaller copy of a page",
            "page 4 left out: a mask of a page",
        )


@pytest.mark.parametrize("options", [{}, {"big_tiff": True}], ids=["TIFF", "BigTIFF"])
def test_frames_are_read_in_any_order(options: dict[str, Any]) -> None:
    images = [Image.new("L", (10 + n, 8), 40 * n) for n in range(4)]
    data = encoded(images[0], "TIFF", save_all=True, append_images=images[1:], **options)
    with closing(open_document(data, Limits())) as source:
        read = {number: source.read(number).image for number in (3, 1, 4, 2)}
        assert [source.pixels(number) for number in (1, 2, 3, 4)] == [80, 88, 96, 104]
    assert {number: (image.width, image.getpixel((0, 0))) for number, image in read.items()} == {
        number: (9 + number, (40 * (number - 1),) * 3) for number in (1, 2, 3, 4)
    }


def _page(size: tuple[int, int] = (1200, 900), words: str = "Surname Okonkwo") -> Image.Image:
    page = Image.new("L", size, 255)
    pen = ImageDraw.Draw(page)
    for row in range(3, size[1] // 40):
        pen.text((60, 40 * row), f"{words} {row}" * (row % 3 + 1), fill=0, font_size=28)
    return page


SMALL = _page().resize((200, 150), Image.Resampling.LANCZOS)
ROUGH = _page().resize((256, 192), Image.Resampling.NEAREST)
OTHER = _page(words="14.03.1978   Harrowgate and more of the rest").resize((200, 150)).rotate(180)


@pytest.mark.parametrize(
    ("frames", "pages"),
    [
        ([_page(), SMALL], [1]),
        ([SMALL, _page()], [2]),
        ([_page(), ROUGH, _page(), ROUGH], [1, 3]),
        ([_page(), OTHER], [1, 2]),
        ([_page(), SMALL.crop((0, 0, 150, 150))], [1, 2]),
        ([_page(), _page().resize((600, 450))], [1, 2]),
        ([Image.new("L", (1200, 900), 255), Image.new("L", (200, 150), 255)], [1, 2]),
    ],
    ids=[
        *("last", "first", "nearest pixels", "another page", "another shape"),
        *("large enough to read", "empty pages"),
    ],
)
def test_thumbnail_without_a_tag_is_known_by_what_it_shows(
    frames: list[Image.Image], pages: list[int]
) -> None:
    data = frames_tiff([(frame, {}) for frame in frames])
    assert [page.number for page in decode_pages(data, 5_000_000, 5_000_000)] == pages
