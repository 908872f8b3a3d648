"""A JSON Schema or a Pydantic model -> an equivalent fields file, or an error.

Nothing is dropped: `schema_subset` lists what is supported. A `Decimal` becomes a currency.
"""

from __future__ import annotations

import importlib
import inspect
import json
import re
from typing import Any

from pydantic import BaseModel
from pydantic.errors import PydanticUserError

from ocr_model.errors import ConfigError, excerpt
from ocr_model.fields.file.schema_subset import Source, converted
from ocr_model.fields.file.yaml_lines import Path, read_yaml


def fields_of_model(model: type[BaseModel]) -> str:
    """The YAML of a fields file for a Pydantic model.

    Raises:
        ConfigError: a fields file cannot express part of the model; names field and line.
    """
    name = f"{model.__module__}:{model.__qualname__}"
    try:
        schema = model.model_json_schema()
    except PydanticUserError as err:
        raise ConfigError(f"{name} has no JSON Schema: {err.message}") from err
    return converted(Source(name, schema, _lines_of_class(model)))


def fields_of_schema(text: str, name: str = "schema.json") -> str:
    """The YAML of a fields file for a JSON Schema.

    Raises:
        ConfigError: it is not JSON, or a fields file cannot express part of it; names key and line.
    """
    try:
        schema = json.loads(text)
    except ValueError as err:
        raise ConfigError(f"Expected a JSON Schema in {name}, got no JSON: {err}.") from err
    if not isinstance(schema, dict):
        raise ConfigError(f"Expected a JSON Schema in {name}, got {excerpt(schema)}.")
    try:
        # JSON is YAML except for tabs, which YAML does not accept as blanks.
        lines = read_yaml(text.replace("\t", " "), name).lines
    except ConfigError:
        lines = {}
    return converted(Source(name, schema, lines))


def load_pydantic_model(reference: str) -> type[BaseModel]:
    """The class that "module:Class" names.

    Raises:
        ConfigError: there is no such module or class, or it is not a Pydantic model.
    """
    module_name, _, class_name = reference.partition(":")
    if not module_name or not class_name:
        raise ConfigError(f"Expected a Pydantic model as module:Class, got {reference!r}.")
    try:
        found: Any = importlib.import_module(module_name)
    except ImportError as err:
        raise ConfigError(
            f"Expected the module {module_name!r} of {reference!r}, got: {err}."
        ) from err
    for part in class_name.split("."):
        found = getattr(found, part, None)
    if not (isinstance(found, type) and issubclass(found, BaseModel)):
        raise ConfigError(
            f"Expected a Pydantic model {class_name!r} in {module_name}, got {excerpt(found)}."
        )
    return found


def _lines_of_class(model: type[BaseModel]) -> dict[Path, int]:
    """The source lines of a class's fields, by their path in its schema."""
    try:
        source, first = inspect.getsourcelines(model)
    except (OSError, TypeError):
        return {}
    lines: dict[Path, int] = {}
    for name in model.model_fields:
        for number, line in enumerate(source, start=first):
            if re.match(rf"\s+{re.escape(name)}\s*:", line):
                lines.setdefault(("properties", name), number)
    return lines
