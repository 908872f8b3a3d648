"""The true fields of a document, from `fields/<name>.json` next to `images/`.

    {"total": "9.00", "paid": true, "due": null, "phones": ["555-0142"],
     "items": [{"article": "Bolt", "amount": "9.00"}]}

A null field is not on the document; an omitted one was not labelled, and is not scored. Numbers
stay as written.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ocr_model.errors import DatasetError, excerpt

# The folder beside `images/`.
FIELDS = "fields"

Row = Mapping[str, str | None]
# One text, the items of a list, or the rows of a table.
Said = str | list[str] | list[Row] | None
FieldTruth = Mapping[str, Said]


def load_field_truth(folder: Path, name: str) -> FieldTruth | None:
    """The truth of one document in a folder with `fields/`; None if it has none.

    Raises:
        DatasetError: names the file and its fault.
    """
    path = folder / FIELDS / f"{name}.json"
    if not path.is_file():
        return None
    try:
        content = json.loads(path.read_text("utf-8-sig"), parse_float=str, parse_int=str)
    except (OSError, ValueError, RecursionError) as err:
        raise DatasetError(f"{path} is not JSON in UTF-8: {err}.") from err
    return parse_field_truth(content, str(path))


def parse_field_truth(content: Any, place: str) -> FieldTruth:
    """Parse the JSON truth of one document; `place` is for messages.

    Raises:
        DatasetError: it is invalid; says what is wrong.
    """
    if not isinstance(content, dict):
        raise DatasetError(f'{place}: expected {{"total": "9.00", …}}, got {excerpt(content)}.')
    return {field: _value(said, f"{place}, {field}") for field, said in content.items()}


def _value(said: Any, place: str) -> Said:
    if not isinstance(said, list):
        return _text(said, place)
    if said and all(isinstance(row, dict) for row in said):
        rows: list[Row] = [
            {column: _text(cell, f"{place}[{i}].{column}") for column, cell in row.items()}
            for i, row in enumerate(said)
        ]
        return rows
    texts = [_text(item, f"{place}[{i}]") for i, item in enumerate(said)]
    return [text for text in texts if text is not None]


def _text(said: Any, place: str) -> str | None:
    """ "" means null: there is no value."""
    if said is None or isinstance(said, str):
        return said or None
    if isinstance(said, bool):
        return "true" if said else "false"
    raise DatasetError(f"{place}: expected a text, true, false or null, got {excerpt(said)}.")
