"""The frames of a TIFF, from its directories: what each is, and what it will cost.

Checked before decoding, because a decoder walks the whole chain for every frame.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ocr_model.documents.headers import check_pixels
from ocr_model.documents.limits import Limits
from ocr_model.errors import DocumentError
from ocr_model.schema import Outcome

# To reach a frame, the chain is walked from the beginning.
_MAX_FRAMES = 10_000
_WIDTH, _LENGTH, _PHOTOMETRIC, _TILE_WIDTH, _TILE_LENGTH = 256, 257, 262, 322, 323
_SUBFILE, _OLD_SUBFILE = 254, 255
_SHORT = 3

_REDUCED, _MASK = 1, 4  # bits of NewSubfileType
_OLD_REDUCED = 2
_TRANSPARENCY_MASK = 4
# In pixels: a frame larger than this is a page, even if it claims to be a copy of its neighbour.
_MOST_OF_A_PAGE = 0.5
SMALLER_COPY = "a smaller copy of a page"


@dataclass(frozen=True, slots=True)
class Frame:
    """A frame: the offset of its directory, its size, its tiles, its purpose."""

    offset: int
    size: int
    width: int = 0
    length: int = 0
    tile_width: int = 0
    tile_length: int = 0
    subfile: int = 0
    old_subfile: int = 0
    photometric: int = 0

    @property
    def pixels(self) -> int:
        return self.width * self.length

    @property
    def is_mask(self) -> bool:
        return bool(self.subfile & _MASK) or self.photometric == _TRANSPARENCY_MASK

    @property
    def is_reduced(self) -> bool:
        return bool(self.subfile & _REDUCED) or self.old_subfile == _OLD_REDUCED


def frames_of(data: bytes, limits: Limits) -> list[Frame]:
    """All frames; none if the first directory is damaged.

    Raises:
        DocumentError: decoding would cost more than the limits allow (`too_large`).
    """
    frames, size = list[Frame](), 0
    for frame in _directories(data):
        frames.append(frame)
        size += frame.size
        if len(frames) > _MAX_FRAMES:
            raise DocumentError(
                f"Expected at most {_MAX_FRAMES:,} frames in a TIFF, got more. Split it.",
                Outcome.TOO_LARGE,
            )
        if size > len(data):
            raise DocumentError(
                "Expected a complete image, got a TIFF whose frames overlap.", Outcome.BAD_INPUT
            )
        # A tile is allocated whole, however small the picture.
        check_pixels(frame.tile_width, frame.tile_length, limits)
    return frames


def no_pages_among(frames: Sequence[Frame]) -> dict[int, str]:
    """The frames that are not pages, by their number from 1, and what they are.

    Page, thumbnail -> {2: "a smaller copy of a page"}

    A flag alone is not enough: there must be a page that the frame could belong to.
    """
    masks = {number: frame for number, frame in enumerate(frames, 1) if frame.is_mask}
    pages = [frame for frame in frames if not frame.is_mask and not frame.is_reduced]
    largest = max((frame.pixels for frame in pages), default=0)
    found = {
        number: "a mask of a page" for number, frame in masks.items() if frame.pixels <= largest
    }
    found |= {
        number: SMALLER_COPY
        for number, frame in enumerate(frames, 1)
        if number not in masks and frame.is_reduced and frame.pixels <= _MOST_OF_A_PAGE * largest
    }
    return dict(sorted(found.items()))


def with_first(data: bytes, frame: Frame) -> bytes:
    """The same file with this frame as its first: the one its header points to."""
    layout = _Layout.of(data)
    at = layout.first_at
    offset = struct.pack(layout.order + layout.offset, frame.offset)
    return data[:at] + offset + data[at + len(offset) :]


@dataclass(frozen=True, slots=True)
class _Layout:
    """The layout of a TIFF or BigTIFF: formats of `struct`, sizes in bytes."""

    order: str
    offset: str
    count: str
    entry: str

    @classmethod
    def of(cls, data: bytes) -> _Layout:
        order = "<" if data[:2] == b"II" else ">"
        big = b"+" in data[2:4]
        return cls(order, *("Q", "Q", "HHQ8s") if big else ("I", "H", "HHI4s"))

    @property
    def first_at(self) -> int:
        return 8 if self.offset == "Q" else 4

    def read(self, kind: str, data: bytes, at: int) -> int:
        value: int = struct.unpack_from(self.order + kind, data, at)[0]
        return value

    def size(self, kind: str) -> int:
        return struct.calcsize(self.order + kind)


def _directories(data: bytes) -> Iterator[Frame]:
    """One per frame; ends where the chain breaks off or loops."""
    layout, seen = _Layout.of(data), set[int]()
    try:
        start = layout.read(layout.offset, data, layout.first_at)
        while start and start not in seen:
            seen.add(start)
            first = start + layout.size(layout.count)
            size = layout.read(layout.count, data, start) * layout.size(layout.entry)
            yield _directory(start, data[first : first + size], layout)
            start = layout.read(layout.offset, data, first + size)
    except (struct.error, OverflowError):
        return


_TOLD = (
    *(_WIDTH, _LENGTH, _TILE_WIDTH, _TILE_LENGTH),
    *(_SUBFILE, _OLD_SUBFILE, _PHOTOMETRIC),
)


def _directory(start: int, entries: bytes, layout: _Layout) -> Frame:
    whole = len(entries) - len(entries) % layout.size(layout.entry)
    told = dict.fromkeys(_TOLD, 0)
    for tag, kind, _, value in struct.iter_unpack(layout.order + layout.entry, entries[:whole]):
        if tag in told:
            told[tag] = layout.read("H" if kind == _SHORT else "I", value, 0)
    return Frame(start, len(entries), *told.values())
