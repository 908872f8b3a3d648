"""Rows and labelled forms to score, without a model."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from PIL import Image

from ocr_model.forms.funsd import Form, QAPair


def form_of(folder: Path, width: int, *pairs: tuple[str, str], blank: tuple[str, ...] = ()) -> Form:
    """A blank page that a scripted endpoint knows by its width."""
    path = folder / f"form-{width}.png"
    Image.new("RGB", (width, 80), "white").save(path)
    return Form(path.stem, path, tuple(QAPair(*pair) for pair in pairs), blank)


def row_of(outcome: str, pairs: dict[str, list[str]], **members: Any) -> dict[str, Any]:
    usual = {"error": None, "pages": 1, "latency_ms": 10, "cached": False, "trace_id": None}
    told = {"engine": "llm", "notes": [], "prompt_tokens": None, "completion_tokens": None}
    return {"outcome": outcome, "pairs": pairs, **usual, **told, **members}
