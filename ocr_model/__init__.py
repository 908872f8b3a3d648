"""Page images of forms -> {question: [answers]}, as an MLflow model that pins its prompt.

For a notebook: `load` a model, `extract_file`, `load_forms` and `score`; with fields also
`load_fields`, `to_model` and, for Spark frames, `field_columns`. Each is imported on first use,
because MLflow alone takes seconds. Everything else is in the subpackages.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ocr_model.fields import FieldsError, load_fields, to_model
    from ocr_model.forms import Form, load_forms
    from ocr_model.notebook import extract_file, load, score
    from ocr_model.spark_columns import field_columns

__all__ = [
    "FieldsError",
    "Form",
    "extract_file",
    "field_columns",
    "load",
    "load_fields",
    "load_forms",
    "score",
    "to_model",
]

_HOMES = {
    "FieldsError": "ocr_model.fields",
    "Form": "ocr_model.forms",
    "load_forms": "ocr_model.forms",
    "extract_file": "ocr_model.notebook",
    "field_columns": "ocr_model.spark_columns",
    "load": "ocr_model.notebook",
    "load_fields": "ocr_model.fields",
    "score": "ocr_model.notebook",
    "to_model": "ocr_model.fields",
}


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
