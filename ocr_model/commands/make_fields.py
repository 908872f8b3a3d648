"""Convert a Pydantic model or a JSON Schema into a fields file."""

from __future__ import annotations

import sys
from pathlib import Path

from ocr_model.commands.cli import MakeFields, command, option
from ocr_model.console import say
from ocr_model.errors import ConfigError, where_looked
from ocr_model.fields import (
    fields_of_model,
    fields_of_schema,
    load_pydantic_model,
    parse_fields,
    refuse_fields_file,
    save_fields,
)


def make_fields(given: MakeFields) -> int:
    if not given.source or not given.output.name:
        raise ConfigError(
            f"Expected source and output, like {option('source', 'app.models:Invoice')} "
            f"{option('output', 'fields.yaml')}, got {given.source!r} and {str(given.output)!r}."
        )
    refuse_fields_file(given.output)
    text = _converted(given.source)
    save_fields(text, given.output)
    say(f"Fields  {given.output}, {len(parse_fields(text).fields)} of {given.source}")
    say(f"Next    {command('log_model', fields=given.output)}")
    return 0


def _converted(source: str) -> str:
    if not source.endswith(".json"):
        # `python -m` finds modules in the working folder, an installed command does not.
        here = str(Path.cwd())
        if here not in sys.path:
            sys.path.append(here)
        return fields_of_model(load_pydantic_model(source))
    try:
        text = Path(source).read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as err:
        told = getattr(err, "strerror", None) or err
        raise ConfigError(
            f"Expected a JSON Schema in UTF-8 in {source}, got: {told}.{where_looked(source)}"
        ) from err
    return fields_of_schema(text, source)
