"""The file that names the fields, and conversions into it.

Knows no document.
"""

from ocr_model.fields.file.conversion import (
    fields_of_model,
    fields_of_schema,
    load_pydantic_model,
)
from ocr_model.fields.file.field_file import (
    load_fields,
    parse_fields,
    refuse_fields_file,
    save_fields,
)
