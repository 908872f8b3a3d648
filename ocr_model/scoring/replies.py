"""Row -> whether the LLM's response met the schema at the first attempt, by the notes of the row.

Notes are recognised by their wording, which a test keeps equal to the engine's: models logged
earlier have no other indication, and a column would change the signature.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ocr_model.schema import Outcome

# Outcomes of rows with a response. For a partial row it is unknown which pages failed.
_REPLIED = frozenset(
    {Outcome.OK, Outcome.EMPTY, Outcome.REFUSED, Outcome.TRUNCATED, Outcome.UNPARSEABLE}
)
# Notes about the request, about texts that are within the schema, or about what fields come to; all
# others are repairs.
_NO_REPAIR = (
    "prompts:/",
    "asked for ",
    "asked again for fields",
    "page sent at ",
    "second opinion",
    "token limit sent ",
    "complete although ",
    "blank answer dropped",
    "characters that are no text removed",
    "key taken out of the reply",
    "letters read as digits in ",
    "expected ",
)


def met_schema(record: Mapping[str, Any]) -> bool | None:
    """None if no LLM was asked, or none responded.

    {"engine": "llm", "outcome": "ok", "notes": ["code fence removed"]} -> False
    """
    if record["engine"] != "llm" or record["outcome"] not in _REPLIED:
        return None
    if record["outcome"] not in (Outcome.OK, Outcome.EMPTY):
        return False
    names = {field["name"] for field in record.get("fields", ())}
    required = tuple(f"{name} is required: " for name in names)
    return all(note.startswith((*_NO_REPAIR, *required)) for note in record["notes"])
