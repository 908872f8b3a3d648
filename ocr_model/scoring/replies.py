"""Row -> whether the LLM's reply met the schema at the first try, as the row's notes tell.

Knows the notes of the LLM engine by their wording, which a test holds against the engine.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ocr_model.schema import Outcome

# Outcomes of rows for which a reply came. Where some pages failed, which of them did is not told.
_REPLIED = frozenset(
    {Outcome.OK, Outcome.EMPTY, Outcome.REFUSED, Outcome.TRUNCATED, Outcome.UNPARSEABLE}
)
# Notes of what was sent, or of texts that are within the schema; every other one is a repair.
_NO_REPAIR = (
    "asked for ",
    "page sent at ",
    "second opinion",
    "token limit sent ",
    "complete although ",
    "blank answer dropped",
    "characters that are no text removed",
    "key taken out of the reply",
)


def met_schema(record: Mapping[str, Any]) -> bool | None:
    """None where the question does not arise: no LLM, or no reply of it.

    {"engine": "llm", "outcome": "ok", "notes": ["code fence removed"]} -> False
    """
    if record["engine"] != "llm" or record["outcome"] not in _REPLIED:
        return None
    if record["outcome"] not in (Outcome.OK, Outcome.EMPTY):
        return False
    return all(note.startswith(_NO_REPAIR) for note in record["notes"])
