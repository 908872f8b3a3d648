"""The fields of a row -> an instance of a Pydantic model, or an error per field."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from types import UnionType
from typing import Any, TypeVar, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError

from ocr_model.errors import OcrModelError, excerpt
from ocr_model.schema import Box, FieldStatus, FieldValue

Model = TypeVar("Model", bound=BaseModel)


class FieldsError(OcrModelError):
    """The fields of a document do not fit the Pydantic model; one line per field."""


def to_model(row: Any, model: type[Model]) -> Model:
    """Build an instance from the fields of a row: a mapping with `fields`, as in a model's output,
    or those fields themselves.

    An absent field gets the model's default; a list becomes a list, a table a list of rows. Names
    are the model's, or its aliases.

    Raises:
        FieldsError: a field is missing or was not readable, or does not fit the model.
    """
    values = [field_value(item) for item in _fields_in(row)]
    content = content_of(values)
    for name, info in model.model_fields.items():
        if _is_list(info.annotation):
            for key in {name, info.alias or name} & content.keys():
                if not isinstance(content[key], list):
                    content[key] = [content[key]]
    try:
        return model.model_validate(content)
    except ValidationError as err:
        lines = [
            _said(tuple(fault["loc"]), fault["msg"], fault["input"], values)
            for fault in err.errors()
        ]
        raise FieldsError(f"Expected the fields of {model.__name__}:\n" + "\n".join(lines)) from err


def content_of(values: Iterable[FieldValue]) -> dict[str, Any]:
    """The values that were found, by name: a text, a list of texts, or rows of texts by column.

    total found 9.00, due missing -> {"total": "9.00"}
    """
    content: dict[str, Any] = {}
    for value in values:
        if value.row is not None and value.column is not None:
            rows = content.setdefault(value.name, [])
            rows += [{} for _ in range(value.row - len(rows))]
            if value.status is FieldStatus.FOUND:
                rows[value.row - 1][value.column] = value.value
        elif value.status is FieldStatus.FOUND:
            before = content.get(value.name)
            several = [*(before if isinstance(before, list) else [before]), value.value]
            content[value.name] = value.value if before is None else several
    return content


def _is_list(annotation: Any) -> bool:
    """Whether a field of a model takes several values, optional or not."""
    origin = get_origin(annotation)
    if origin in (Union, UnionType):
        return any(_is_list(part) for part in get_args(annotation))
    return origin in (list, tuple, set, frozenset, Sequence) or annotation in (list, tuple, set)


def _fields_in(row: Any) -> Iterable[Any]:
    # A row of a frame has keys, too.
    if isinstance(row, Mapping) or hasattr(row, "keys"):
        given = row.get("fields")
        if not hasattr(given, "__len__") or not len(given):  # a frame may hold NaN for none
            why = row.get("error")
            raise FieldsError(
                f"Expected a row with fields, got none: {why}"
                if isinstance(why, str) and why
                else "Expected a row with the column `fields`, got one without. Log the model with "
                "`fields=`, or load one that has fields."
            )
        return list(given)
    return list(row)


def field_value(item: Any) -> FieldValue:
    """One entry of a row's `fields`, from Python, JSON, a frame or Parquet."""
    if isinstance(item, FieldValue):
        return item
    known = {name: item[name] for name in FieldValue.__dataclass_fields__ if name in item}
    # Frames have no nullable integers: NaN means none.
    for name in ("page", "row"):
        number = known.get(name)
        known[name] = None if number is None or number != number else int(number)
    box = known.get("box")
    known["box"] = None if box is None else Box(*box)
    return FieldValue(**{**known, "status": FieldStatus(item["status"])})


def _said(path: tuple[Any, ...], message: str, given: Any, values: Iterable[FieldValue]) -> str:
    name = ".".join(str(part + 1) if isinstance(part, int) else part for part in path) or "fields"
    own = [value for value in values if path and value.name == path[0]]
    row = path[1] + 1 if len(path) > 1 and isinstance(path[1], int) else None
    near = [value for value in own if row is None or value.row == row]
    if len(path) > 2:
        near = [value for value in near if value.column == path[2]]
    lacking = next((value for value in near if value.status is not FieldStatus.FOUND), None)
    if lacking is not None:
        return f"  {name}: {lacking.status.value}: {lacking.reason or 'not on the page'}"
    return f"  {name}: {message}, got {excerpt(given)}"
