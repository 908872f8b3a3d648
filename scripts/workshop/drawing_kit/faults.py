"""What copiers, faxes and scanners of the last decades do to a page.

The page is drawn at three times its size, moved to twice its size, made black and white there,
and averaged down: what an archive's grey reduction of a bilevel scan looks like.
"""

from __future__ import annotations

import io
import math
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from scripts.workshop.drawing_kit.lettering import PAPER, SCALE, Grey
from scripts.workshop.drawing_kit.sheet import Points as Ink

FINE = 2
ScanKind = Literal["copy", "clean", "fax", "grey"]
Points = np.ndarray[tuple[Any, ...], np.dtype[np.float64]]
Floats = np.ndarray[tuple[Any, ...], np.dtype[np.float32]]


@dataclass(frozen=True, slots=True)
class Faults:
    """One machine's faults; lengths in page px, `threshold` 0..255: higher keeps paler ink.

    Of dark edges, punch holes and streaks it has chances: how often a page gets them. A clean scan
    has none.
    """

    kind: ScanKind = "clean"
    skew_deg: float = 0.0
    stretch: tuple[float, float] = (1.0, 1.0)
    shear: float = 0.0
    blur_px: float = 0.15
    noise: float = 2.0
    toner: float = 0.0
    threshold: float = 165.0
    specks: int = 0
    edges: float = 0.25
    holes: float = 0.18
    streaks: float = 0.15
    erosion: int = 0
    jpeg_quality: int | None = None


class Warp:
    """Skew, shear and stretch about the middle of the page, for pixels and points alike."""

    def __init__(self, faults: Faults, width: int, height: int) -> None:
        turn = math.radians(faults.skew_deg)
        cos, sin = math.cos(turn), math.sin(turn)
        bend = np.array([[1.0, faults.shear], [0.0, 1.0]])
        self.matrix = np.array([[cos, sin], [-sin, cos]]) @ bend @ np.diag(faults.stretch)
        self.middle = np.array([width * SCALE / 2, height * SCALE / 2])
        self.size = (width, height)

    def points(self, points: Ink) -> Points:
        # A pixel's ink lies around its middle, half a pixel from the corner that numbers it.
        moved: Points = (points + 0.5 - self.middle) @ self.matrix.T + self.middle
        return moved

    def picture(self, canvas: Grey) -> Image.Image:
        """The moved page, `FINE` times its size."""
        back = np.linalg.inv(self.matrix)
        shift = self.middle - back @ self.middle
        (a, b), (c, d) = back * (SCALE / FINE)
        width, height = self.size
        return Image.fromarray(canvas).transform(
            (width * FINE, height * FINE),
            Image.Transform.AFFINE,
            (a, b, shift[0], c, d, shift[1]),
            Image.Resampling.BILINEAR,
            fillcolor=PAPER,
        )


