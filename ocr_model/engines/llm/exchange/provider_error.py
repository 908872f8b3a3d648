"""The body of a failed request -> the provider's error, in the shapes seen so far.

{"error": {...}} (OpenAI), {"error": "text"} (LM Studio, Ollama), [{"error": {...}}] (Gemini),
{"detail": ...} (FastAPI, MLflow), {"message": ...} (older vLLM), and plain text.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

_MAX_CHARS = 2000
_WAIT_HEADERS = ("retry-after", "llm_provider-retry-after")
_WAIT_IN_TEXT = re.compile(
    r"(?:try again|retry) (?:in|after) (\d+(?:\.\d+)?) ?(ms|s)\b", re.IGNORECASE
)
_WAIT_IN_BODY = re.compile(r'"retryDelay"\s*:\s*"(\d+(?:\.\d+)?)s"')


@dataclass(frozen=True, slots=True)
class ProviderError:
    """The provider's own words. `wait_s` is how long it asks to wait, if it says so."""

    message: str
    code: str | None = None
    type: str | None = None
    param: str | None = None
    wait_s: float | None = None

    @property
    def words(self) -> str:
        """The text to search for keywords. Never the whole body: some echo the request."""
        return " ".join(filter(None, (self.code, self.type, self.param, self.message)))


def read_provider_error(body: str, headers: Mapping[str, str]) -> ProviderError:
    """Find message, code and waiting time in a body of any shape."""
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        value = body
    found = _described(value)
    message = _text(found.get("message"))[:_MAX_CHARS]
    return ProviderError(
        message=message,
        code=_name(found.get("code")),
        type=_name(found.get("type") or found.get("status")),
        param=_name(found.get("param")),
        wait_s=_wait_s(headers, message, body),
    )


def error_of_200(value: Any) -> ProviderError | None:
    """The error inside a body with status 200, if there is one."""
    if not isinstance(value, dict) or not value.get("error"):
        return None
    return read_provider_error(json.dumps(value, ensure_ascii=False), {})


def _described(value: Any) -> dict[str, Any]:
    if isinstance(value, list) and value:
        value = value[0]
    if not isinstance(value, dict):
        return {"message": value}
    for name in ("error", "detail"):
        inner = value.get(name)
        if isinstance(inner, dict) and ("message" in inner or "error" in inner):
            return _described(inner)
        if inner:
            return {**value, "message": inner}
    return value


def _text(value: Any) -> str:
    """Text from nested messages: FastAPI's list of errors names place and rule."""
    if isinstance(value, str):
        return " ".join(value.split())
    if isinstance(value, list):
        return "; ".join(_text(item) for item in value[:10])
    if isinstance(value, dict):
        if "msg" in value:
            place = value.get("loc")
            path = ".".join(map(str, place)) if isinstance(place, list) else ""
            return f"{path}: {_text(value['msg'])} ({value.get('type', '')})"
        return _text(value.get("message", ""))
    return "" if value is None else str(value)


def _name(value: Any) -> str | None:
    if isinstance(value, bool) or not isinstance(value, str | int):
        return None
    return str(value)[:100]


def _wait_s(headers: Mapping[str, str], message: str, body: str) -> float | None:
    """How long to wait, from headers or, if a gateway dropped them, from the text.

    Retry-After: 2 -> 2.0; "Please try again in 20ms." -> 0.02
    """
    waits = [_seconds(headers.get("retry-after-ms", ""), 0.001)]
    waits += [_seconds(headers.get(name, "")) for name in _WAIT_HEADERS]
    waits += [_until(headers.get(name, "")) for name in _WAIT_HEADERS]
    if found := _WAIT_IN_TEXT.search(message):
        waits.append(_seconds(found[1], 0.001 if found[2].lower() == "ms" else 1.0))
    if found := _WAIT_IN_BODY.search(body[:20_000]):
        waits.append(_seconds(found[1]))
    return next((wait for wait in waits if wait is not None), None)


def _seconds(number: str, unit_s: float = 1.0) -> float | None:
    try:
        seconds = float(number) * unit_s
    except ValueError:
        return None
    return seconds if math.isfinite(seconds) and seconds >= 0 else None


def _until(date: str) -> float | None:
    try:
        moment = parsedate_to_datetime(date)
    except (ValueError, IndexError, OverflowError):
        return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return max((moment - datetime.now(UTC)).total_seconds(), 0.0)
