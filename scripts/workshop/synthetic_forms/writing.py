"""Write forms into a folder in FUNSD's format, with one process or several."""

from __future__ import annotations

import json
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context
from pathlib import Path

from scripts.workshop.synthetic_forms.form import make_form
from scripts.workshop.synthetic_forms.lexicon import StyleName
from scripts.workshop.synthetic_forms.style import STYLES


def write_form(out: Path, style: StyleName, seed: int, index: int) -> str:
    """Write form `index`; returns its name."""
    form = make_form(STYLES[style], seed, index)
    name = f"{style}-{seed}-{index:05d}"
    form.image.save(out / "images" / f"{name}.png", compress_level=6)
    text = json.dumps(form.annotation, ensure_ascii=False)
    (out / "annotations" / f"{name}.json").write_text(text + "\n", encoding="utf-8")
    return name


def write_forms(out: Path, count: int, seed: int, style: StyleName, processes: int = 1) -> None:
    for folder in ("images", "annotations"):
        (out / folder).mkdir(parents=True, exist_ok=True)
    write = partial(write_form, out, style, seed)
    if processes == 1:
        for index in range(count):
            write(index)
        return
    # A pool of multiprocessing waits for ever when one of its processes dies; this one says so.
    with ProcessPoolExecutor(processes, mp_context=get_context("spawn")) as pool:
        for _ in pool.map(write, range(count), chunksize=8):
            pass
