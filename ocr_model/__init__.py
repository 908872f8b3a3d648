"""Page images of forms -> {question: [answers]}, as an MLflow model that pins its prompt.

For a notebook: `load` a model, `extract_file`, `load_forms` and `score`. Loaded when first used, as
MLflow alone takes seconds. Everything else is in the rooms below.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ocr_model.forms import Form, load_forms
    from ocr_model.notebook import extract_file, load, score

__all__ = ["Form", "extract_file", "load", "load_forms", "score"]

_HOMES = {
    "Form": "ocr_model.forms",
    "load_forms": "ocr_model.forms",
    "extract_file": "ocr_model.notebook",
    "load": "ocr_model.notebook",
    "score": "ocr_model.notebook",
}


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
