"""A digest of everything that words read by ONNX Runtime depend on, to name caches of them."""

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
    """Changes with the versions of the OCR's packages and with the code that calls them."""
    sources = [Path(__file__).with_name(name).read_text("utf-8") for name in _MODULES]
    parts = [version("rapidocr"), version("onnxruntime"), *sources]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]
