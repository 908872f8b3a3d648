"""The subset of JSON Schema that a fields file can express, and its YAML.

One object whose properties are texts (also with `pattern`, `format: date`, an `enum` of texts),
numbers, integers, booleans, arrays of these, and arrays of objects of these, each of them also
nullable or by `$ref`; `title`, `description`, `required`, and `labels`, `formats`, `decimal_mark`,
`format: currency` as the file has them. Anything else is refused by name and line.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import yaml

from ocr_model.errors import ConfigError, excerpt
from ocr_model.fields.file.field_file import parse_fields
from ocr_model.fields.file.yaml_lines import Path

# Keywords that a fields file does not need.
_TOP_KEYS = frozenset(
    {"$schema", "$id", "$defs", "definitions", "title", "description", "type", "properties"}
) | {"required", "additionalProperties"}
_SAME_KEYS = ("labels", "formats", "decimal_mark", "pattern", "description")
_TYPES = {"string": "text", "number": "number", "integer": "number", "boolean": "boolean"}
_NO_DEFAULTS: tuple[Any, ...] = (None, "", [])

Schema = Mapping[str, Any]


@dataclass
class Source:
    """The input, and the lines in it that messages point to."""

    name: str
    root: Schema
    lines: Mapping[Path, int] = field(default_factory=dict)

    def refusal(self, path: Path, expected: str, got: str, remedy: str) -> ConfigError:
        line = next(
            (
                self.lines[path[:end]]
                for end in range(len(path), -1, -1)
                if path[:end] in self.lines
            ),
            None,
        )
        place = self.name if line is None else f"{self.name}, line {line}"
        where = ".".join(str(part) for part in path)
        return ConfigError(
            f"{place}, {where or 'schema'}: expected {expected}, got {got}. {remedy}."
        )


def converted(source: Source) -> str:
    root = source.root
    if "$ref" in root:
        # A model that contains itself is named among its own definitions.
        root = _resolved(source, root, ())
    if root.get("type") != "object" or not root.get("properties"):
        raise source.refusal(
            (), "an object with `properties`", excerpt(root.get("type")), "Name the fields there"
        )
    for key, said in root.items():
        if key not in _TOP_KEYS or (key == "additionalProperties" and said is not False):
            raise _unknown(source, (key,), key)
    required = root.get("required", [])
    fields = [
        _field(source, name, schema, ("properties", name), required=name in required)
        for name, schema in root["properties"].items()
    ]
    text = yaml.safe_dump(
        {"fields": fields}, sort_keys=False, allow_unicode=True, default_flow_style=None, width=100
    )
    said = str(root.get("description", "")).strip()
    comment = "".join(f"# {line}".rstrip() + "\n" for line in said.splitlines())
    parse_fields(text, f"the fields of {source.name}")
    return comment + text


def _field(source: Source, name: str, schema: Any, path: Path, *, required: bool) -> dict[str, Any]:
    if isinstance(schema, dict) and _bare(source, schema, path).get("type") == "array":
        return _several(source, name, schema, path, required=required)
    return _one(source, name, schema, path, required=required)


def _several(
    source: Source, name: str, schema: Schema, path: Path, *, required: bool
) -> dict[str, Any]:
    """A list of values, or a table where the items are objects."""
    bare = _bare(source, schema, path)
    _known_only(source, bare, path, {"type", "items"})
    items = bare.get("items")
    if not isinstance(items, dict):
        raise source.refusal((*path, "items"), "`items` of one type", excerpt(items), "Say it")
    inner = _bare(source, items, (*path, "items"))
    named = _named(name, bare, required=required)
    if inner.get("type") != "object":
        one = _one(source, name, items, (*path, "items"), required=False)
        if one.get("type") == "choice":
            raise source.refusal(
                (*path, "items"), "items without choices", excerpt(inner), "Make it a text"
            )
        own = {key: said for key, said in one.items() if key in _SAME_KEYS and key not in named}
        return {**named, "type": "list", **own, "items": one.get("type", "text")}
    _known_only(
        source, inner, (*path, "items"), {"type", "properties", "required", "additionalProperties"}
    )
    columns = [
        _one(
            source,
            column,
            said,
            (*path, "items", column),
            required=column in inner.get("required", []),
        )
        for column, said in inner.get("properties", {}).items()
    ]
    return {**named, "type": "table", "columns": columns}


def _one(source: Source, name: str, schema: Any, path: Path, *, required: bool) -> dict[str, Any]:
    bare = _bare(source, schema, path)
    kind = bare.get("type") or ("string" if "enum" in bare else None)
    if kind not in _TYPES:
        raise source.refusal(
            path,
            "a text, number, boolean, date, choice, or an array",
            excerpt(kind or dict(bare)),
            "Take it out, or give its parts as fields of their own",
        )
    _known_only(source, bare, path, {"type", "enum", "format"})
    said: dict[str, Any] = _named(name, bare, required=required)
    form = bare.get("format")
    if form == "date" and kind == "string":
        return {**said, "type": "date"}
    if form == "currency" and kind in ("string", "number"):
        return {**said, "type": "currency"}
    if form is not None:
        raise source.refusal(
            (*path, "format"), "the format date or currency", excerpt(form), "Use `pattern` instead"
        )
    if "enum" in bare:
        choices = bare["enum"]
        if not all(isinstance(choice, str) for choice in choices):
            raise source.refusal((*path, "enum"), "texts", excerpt(choices), "Write them in quotes")
        return {**said, "type": "choice", "choices": list(choices)}
    return said if kind == "string" else {**said, "type": _TYPES[kind]}


def _named(name: str, bare: Schema, *, required: bool) -> dict[str, Any]:
    """Name and label of a field; its title is its label."""
    said: dict[str, Any] = {"name": name}
    title = bare.get("title")
    if isinstance(title, str) and "labels" not in bare:
        said["labels"] = [title]
    said |= {key: bare[key] for key in _SAME_KEYS if key in bare}
    return {**said, "required": True} if required else said


def _bare(source: Source, schema: Any, path: Path) -> Schema:
    """A property with `$ref` resolved and without the parts that only make it nullable."""
    if not isinstance(schema, dict):
        raise source.refusal(path, "a schema", excerpt(schema), "Say its type")
    if "$ref" in schema:
        found = _resolved(source, schema, path)
        own = {key: said for key, said in schema.items() if key != "$ref"}
        # The title of a referenced schema is a class name, which is not a label on any form.
        return _bare(source, {**{k: v for k, v in found.items() if k != "title"}, **own}, path)
    if "allOf" in schema and len(schema["allOf"]) == 1:
        own = {key: said for key, said in schema.items() if key != "allOf"}
        return _bare(source, {**schema["allOf"][0], **own}, path)
    if "anyOf" in schema:
        return _any_of(source, schema, path)
    kinds = schema.get("type")
    if isinstance(kinds, list):
        left = [kind for kind in kinds if kind != "null"]
        if len(left) != 1:
            raise source.refusal((*path, "type"), "one type", excerpt(kinds), "Choose one")
        return {**schema, "type": left[0]}
    return schema


def _any_of(source: Source, schema: Schema, path: Path) -> Schema:
    own = {key: said for key, said in schema.items() if key != "anyOf"}
    left = [part for part in schema["anyOf"] if part.get("type") != "null"]
    if len(left) == 2 and {part.get("type") for part in left} == {"number", "string"}:
        # Pydantic's schema of `Decimal`: a number, or its text with a pattern.
        text = next(part for part in left if part["type"] == "string")
        if set(text) <= {"type", "pattern"}:
            number = next(part for part in left if part["type"] == "number")
            return {"format": "currency", **number, **own}
    if len(left) != 1:
        raise source.refusal((*path, "anyOf"), "one type, or null", excerpt(left), "Choose one")
    return _bare(source, {**left[0], **own}, path)


def _resolved(source: Source, schema: Schema, path: Path) -> Schema:
    reference = schema["$ref"]
    found: Any = source.root
    for part in str(reference).removeprefix("#/").split("/"):
        found = found.get(part) if isinstance(found, dict) else None
    if not isinstance(found, dict) or not str(reference).startswith("#/"):
        raise source.refusal(
            (*path, "$ref"), "a definition of the same schema", excerpt(reference), "Put it there"
        )
    return found


def _known_only(source: Source, bare: Schema, path: Path, own: set[str]) -> None:
    for key, said in bare.items():
        harmless = (
            (key == "default" and said in _NO_DEFAULTS)
            or (key == "additionalProperties" and said is False)
            or key in ("title", "description")
        )
        if not harmless and key not in own and key not in _SAME_KEYS:
            raise _unknown(source, (*path, key), key)


def _unknown(source: Source, path: Path, key: str) -> ConfigError:
    return source.refusal(
        path,
        "what a file of fields can say",
        f"`{key}`",
        "Take it out, or write the file by hand",
    )
