"""The fields wanted from a document: the file that names them, how a text is read as a type, checks
between fields, and which of a page's answers and words belongs to which field.

Knows no engine and no model: it gets answers and words as input.
"""

from ocr_model.fields.checks import broken_check, broken_checks, reasons_for_review
from ocr_model.fields.columns import LEADING, column_names, in_columns
from ocr_model.fields.content import FieldsError, content_of, field_value, to_model
from ocr_model.fields.decision import (
    Candidate,
    Decision,
    PageContent,
    PageWords,
    Said,
    decide_fields,
    decide_said,
    label_likeness,
    labels_among,
    skeleton,
    what_it_says,
)
from ocr_model.fields.description import described
from ocr_model.fields.file import (
    fields_of_model,
    fields_of_schema,
    load_fields,
    load_pydantic_model,
    parse_fields,
    refuse_fields_file,
    save_fields,
)
from ocr_model.fields.pinned import fields_setting, pinned_fields
from ocr_model.fields.proposal import MIN_DOCUMENTS, Draft, draft_fields
from ocr_model.fields.values import (
    Habits,
    ReadValue,
    dates_within,
    habits_of,
    in_formats,
    money_within,
    parse_currency,
    parse_number,
    read_value,
    without_accents,
)
from ocr_model.fields.wanted import Check, Column, Field, WantedFields
