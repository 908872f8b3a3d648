"""Ages as people write them: "180d", "12h"."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from ocr_model.errors import ConfigError, excerpt

_AGE = re.compile(r"(\d+)\s*([dh])")


def parse_age(text: str) -> timedelta:
    """ "180d" -> 180 days.

    Raises:
        ConfigError: the text is not an age.
    """
    found = _AGE.fullmatch(text.strip().lower())
    if found is None:
        raise ConfigError(
            f"Expected an age in days or hours, like 180d or 12h, got {excerpt(text)}."
        )
    try:
        return timedelta(**{{"d": "days", "h": "hours"}[found[2]]: int(found[1])})
    except OverflowError as err:
        raise ConfigError(f"Expected an age of less than a million years, got {text}.") from err


def time_before(age: timedelta) -> datetime:
    """Now minus the age, in UTC; no earlier than the first time that `datetime` can hold."""
    now = datetime.now(UTC)
    earliest = datetime.min.replace(tzinfo=UTC)
    return now - age if now - earliest > age else earliest
