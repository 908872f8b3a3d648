"""The body of `/models` -> which models an endpoint lists, and until when.

Pure. A list says little: many servers have none, or serve names they do not list.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

# As `shutdown_date` OpenAI tells it; the others were seen at servers that follow its API.
_SHUTDOWN_NAMES = (
    *("shutdown_date", "deprecation_date", "retirement_date", "expiration_date"),
    *("deprecation", "inference"),
)


@dataclass(frozen=True, slots=True)
class ListedModel:
    """One entry of `/models`; `shutdown` is None where no date is told."""

    name: str
    shutdown: date | None = None


def read_models(body: bytes) -> list[ListedModel]:
    """The models that a body lists; none where it is no such list.

    b'{"data": [{"id": "a", "shutdown_date": "2027-01-14"}]}' -> [a, until 2027-01-14]
    """
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        return []
    items = value.get("data") if isinstance(value, dict) else value
    return [
        ListedModel(item["id"], _shutdown(item))
        for item in (items if isinstance(items, list) else [])
        if isinstance(item, dict) and isinstance(item.get("id"), str)
    ]


def find_model(models: Sequence[ListedModel], name: str) -> ListedModel | None:
    """The entry of a name, also where the list says `models/<name>` or `<name>:latest`."""
    wanted = (name, f"models/{name}", f"{name}:latest")
    return next((model for model in models if model.name in wanted), None)


def _shutdown(item: dict[str, Any]) -> date | None:
    found = (_date(item[name]) for name in _SHUTDOWN_NAMES if name in item)
    return next((day for day in found if day is not None), None)


def _date(value: Any) -> date | None:
    """ "2027-01-14T00:00:00Z", 1799884800 and {"inference": 1799884800} -> 2027-01-14"""
    if isinstance(value, dict):
        return _shutdown(value)
    try:
        if isinstance(value, str):
            return date.fromisoformat(value[:10])
        if isinstance(value, int | float) and not isinstance(value, bool) and value > 0:
            return datetime.fromtimestamp(value, UTC).date()
    except (ValueError, OverflowError, OSError):
        return None
    return None
