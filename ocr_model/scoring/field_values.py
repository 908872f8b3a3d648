"""Answer text -> date, number or amount of money for a rule; None if it is not one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from ocr_model.fields import in_formats, parse_currency, parse_number

__all__ = ["parse_currency", "parse_date", "parse_number"]


def parse_date(text: str, formats: Sequence[str]) -> datetime | None:
    """Read a date in the first format that fits.

    "14.05.2024", ["%Y-%m-%d", "%d.%m.%Y"] -> 2024-05-14
    """
    return next(iter(in_formats(text, formats)), None)