def degraded(fine: Image.Image, faults: Faults, rng: np.random.Generator) -> Image.Image:
    """The page as the archive keeps it, 8-bit grey at page size."""
    _dirt(fine, faults, rng)
    if faults.erosion:
        grow = ImageFilter.MinFilter(3) if faults.erosion < 0 else ImageFilter.MaxFilter(3)
        fine = Image.blend(fine, fine.filter(grow), 0.5)
    soft = fine.filter(ImageFilter.GaussianBlur(faults.blur_px * FINE))
    grey = np.asarray(soft, dtype=np.float32)
    if faults.kind == "grey":
        return _through_jpeg(_photographed(grey, faults, rng), faults.jpeg_quality)
    grey = grey + faults.noise * 0.55 * _grain(grey.shape, rng)
    if faults.toner:
        grey += faults.toner * _relief(grey.shape, int(rng.integers(20, 160)), rng)
    black = Image.fromarray(np.where(grey < faults.threshold, 0, PAPER).astype(np.uint8))
    if faults.kind == "fax":
        black = _faxed(black)
    page = black.resize((fine.width // FINE, fine.height // FINE), Image.Resampling.BOX)
    return _through_jpeg(page, faults.jpeg_quality)


def _grain(shape: tuple[int, ...], rng: np.random.Generator) -> Floats:
    """Noise of one pixel and of two: standard normal, drawn once for a quarter of the page."""
    height, width = shape
    tile = rng.standard_normal((height // 2 + 1, width // 2 + 1), dtype=np.float32)
    return np.tile(tile, (2, 2))[:height, :width]


def _relief(shape: tuple[int, ...], cell_px: int, rng: np.random.Generator) -> Floats:
    """Smooth random relief: where the toner lay thick or thin."""
    height, width = shape
    coarse = rng.standard_normal((height // cell_px + 2, width // cell_px + 2), dtype=np.float32)
    picture = Image.fromarray(coarse).resize((width, height), Image.Resampling.BILINEAR)
    return np.asarray(picture, dtype=np.float32)


def _faxed(black: Image.Image) -> Image.Image:
    """Standard mode: half as many lines down the page as dots across (ITU-T T.4)."""
    lines = black.resize((black.width, round(black.height * 0.62)), Image.Resampling.BOX)
    hard = lines.point(lambda v: 0 if v < 140 else PAPER)
    return hard.resize(black.size, Image.Resampling.NEAREST)


def _photographed(grey: Floats, faults: Faults, rng: np.random.Generator) -> Image.Image:
    """A grey scan: low contrast, uneven light, the paper's grain."""
    page = Image.fromarray(np.clip(grey, 0, 255).astype(np.uint8))
    page = page.resize((page.width // FINE, page.height // FINE), Image.Resampling.BOX)
    low, high = rng.uniform(20, 90), rng.uniform(215, 245)
    shade = low + np.asarray(page, dtype=np.float32) / PAPER * (high - low)
    shade *= 1 + 0.03 * _relief(shade.shape, 250, rng)
    shade += faults.noise * 0.15 * _grain(shade.shape, rng)
    return Image.fromarray(np.clip(np.rint(shade), 0, PAPER).astype(np.uint8))


def _through_jpeg(page: Image.Image, quality: int | None) -> Image.Image:
    if quality is None:
        return page
    buffer = io.BytesIO()
    page.save(buffer, "JPEG", quality=quality)
    return Image.open(buffer).convert("L")


def _dirt(image: Image.Image, faults: Faults, rng: np.random.Generator) -> None:
    draw = ImageDraw.Draw(image)
    width, height = image.size
    spot = rng.uniform(0, 1, 2) * image.size
    for _ in range(faults.specks):
        # Dirt comes in clusters: half of the specks lie near the one before.
        near = rng.uniform() < 0.5
        spot = spot + rng.normal(0, 25, 2) if near else rng.uniform(0, 1, 2) * image.size
        reach = (float(rng.exponential(0.42)) + 0.45) * rng.uniform(0.4, 2.0, 2)
        (x, y), (across, down) = spot, reach
        draw.ellipse((x - across, y - down, x + across, y + down), fill=20)
    if faults.kind == "clean":
        return
    if rng.uniform() < faults.edges:
        _edges(draw, (width, height), rng)
    if rng.uniform() < faults.holes:
        _holes(draw, (width, height), rng)
    for _ in range(int(rng.poisson(faults.streaks))):
        x = float(rng.uniform(0.01, 0.99)) * width
        top, bottom = sorted(rng.uniform(0, height, 2))
        draw.line((x, top, x + rng.normal(0, 2), bottom), fill=60, width=1)


def _edges(draw: ImageDraw.ImageDraw, size: tuple[int, int], rng: np.random.Generator) -> None:
    """The black a copier prints beside the sheet."""
    width, height = size
    depth = rng.exponential(7) + 2
    lean = rng.uniform(-0.006, 0.006)
    side = int(rng.integers(4))
    length = height if side < 2 else width
    for start in range(0, length, 8):
        reach = max(0.0, float(depth + lean * start + rng.normal(0, 1)))
        stop = start + 8
        box = [
            (0, start, reach, stop), (width - reach, start, width, stop),
            (start, 0, stop, reach), (start, height - reach, stop, height),
        ][side]  # fmt: skip
        draw.rectangle(box, 10)


def _holes(draw: ImageDraw.ImageDraw, size: tuple[int, int], rng: np.random.Generator) -> None:
    width, height = size
    radius = rng.uniform(9, 16)
    upper = rng.uniform() < 0.5
    solid = 15 if rng.uniform() < 0.6 else 235
    for share in (0.2, 0.5, 0.8) if rng.uniform() < 0.4 else (0.35, 0.65):
        x, y = (
            (share * width, rng.uniform(18, 30)) if upper else (rng.uniform(18, 30), share * height)
        )
        draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill=solid, outline=20)
