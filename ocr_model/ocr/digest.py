"""What read words depend on, as a name for caches of them."""

from __future__ import annotations

import hashlib
from importlib.metadata import version
from pathlib import Path

_MODULES = (
    "readers.py",
    "orientation.py",
    "skew.py",
    "sureness.py",
    "text_lines.py",
    "detection.py",
    "line_crops.py",
    "tiles.py",
    "networks.py",
    "onnx_sessions.py",
)


def reader_digest() -> str:
    """Names the OCR's packages and how they are called. Other words are read under another."""
    sources = [Path(__file__).with_name(name).read_text("utf-8") for name in _MODULES]
    parts = [version("rapidocr"), version("onnxruntime"), *sources]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]
