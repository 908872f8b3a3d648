"""What copier, fax and scanner do to a sheet; boxes follow every movement of the ink."""

from __future__ import annotations

import io
import math
from dataclasses import dataclass
from typing import Any, Literal, Protocol

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from scripts.workshop.sample_forms.mask import SCALE, Grey
from scripts.workshop.sample_forms.sheet import PAPER, Item, Sheet
from scripts.workshop.sample_forms.sheet import Points as Ink

Box = tuple[int, int, int, int]
Edge = Literal["left", "right", "top", "bottom"]
Points = np.ndarray[tuple[Any, ...], np.dtype[np.float64]]
Shade = np.ndarray[tuple[Any, ...], np.dtype[np.float64]]


@dataclass(frozen=True, slots=True)
class Scan:
    """One machine's faults. Lengths in page px; `threshold` 0..255: higher keeps paler ink."""

    kind: Literal["copy", "fax", "grey"]
    skew_deg: float = 0.0
    stretch: tuple[float, float] = (1.0, 1.0)
    threshold: int = 150
    blur_px: float = 0.3
    ragged: float = 14.0
    specks: int = 60
    edges: tuple[Edge, ...] = ()
    holes: tuple[tuple[float, float], ...] = ()
    streaks: tuple[float, ...] = ()
    levels: tuple[int, int] = (40, 235)
    light: float = 0.0
    grain: float = 2.0
    jpeg_quality: int | None = None


class Mover(Protocol):
    """Where ink points of the drawing lie after the scan, both in drawing px."""

    def points(self, points: Ink) -> Points: ...


class Movement:
    """Skew and stretch about the middle of the page, for pixels and points alike."""

    def __init__(self, scan: Scan, width: int, height: int) -> None:
        turn = math.radians(scan.skew_deg)
        cos, sin = math.cos(turn), math.sin(turn)
        self.matrix = np.array([[cos, sin], [-sin, cos]]) @ np.diag(scan.stretch)
        self.middle = np.array([width * SCALE / 2, height * SCALE / 2])

    def points(self, points: Points | Ink) -> Points:
        # A pixel's ink lies around its middle, half a pixel from the corner that numbers it.
        moved: Points = (points + 0.5 - self.middle) @ self.matrix.T + self.middle
        return moved

    def picture(self, canvas: Grey) -> Image.Image:
        back = np.linalg.inv(self.matrix)
        shift = self.middle - back @ self.middle
        (a, b), (c, d) = back
        image = Image.fromarray(canvas)
        return image.transform(
            image.size,
            Image.Transform.AFFINE,
            (a, b, shift[0], c, d, shift[1]),
            Image.Resampling.BICUBIC,
            fillcolor=PAPER,
        )


def scan_sheet(sheet: Sheet, scan: Scan) -> tuple[Image.Image, dict[str, list[dict[str, object]]]]:
    """The page as an 8-bit grey picture, and its annotation in FUNSD's shape."""
    movement = Movement(scan, sheet.width, sheet.height)
    image = movement.picture(sheet.canvas)
    _dirt(image, scan, sheet.rng)
    page = {"copy": _copied, "fax": _faxed, "grey": _photographed}[scan.kind](
        image, scan, sheet.rng
    )
    if scan.jpeg_quality is not None:
        page = _through_jpeg(page, scan.jpeg_quality)
    return page, {"form": [annotate(item, movement, sheet) for item in sheet.items]}


def annotate(item: Item, movement: Mover, sheet: Sheet) -> dict[str, object]:
    """The item in FUNSD's shape, its words' boxes where the ink has moved to."""
    boxes = [_box(movement.points(word.outline), sheet) for word in item.words]
    lefts, tops, rights, bottoms = zip(*boxes, strict=True)
    return {
        "box": [min(lefts), min(tops), max(rights), max(bottoms)],
        "text": item.text,
        "label": item.label,
        "words": [
            {"box": list(box), "text": word.text}
            for box, word in zip(boxes, item.words, strict=True)
        ],
        "linking": [list(pair) for pair in item.links],
        "id": item.number,
    }


def _box(ink: Points, sheet: Sheet) -> Box:
    left, top = np.floor((ink.min(axis=0) - 0.5) / SCALE)
    right, bottom = np.ceil((ink.max(axis=0) + 0.5) / SCALE)
    if left < 0 or top < 0 or right > sheet.width or bottom > sheet.height:
        raise ValueError(
            f"expected every word on the {sheet.width}x{sheet.height} page after the scan, got "
            f"one at {(left, top, right, bottom)}; widen the margin or skew less"
        )
    return int(left), int(top), int(right), int(bottom)


