"""Scan a sheet: the page, and its annotation in FUNSD's shape, whose boxes follow the ink."""

from __future__ import annotations

from typing import Any

import numpy as np
from PIL import Image

from scripts.workshop.drawing_kit.faults import Faults, Points, Warp, degraded
from scripts.workshop.drawing_kit.lettering import SCALE
from scripts.workshop.drawing_kit.sheet import Item, Sheet


def scan(sheet: Sheet, faults: Faults) -> tuple[Image.Image, dict[str, Any]]:
    """The page in 8-bit grey, and `{"form": [...]}`."""
    warp = Warp(faults, sheet.width, sheet.height)
    image = degraded(warp.picture(sheet.canvas), faults, sheet.rng)
    return image, {"form": [_entity(item, warp, sheet) for item in sheet.items]}


def _entity(item: Item, warp: Warp, sheet: Sheet) -> dict[str, Any]:
    boxes = [_box(warp.points(word.outline), sheet) for word in item.words]
    lefts, tops, rights, bottoms = zip(*boxes, strict=True)
    return {
        "box": [min(lefts), min(tops), max(rights), max(bottoms)],
        "text": item.text,
        "label": item.label,
        "words": [
            {"box": box, "text": word.text} for box, word in zip(boxes, item.words, strict=True)
        ],
        "linking": [list(pair) for pair in item.links],
        "id": item.number,
    }


def _box(ink: Points, sheet: Sheet) -> list[int]:
    left, top = np.floor((ink.min(axis=0) - 0.5) / SCALE)
    right, bottom = np.ceil((ink.max(axis=0) + 0.5) / SCALE)
    if left < 0 or top < 0 or right > sheet.width or bottom > sheet.height:
        raise ValueError(
            f"expected every word on the {sheet.width}x{sheet.height} page after the scan, got "
            f"one at {(left, top, right, bottom)}; widen the margin or skew less"
        )
    return [int(left), int(top), int(right), int(bottom)]
