"""Text -> typed value, or why there is none; and dates, amounts and known formats within a line.

Knows no page: only texts, and the notation of the other texts in their document.
"""

from ocr_model.fields.values.amounts import parse_currency, parse_number
from ocr_model.fields.values.dates import in_formats
from ocr_model.fields.values.finding import dates_within, money_within
from ocr_model.fields.values.habits import NO_HABITS, Habits, habits_of
from ocr_model.fields.values.known_forms import asks_for_iban, form_of, has_iban_form
from ocr_model.fields.values.months import without_accents
from ocr_model.fields.values.reading import ReadValue, read_value
