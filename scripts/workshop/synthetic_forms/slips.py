"""Cut a slip out of a form: people also send cards, coupons and the part that matters."""

from __future__ import annotations

from typing import Any

import numpy as np
from PIL import Image

_HEIGHTS = (120, 520)
_FEWEST_ITEMS = 4
# Pixels above and below what is kept.
_ROOM = 8

Item = dict[str, Any]


def cut_out(
    image: Image.Image, items: list[Item], rng: np.random.Generator
) -> tuple[Image.Image, list[Item]]:
    """A band of the page as wide as it is, with the items in it; through none of them.

    The page itself where a band would hold next to nothing.
    """
    height = rng.uniform(*_HEIGHTS)
    top = rng.uniform(0, image.height - height)
    top, bottom = _whole_items(items, round(top), round(top + height))
    kept = [item for item in items if top <= item["box"][1] and item["box"][3] <= bottom]
    if len(kept) < _FEWEST_ITEMS:
        return image, items
    top, bottom = max(top, 0), min(bottom, image.height)
    band = image.crop((0, top, image.width, bottom))
    ids = {item["id"] for item in kept}
    return band, [_moved(item, top, ids) for item in kept]


def _whole_items(items: list[Item], top: int, bottom: int) -> tuple[int, int]:
    """The band, grown until it cuts through no item."""
    spans = [(item["box"][1] - _ROOM, item["box"][3] + _ROOM) for item in items]
    while True:
        cut = [s for s in spans if s[0] <= bottom and s[1] >= top]
        grown = (
            min([top, *(low for low, _ in cut)]),
            max([bottom, *(high for _, high in cut)]),
        )
        if grown == (top, bottom):
            return grown
        top, bottom = grown


def _moved(item: Item, top: int, ids: set[int]) -> Item:
    return item | {
        "box": _shifted(item["box"], top),
        "words": [word | {"box": _shifted(word["box"], top)} for word in item["words"]],
        "linking": [link for link in item["linking"] if set(link) <= ids],
    }


def _shifted(box: list[int], top: int) -> list[int]:
    left, upper, right, lower = box
    return [left, upper - top, right, lower - top]
