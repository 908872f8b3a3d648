"""The fields that are wanted of a document: the file that names them, their types, how a text is read
as one, what holds between them, and which of a page's answers and words is which field.

Knows no engine and no model: it is given answers and words, whoever read them.
"""

from __future__ import annotations

from ocr_model.fields.checks import broken_check, broken_checks, reasons_for_review
from ocr_model.fields.conversion import fields_of_model, fields_of_schema, load_pydantic_model
from ocr_model.fields.field_file import load_fields, parse_fields
from ocr_model.fields.habits import Habits, habits_of
from ocr_model.fields.reading import ReadValue, read_value
from ocr_model.fields.to_model import FieldsError, content_of, to_model
from ocr_model.fields.wanted import Check, Column, Field, WantedFields

__all__ = [
    "Check",
    "Column",
    "Field",
    "FieldsError",
    "Habits",
    "ReadValue",
    "WantedFields",
    "broken_check",
    "broken_checks",
    "content_of",
    "fields_of_model",
    "fields_of_schema",
    "habits_of",
    "load_fields",
    "load_pydantic_model",
    "parse_fields",
    "read_value",
    "reasons_for_review",
    "to_model",
]
