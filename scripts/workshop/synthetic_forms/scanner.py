"""Draw the faults of the machine that scans one form."""

from __future__ import annotations

import numpy as np

from scripts.workshop.drawing_kit import Faults
from scripts.workshop.synthetic_forms.style import Style


def draw_faults(style: Style, rng: np.random.Generator) -> Faults:
    kinds = list(style.scans)
    kind = kinds[int(rng.choice(len(kinds), p=list(style.scans.values())))]
    clean = kind == "clean"
    rough = float(rng.beta(1.2, 2.2))
    return Faults(
        kind=kind,
        skew_deg=_skew(style, rng),
        stretch=(float(rng.uniform(0.985, 1.015)), float(rng.uniform(0.985, 1.01))),
        shear=float(rng.normal(0, 0.002)),
        blur_px=0.15 if clean else float(rng.uniform(0.2, 0.6)),
        noise=2.0 if clean else 6 + 34 * rough,
        toner=0.0 if clean else 28 * float(rng.beta(1.2, 2.5)),
        threshold=float(rng.uniform(140, 190)) if clean else float(rng.uniform(146, 218)),
        specks=int(rng.integers(0, 6)) if clean else int(rng.exponential(60)),
        erosion=int(rng.choice([0, 0, 0, 0, 0, 1, -1])) if not clean else 0,
        jpeg_quality=_jpeg_quality(style, rng),
    )  # fmt: skip


def _skew(style: Style, rng: np.random.Generator) -> float:
    if rng.uniform() < 0.25:
        return 0.0
    return float(np.clip(rng.normal(0, 0.32), -1, 1)) * style.skew_deg


def _jpeg_quality(style: Style, rng: np.random.Generator) -> int | None:
    lossy = style.jpeg_share > 0 and rng.uniform() < style.jpeg_share
    return int(rng.integers(35, 75)) if lossy else None
