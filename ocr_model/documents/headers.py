"""What the headers of an image file say it will cost, before a decoder is asked.

Only what Pillow does not check before it allocates or loops; it has the last word on all else.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass

from ocr_model.documents.limits import Limits
from ocr_model.errors import DocumentError
from ocr_model.schema import Outcome

# Each scan of a progressive JPEG goes over the whole picture and may be ten bytes long. Encoders
# write about ten; libtiff stops at as many as this.
_MAX_SCANS = 100
# Every frame must be found before its page can be: the chain is walked from the beginning.
_MAX_FRAMES = 10_000
_TILE_WIDTH, _TILE_LENGTH = 322, 323
_SHORT = 3


def page_count_of(data: bytes, file_format: str, limits: Limits) -> int:
    """Frames of a TIFF, else 1.

    Raises:
        DocumentError: decoding would cost more than the limits allow (`too_large`).
    """
    if file_format == "WEBP":
        check_pixels(*_webp_size(data), limits)
    elif file_format == "JPEG" and (scans := data.count(b"\xff\xda")) > _MAX_SCANS:
        raise DocumentError(
            f"Expected at most {_MAX_SCANS} scans in a JPEG, got {scans:,}. Save it as a baseline "
            "JPEG.",
            Outcome.TOO_LARGE,
        )
    elif file_format == "TIFF":
        return _tiff_frames(data, limits)
    return 1


def check_pixels(width: int, height: int, limits: Limits) -> None:
    if width * height > limits.max_page_pixels:
        raise DocumentError(
            f"Expected at most {limits.max_page_pixels:,} pixels per page, got {width} x "
            f"{height}. Scan at a lower resolution or raise max_page_pixels.",
            Outcome.TOO_LARGE,
        )


def _webp_size(data: bytes) -> tuple[int, int]:
    """The canvas, which the decoder allocates when it opens the file; (0, 0) if damaged."""
    match data[12:16], len(data) >= 30:
        case b"VP8X", True:
            return (
                int.from_bytes(data[24:27], "little") + 1,
                int.from_bytes(data[27:30], "little") + 1,
            )
        case b"VP8 ", True:
            width, height = struct.unpack_from("<HH", data, 26)
            return width & 0x3FFF, height & 0x3FFF
        case b"VP8L", True:
            bits = int.from_bytes(data[21:25], "little")
            return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
        case _:
            return 0, 0


def _tiff_frames(data: bytes, limits: Limits) -> int:
    frames = size = 0
    for directory in _directories(data):
        frames += 1
        size += directory.size
        if frames > _MAX_FRAMES:
            raise DocumentError(
                f"Expected at most {_MAX_FRAMES:,} frames in a TIFF, got more. Split it.",
                Outcome.TOO_LARGE,
            )
        if size > len(data):
            raise DocumentError(
                "Expected a complete image, got a TIFF whose frames overlap.", Outcome.BAD_INPUT
            )
        # A tile is allocated whole, however small the picture.
        check_pixels(directory.tile_width, directory.tile_length, limits)
    return max(frames, 1)


@dataclass(frozen=True, slots=True)
class _Directory:
    """What is told of a frame: the bytes of its tags, and its tiles where it has some."""

    size: int
    tile_width: int = 0
    tile_length: int = 0


@dataclass(frozen=True, slots=True)
class _Layout:
    """Where a TIFF, or a BigTIFF, keeps what: formats of `struct`, sizes in bytes."""

    order: str
    offset: str
    count: str
    entry: str

    @classmethod
    def of(cls, data: bytes) -> _Layout:
        order = "<" if data[:2] == b"II" else ">"
        big = b"+" in data[2:4]
        return cls(order, *("Q", "Q", "HHQ8s") if big else ("I", "H", "HHI4s"))

    def read(self, kind: str, data: bytes, at: int) -> int:
        value: int = struct.unpack_from(self.order + kind, data, at)[0]
        return value

    def size(self, kind: str) -> int:
        return struct.calcsize(self.order + kind)


def _directories(data: bytes) -> Iterator[_Directory]:
    """One per frame; ends where the chain breaks off or bites itself."""
    layout, seen = _Layout.of(data), set[int]()
    try:
        start = layout.read(layout.offset, data, 8 if layout.offset == "Q" else 4)
        while start and start not in seen:
            seen.add(start)
            first = start + layout.size(layout.count)
            size = layout.read(layout.count, data, start) * layout.size(layout.entry)
            yield _directory(data[first : first + size], layout)
            start = layout.read(layout.offset, data, first + size)
    except (struct.error, OverflowError):
        return


def _directory(entries: bytes, layout: _Layout) -> _Directory:
    whole = len(entries) - len(entries) % layout.size(layout.entry)
    sides = dict.fromkeys((_TILE_WIDTH, _TILE_LENGTH), 0)
    for tag, kind, _, value in struct.iter_unpack(layout.order + layout.entry, entries[:whole]):
        if tag in sides:
            sides[tag] = layout.read("H" if kind == _SHORT else "I", value, 0)
    return _Directory(len(entries), *sides.values())
