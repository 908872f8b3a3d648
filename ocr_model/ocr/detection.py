"""Page image -> where its lines are, and a crop of each, by PP-OCRv6's detector.

Memory is bounded whatever the shape of the page: no part of it is enlarged beyond what a page of
common shape takes, a large page is copied nowhere as a whole, and the lines of one are cut out of
it when they are read.
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from ocr_model.ocr.line_crops import (
    NOTHING,
    RUNS_DOWN,
    Crop,
    CutLine,
    Detection,
    detection_of,
    given,
)
from ocr_model.ocr.networks import Preparation, preparing_in_one_array
from ocr_model.ocr.process import return_free_memory
from ocr_model.ocr.tiles import (
    LONGEST_SIDE,
    SHORTEST_TILE,
    Grid,
    Quads,
    Tile,
    boxes_of,
    grid_of,
    joined,
    strips_of,
)

Pixels = NDArray[np.uint8]

# In pixels: no letter fits on a page that is lower, however long it is.
_LEAST_SIDE = 5
# The detector sees in cells of 32 px; a strip has two.
_CELL, _LEAST_STRIP = 32, 64
# rapidocr enlarges the short side to 736 px whatever the long one becomes: by its arithmetic a
# strip of 3 x 2000 px grows to 736 x 460,000, and the process that read one was killed on a
# machine with 23 GB. Pages are padded with white up to this ratio.
_MAX_ASPECT = 2
# In pixels that the detector sees. Print of 7 px is found in boxes of 11 to 13 px and read rightly,
# print of 6 px in boxes of 10 and half of it wrongly; print of 20 px has boxes of 24 px and more.
# By the quarter of lowest lines: a poster has its headings, too.
_TOO_LOW, _HIGH_ENOUGH = 12.0, 24.0
_LOW_SHARE = 25
# A page that is reduced by less keeps what can be read on it.
_REDUCED = 1.4
# Levels of grey between paper and what may be print.
_CONTRAST = 48
# Larger pages are looked at pixel by pixel: reduced to a size that is looked at, lines of print run
# together. In small tiles, which leave memory to the page: A0 at 300 dpi takes 560 MB.
_MOST_COPIED, _SMALL_TILE = 50_000_000, 896
# Levels of grey between which nothing is written.
_FLAT = 8
_BAND_PIXELS = 4_000_000


class Detector:
    """Finds lines. Safe to call from many threads at once."""

    def __init__(self, engine: Any) -> None:
        self._engine = engine
        self._network = engine.text_det
        whole = self._network.get_preprocess()
        part = copy.copy(whole)
        part.limit_side_len = _CELL
        self._prepare = preparing_in_one_array(whole)
        self._prepare_part = preparing_in_one_array(part)

    def detect(self, image: Image.Image, between: Callable[[], None] = lambda: None) -> Detection:
        """`between` is called before each part of a large page; what it raises ends the reading."""
        if min(image.size) < _LEAST_SIDE:
            return NOTHING
        grid = strips_of(*image.size, SHORTEST_TILE)
        if len(grid) == len(grid[0]) == 1:
            if image.width * image.height > _MOST_COPIED:
                # What decoding it left behind.
                return_free_memory()
                return self._in_parts(image, grid_of(*image.size, _SMALL_TILE), 1.0, between)
            return self._in_one(image, between)
        side = max(grid[0][0].right, grid[0][0].bottom)
        return self._in_parts(image, grid, max(1.0, side / LONGEST_SIDE), between)

    def _in_one(self, image: Image.Image, between: Callable[[], None]) -> Detection:
        padded = _padded(image, *_least_size(image))
        pixels, steps = self._engine.preprocess_img(_pixels_of(padded))
        pixels = _blue_first(pixels)
        ratio_w, ratio_h = (steps["preprocess"][name] for name in ("ratio_w", "ratio_h"))
        seen = self._quads_in(pixels, self._prepare)
        side = _finer_side(pixels, seen, max(ratio_w, ratio_h))
        if side is not None:
            grid = grid_of(*image.size, side)
            longest = LONGEST_SIDE if min(len(grid), len(grid[0])) == 1 else SHORTEST_TILE
            return self._in_parts(image, grid, max(1.0, side / longest), between)
        if not len(seen):
            return NOTHING
        seen = self._network.sorted_boxes(seen)
        quads = _clipped(seen * np.array([ratio_w, ratio_h], np.float32), image.size)
        lines = []
        for crop, quad in zip(self._engine.crop_text_regions(pixels, seen), quads, strict=True):
            height, width = crop.shape[:2]
            size = round(height * ratio_h), round(width * ratio_w)
            lines.append(CutLine(partial(given, crop), width / height, quad, size))
        return detection_of(lines)

    def _in_parts(
        self, image: Image.Image, grid: Grid, ratio: float, between: Callable[[], None]
    ) -> Detection:
        """Look at tiles, `ratio` times smaller, and join what is found; lines are cut out later."""
        found: list[list[Quads]] = []
        for row in grid:
            found.append([])
            for tile in row:
                between()
                found[-1].append(self._quads_of(image, tile, ratio))
        quads = joined(grid, found)
        if not len(quads):
            return NOTHING
        quads = _clipped(self._network.sorted_boxes(quads), image.size)
        lines = []
        for quad in quads:
            height, width = _shape_of(_place_of(quad, ratio)[1])
            cut, size = partial(self._crop, image, quad, ratio), (height * ratio, width * ratio)
            lines.append(CutLine(cut, width / height, quad, (round(size[0]), round(size[1]))))
        return detection_of(lines)

    def _quads_of(self, image: Image.Image, tile: Tile, ratio: float) -> Quads:
        part = _reduced(np.asarray(image.crop(tile)), ratio)
        if np.ptp(part) <= _FLAT:
            return NOTHING.quads
        height, width = (max(-(-side // _CELL) * _CELL, _LEAST_STRIP) for side in part.shape[:2])
        padded = np.full((height, width, 3), 255, np.uint8)
        padded[: part.shape[0], : part.shape[1]] = part
        seen = self._quads_in(_blue_first(padded), self._prepare_part)
        quads: Quads = seen * np.float32(ratio) + np.array(tile[:2], np.float32)
        return quads

    def _quads_in(self, pixels: Pixels, prepare: Preparation) -> Quads:
        prepared = prepare(pixels)
        if prepared is None:
            return NOTHING.quads
        found, _ = self._network.postprocess_op(self._network.session(prepared), pixels.shape[:2])
        return np.asarray(found, np.float32).reshape(-1, 4, 2)

    def _crop(self, image: Image.Image, quad: Quads, ratio: float) -> Crop:
        around, corners = _place_of(quad, ratio)
        pixels = _blue_first(_reduced(np.asarray(image.crop(around)), ratio))
        crop: Crop = self._engine.crop_text_regions(pixels, [corners])[0]
        return crop


def _place_of(quad: Quads, ratio: float) -> tuple[tuple[int, int, int, int], Quads]:
    """What to cut out of the page for a line, and its corners in that, reduced."""
    left, top, right, bottom = boxes_of(quad[None])[0]
    around = int(left), int(top), int(np.ceil(right)) + 1, int(np.ceil(bottom)) + 1
    return around, (quad - np.array(around[:2], np.float32)) / np.float32(ratio)


def _shape_of(corners: Quads) -> tuple[int, int]:
    """Height and width of the crop that rapidocr makes of a line."""
    a, b, c, d = corners
    width = int(max(np.linalg.norm(a - b), np.linalg.norm(c - d)))
    height = int(max(np.linalg.norm(a - d), np.linalg.norm(b - c)))
    return (width, height) if height >= RUNS_DOWN * width else (height, width)


def _pixels_of(image: Image.Image) -> Pixels:
    """As an array, which Pillow would make of two more copies."""
    rows = max(1, _BAND_PIXELS // image.width)
    if rows >= image.height:
        return np.asarray(image)
    pixels = np.empty((image.height, image.width, 3), np.uint8)
    for top in range(0, image.height, rows):
        bottom = min(top + rows, image.height)
        pixels[top:bottom] = np.asarray(image.crop((0, top, image.width, bottom)))
    return pixels


def _least_size(image: Image.Image) -> tuple[int, int]:
    return -(-image.height // _MAX_ASPECT), -(-image.width // _MAX_ASPECT)


def _padded(image: Image.Image, least_width: int, least_height: int) -> Image.Image:
    """White at the right or below, so that boxes keep their place: 3 x 2000 -> 1000 x 2000."""
    width, height = max(image.width, least_width), max(image.height, least_height)
    if (width, height) == image.size:
        return image
    padded = Image.new("RGB", (width, height), "white")
    padded.paste(image)
    return padded


def _reduced(pixels: Pixels, ratio: float) -> Pixels:
    import cv2

    if ratio <= 1:
        return pixels
    height, width = (max(1, round(side / ratio)) for side in pixels.shape[:2])
    return np.asarray(cv2.resize(pixels, (width, height), interpolation=cv2.INTER_AREA), np.uint8)


def _blue_first(pixels: Pixels) -> Pixels:
    """The order of colours that the networks were taught."""
    import cv2

    return np.asarray(cv2.cvtColor(pixels, cv2.COLOR_RGB2BGR), np.uint8)


def _clipped(quads: Quads, size: tuple[int, int]) -> Quads:
    return np.clip(quads, 0, np.array(size, np.float32))


def _finer_side(pixels: Pixels, seen: Quads, ratio: float) -> int | None:
    """The side of tiles in which a page's print is high enough, in its pixels; None where it is."""
    if ratio < _REDUCED:
        return None
    if not len(seen):
        return SHORTEST_TILE if np.ptp(pixels[::4, ::4]) > _CONTRAST else None
    heights = np.linalg.norm(seen[:, 3] - seen[:, 0], axis=1)
    low = float(np.percentile(heights, _LOW_SHARE))
    if low >= _TOO_LOW:
        return None
    return round(SHORTEST_TILE * max(1.0, ratio * low / _HIGH_ENOUGH))
