"""Read the file that names the wanted fields, and report its errors line by line.

    fields:
      - name: invoice_number
        labels: [Invoice No, Rechnungsnummer]
        required: true
        pattern: 'INV-\\d{4}'
      - name: date
        type: date
        formats: ["%d.%m.%Y"]
      - name: total
        type: currency
        decimal_mark: ","
      - name: items
        type: table
        columns:
          - {name: article}
          - {name: amount, type: currency}
    checks:
      - {sum: [items.amount], equals: total}

Rules files of the older format are valid, too: `question` is name and label in one.
"""

from __future__ import annotations

import difflib
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from ocr_model.errors import ConfigError, excerpt, where_looked
from ocr_model.fields.file.yaml_lines import Lined, read_yaml
from ocr_model.fields.wanted import Check, Column, Field, WantedFields

_EXAMPLE = "fields: [{name: total, labels: [Total], type: currency}]"


def load_fields(path: str | os.PathLike[str]) -> WantedFields:
    """Read the file, and report all its errors at once.

    Raises:
        ConfigError: it cannot be read, is not YAML, or is not a valid fields file.
    """
    try:
        text = Path(path).read_text(encoding="utf-8-sig")
    except OSError as err:
        where = where_looked(Path(path))
        raise ConfigError(
            f"Expected fields as YAML in {path}, got: {err.strerror or err}.{where}"
        ) from err
    except UnicodeDecodeError as err:
        raise ConfigError(f"Expected fields as YAML in UTF-8 in {path}, got: {err}.") from err
    return parse_fields(text, str(path))


def refuse_fields_file(path: Path) -> None:
    """Refuse to overwrite a file, before anything is read.

    Raises:
        ConfigError: the file exists.
    """
    if path.exists():
        raise ConfigError(
            f"Expected no file at {path}, got one; a file of fields is never overwritten. Name "
            "another output, or remove it."
        )


def save_fields(text: str, path: Path) -> None:
    """Write a new fields file.

    Raises:
        ConfigError: the file exists, or it cannot be written.
    """
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError:
        refuse_fields_file(path)
        raise
    except OSError as err:
        raise ConfigError(f"Expected to write {path}, got: {err.strerror or err}.") from err


def parse_fields(text: str, name: str = "fields.yaml") -> WantedFields:
    """The same for the file's text; `name` is the file's name in messages.

    Raises:
        ConfigError: as `load_fields`.
    """
    lined = read_yaml(text, name)
    if not isinstance(lined.content, dict):
        raise ConfigError(
            f"{name}, line 1: expected the key `fields` with a list, got "
            f"{excerpt(lined.content)}. Write {_EXAMPLE}."
        )
    try:
        return WantedFields.model_validate(lined.content)
    except ValidationError as err:
        faults = [_said(fault, lined, name) for fault in _own_faults(err.errors())]
        raise ConfigError("\n".join(faults)) from err


def _own_faults(faults: list[ErrorDetails]) -> list[ErrorDetails]:
    """Drop consequential errors: a list whose only item is wrong counts as empty, too."""
    places = [fault["loc"] for fault in faults]
    return [
        fault
        for fault in faults
        if fault["type"] != "too_short"
        or not any(
            len(p) > len(fault["loc"]) and p[: len(fault["loc"])] == fault["loc"] for p in places
        )
    ]


def _said(fault: ErrorDetails, lined: Lined, name: str) -> str:
    """The message for one error: where, expected, got, what to write.

    "fields.yaml, line 4, fields[1].type: expected one of text, number, …, got 'money'. Write …"
    """
    path = tuple(fault["loc"])
    place = f"{name}, line {lined.line_of(path)}"
    keys = _keyed(path)
    said = _wording(fault).rstrip(".")
    return f"{place}{', ' + keys if keys else ''}: {said}."


def _keyed(path: tuple[int | str, ...]) -> str:
    """("fields", 1, "type") -> "fields[1].type" """
    text = ""
    for part in path:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else part
    return text


def _wording(fault: ErrorDetails) -> str:
    kind, key = fault["type"], str(fault["loc"][-1]) if fault["loc"] else ""
    got = f"got {excerpt(fault['input'])}"
    match kind:
        case "extra_forbidden":
            return _unknown_key(key, _keys_at(fault["loc"]))
        case "missing":
            return f"expected the key `{key}`, got none. Write {_example(key)}"
        case "literal_error":
            return _none_of(key, fault)
        case "bool_parsing" | "bool_type":
            return f"expected true or false, {got}. Write {key}: true"
        case "string_type":
            return f"expected a text, {got}. Write it in quotes"
        case "tuple_type":
            return f"expected a list, {got}. Write {_listed(key, fault['input'])}"
        case "decimal_parsing" | "decimal_type":
            return f"expected a number, {got}. Write {key}: 0.01"
        case "float_parsing" | "float_type" | "greater_than_equal" | "finite_number":
            return f"expected a number of 0 or more, {got}. Write {key}: 2"
        case "too_short":
            return f"expected at least one under `{key}`, got none. Write {_example(key)}"
        case "too_long":
            return f"expected no more than {fault['ctx']['max_length']}, {got}. Take one out"
        case "model_type":
            return f"expected keys with values, {got}. Write {{name: …}}"
        case "value_error":
            return str(fault["ctx"]["error"])
    return f"{fault['msg']} ({got})"


def _unknown_key(key: str, known: Iterable[str]) -> str:
    names = list(known)
    near = difflib.get_close_matches(key, names, n=1, cutoff=0.6)
    remedy = f"Write {near[0]}" if near else "Take it out"
    return f"expected one of the keys {', '.join(names)}; got {key!r}. {remedy}"


def _keys_at(path: tuple[int | str, ...]) -> list[str]:
    """The valid keys at the place of an unknown key."""
    words = [part for part in path[:-1] if isinstance(part, str)]
    records: dict[str, type[BaseModel]] = {"fields": Field, "checks": Check, "columns": Column}
    return list((records[words[-1]] if words else WantedFields).model_fields)


def _none_of(key: str, fault: ErrorDetails) -> str:
    expected = str(fault["ctx"]["expected"]).replace(" or ", ", ").replace("'", "").split(", ")
    if key == "decimal_mark":
        return f'expected "." or ",", got {excerpt(fault["input"])}. Write decimal_mark: ","'
    near = difflib.get_close_matches(str(fault["input"]), expected, n=1, cutoff=0.6)
    nearest = near[0] if near else _MEANT.get(str(fault["input"]).casefold(), "text")
    return (
        f"expected one of {', '.join(expected)}; got {excerpt(fault['input'])}. "
        f"Write {key}: {nearest}"
    )


# Names of types in other languages.
_MEANT = {
    "amount": "currency",
    "array": "list",
    "bool": "boolean",
    "checkbox": "boolean",
    "datetime": "date",
    "decimal": "number",
    "enum": "choice",
    "float": "number",
    "int": "number",
    "integer": "number",
    "money": "currency",
    "price": "currency",
    "string": "text",
}


def _example(key: str) -> str:
    return {"fields": _EXAMPLE, "name": "name: total"}.get(key, f"{key}: …")


def _listed(key: str, given: Any) -> str:
    return f"{key}: [{given}]" if isinstance(given, str) else f"{key}: […]"