def _dirt(image: Image.Image, scan: Scan, rng: np.random.Generator) -> None:
    draw = ImageDraw.Draw(image)
    height = image.height
    spot = rng.uniform(0, 1, 2) * image.size
    for _ in range(scan.specks):
        # Dirt comes in clusters: half of the specks lie near the one before.
        near = rng.uniform() < 0.5
        spot = spot + rng.normal(0, 25, 2) if near else rng.uniform(0, 1, 2) * image.size
        radius = float(rng.exponential(0.6)) + 0.6
        reach = radius * rng.uniform(0.4, 2.4, 2)
        x, y = spot
        draw.ellipse((x - reach[0], y - reach[1], x + reach[0], y + reach[1]), fill=30)
    for edge in scan.edges:
        _dark_edge(draw, edge, image.size, rng)
    for x, y in scan.holes:
        radius = 9.5 * SCALE
        left, top = x * SCALE - radius, y * SCALE - radius
        draw.ellipse((left, top, left + 2 * radius, top + 2 * radius), 20)
        draw.ellipse((left + 9, top + 5, left + 2 * radius - 7, top + 2 * radius - 12), 90)
    for x in scan.streaks:
        _streak(draw, x * SCALE, height, rng)


def _dark_edge(
    draw: ImageDraw.ImageDraw, edge: Edge, size: tuple[int, int], rng: np.random.Generator
) -> None:
    """The gap beside the sheet that a copier prints black, wavering along its length."""
    width, height = size
    length = height if edge in ("left", "right") else width
    depth, lean = rng.uniform(4, 9) * SCALE / 2, rng.uniform(-0.004, 0.004)
    for start in range(0, length, 6):
        reach = max(0.0, depth + lean * start + rng.normal(0, 1.2))
        stop = start + 6
        draw.rectangle(
            {
                "left": (0, start, reach, stop),
                "right": (width - reach, start, width, stop),
                "top": (start, 0, stop, reach),
                "bottom": (start, height - reach, stop, height),
            }[edge],
            15,
        )


def _streak(draw: ImageDraw.ImageDraw, x: float, height: int, rng: np.random.Generator) -> None:
    y = 0
    while y < height:
        run = int(rng.exponential(90))
        draw.line((x, y, x, min(y + run, height)), fill=80, width=1)
        y += run + int(rng.exponential(60))


def _unrest(size: tuple[int, int], cell_px: int, rng: np.random.Generator) -> Shade:
    """Smooth random relief, standard normal at its nodes, shape (height, width)."""
    width, height = size
    coarse = rng.normal(0, 1, (height // cell_px + 2, width // cell_px + 2)).astype(np.float32)
    relief = Image.fromarray(coarse).resize(size, Image.Resampling.BICUBIC)
    return np.asarray(relief, dtype=np.float64)


def _bilevel(image: Image.Image, scan: Scan, rng: np.random.Generator) -> Grey:
    soft = image.filter(ImageFilter.GaussianBlur(scan.blur_px * SCALE))
    toner = 0.7 * _unrest(soft.size, 2, rng) + 0.5 * _unrest(soft.size, 90, rng)
    dark = np.asarray(soft, dtype=np.float64) + scan.ragged * toner < scan.threshold
    return np.where(dark, 0, PAPER).astype(np.uint8)


def _copied(image: Image.Image, scan: Scan, rng: np.random.Generator) -> Image.Image:
    return _averaged(Image.fromarray(_bilevel(image, scan, rng)))


def _faxed(image: Image.Image, scan: Scan, rng: np.random.Generator) -> Image.Image:
    """Group 3, fine mode: about 200 dots per inch both ways, black or white, here and there lost.

    204 x 196 dpi is the standard's fine resolution (ITU-T T.4).
    """
    width, height = image.size
    dots = (round(width * 2 / SCALE), round(height * 1.96 / SCALE))
    line = Image.fromarray(_bilevel(image, scan, rng)).resize(dots, Image.Resampling.BOX)
    hard = np.where(np.asarray(line) < 140, 0, PAPER).astype(np.uint8)
    page = (width // SCALE, height // SCALE)
    return Image.fromarray(hard).resize(page, Image.Resampling.BOX)


def _photographed(image: Image.Image, scan: Scan, rng: np.random.Generator) -> Image.Image:
    """A grey scan: soft, of low contrast, unevenly lit, with the paper's grain."""
    page = _averaged(image).filter(ImageFilter.GaussianBlur(scan.blur_px))
    black, white = scan.levels
    shade = black + np.asarray(page, dtype=np.float64) / PAPER * (white - black)
    width, height = page.size
    across = np.linspace(-1, 1, width)[None, :] * rng.uniform(-1, 1)
    down = np.linspace(-1, 1, height)[:, None] * rng.uniform(-1, 1)
    shade *= 1 + scan.light * (across + down + 0.3 * _unrest(page.size, 300, rng))
    fibre = rng.normal(0, 1, shade.shape) + 0.5 * _unrest(page.size, 6, rng)
    shade += scan.grain * fibre
    return Image.fromarray(np.clip(np.rint(shade), 0, PAPER).astype(np.uint8))


def _averaged(image: Image.Image) -> Image.Image:
    width, height = image.size
    return image.resize((width // SCALE, height // SCALE), Image.Resampling.BOX)


def _through_jpeg(page: Image.Image, quality: int) -> Image.Image:
    """Leave the blocks and rings of one earlier JPEG generation."""
    buffer = io.BytesIO()
    page.save(buffer, "JPEG", quality=quality)
    return Image.open(buffer).convert("L")
