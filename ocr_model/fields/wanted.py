"""The fields wanted from a document, their types, and checks between them. Records only.

Knows no file and no document: `field_file` reads these records from YAML.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any, Literal, get_args

import pydantic
from pydantic import BaseModel, ConfigDict, field_validator, model_validator

from ocr_model.normalize import fold_text
from ocr_model.schema import FieldKey

ScalarType = Literal["text", "number", "currency", "date", "boolean", "choice"]
FieldType = Literal["text", "number", "currency", "date", "boolean", "choice", "list", "table"]
SCALAR_TYPES: tuple[ScalarType, ...] = get_args(ScalarType)
FIELD_TYPES: tuple[FieldType, ...] = get_args(FieldType)

# "table.column" names a column in a check.
COLUMN_MARK = "."


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Column(_Strict):
    """What a field and a column of a table have in common: one wanted value.

    `labels` are its labels on forms; without the key it is the name, and `[]` means that it has no
    label on the page. `formats` (Python's strptime) and `decimal_mark` decide how ambiguous texts
    are read.
    """

    name: str
    labels: tuple[str, ...]
    description: str = ""
    type: ScalarType = "text"
    required: bool = False
    pattern: str | None = None
    formats: tuple[str, ...] = ()
    decimal_mark: Literal[".", ","] | None = None
    choices: tuple[str, ...] = ()

    @model_validator(mode="before")
    @classmethod
    def _named(cls, given: Any) -> Any:
        """`question`, of the older rules format, is name and label; so is a name alone."""
        if not isinstance(given, Mapping):
            return given
        said = dict(given)
        if "question" in said:
            if "name" in said:
                raise ValueError(
                    "expected either `name` or `question`, got both. Write `name`, and put the "
                    "question under `labels`"
                )
            said["name"] = said.pop("question")
            labels = said.get("labels") or ()
            if isinstance(labels, list | tuple):
                said["labels"] = (said["name"], *labels)
        elif "labels" not in said and isinstance(said.get("name"), str):
            said["labels"] = (said["name"].replace("_", " "),)
        said.setdefault("labels", ())
        return said

    @field_validator("name")
    @classmethod
    def _says_something(cls, name: str) -> str:
        if not fold_text(name):
            raise ValueError(
                f"expected a name with letters or digits, got {name!r}. Write for example "
                "invoice_number"
            )
        return name

    @field_validator("labels")
    @classmethod
    def _ask_something(cls, labels: tuple[str, ...]) -> tuple[str, ...]:
        for label in labels:
            if not fold_text(label):
                raise ValueError(
                    f"expected labels with letters or digits, got {label!r}. Write the words that "
                    "forms ask with, or labels: [] where nothing asks"
                )
        return labels

    @field_validator("pattern")
    @classmethod
    def _compiles(cls, pattern: str | None) -> str | None:
        try:
            re.compile(pattern or "")
        except re.error as err:
            raise ValueError(
                f"expected a regular expression, got {pattern!r}, which fails: {err}. Write for "
                r"example 'INV-\d{4}'"
            ) from err
        return pattern

    @field_validator("formats")
    @classmethod
    def _date_formats(cls, formats: tuple[str, ...]) -> tuple[str, ...]:
        for form in formats:
            if "%" not in form or not _tells_day_and_month(form):
                raise ValueError(
                    f"expected date formats as Python's strptime has them, got {form!r}. Write "
                    "for example '%d.%m.%Y' for 31.12.2024"
                )
        return formats

    @model_validator(mode="after")
    def _choices_belong_to_choice(self) -> Column:
        if (self.type == "choice") != bool(self.choices):
            got = "none" if not self.choices else f"them with type {self.type}"
            raise ValueError(
                f"expected `choices` where the type is choice, and only there; got {got}. Write "
                "type: choice and choices: [first, second]"
            )
        folded = [fold_text(choice) for choice in self.choices]
        if len(set(folded)) != len(folded):
            raise ValueError(
                f"expected each of `choices` once, got {list(self.choices)}. Case and punctuation "
                "do not tell two choices apart"
            )
        return self


def _tells_day_and_month(form: str) -> bool:
    """Whether a format distinguishes days and months."""
    try:
        shown = [
            datetime(2001, month, day).strftime(form) for month, day in ((2, 3), (2, 4), (5, 3))
        ]
    except ValueError:
        return False
    return len(set(shown)) == len(shown)


class Field(Column):
    """One field. A `list` holds `items` of one type, a `table` rows of `columns`.

    `weight` is the relative weight of its values in scores over all fields.
    """

    type: FieldType = "text"  # type: ignore[assignment]  # wider than a column's on purpose
    items: ScalarType = "text"
    columns: tuple[Column, ...] = ()
    weight: float = pydantic.Field(default=1.0, ge=0, allow_inf_nan=False)

    @model_validator(mode="after")
    def _columns_belong_to_tables(self) -> Field:
        if (self.type == "table") != bool(self.columns):
            got = "none" if not self.columns else f"them with type {self.type}"
            raise ValueError(
                f"expected `columns` where the type is table, and only there; got {got}. Write "
                "type: table and columns: [{name: article}, {name: price, type: currency}]"
            )
        if len({fold_text(column.name) for column in self.columns}) != len(self.columns):
            raise ValueError(
                "expected each name once under `columns`, got "
                f"{[column.name for column in self.columns]}. Rename one"
            )
        if self.items == "choice":
            raise ValueError(
                "expected `items` of a type without choices, got choice. Write items: text"
            )
        return self

    @property
    def of_one(self) -> Column:
        """The definition of one value: the field itself, or one item of a list."""
        if self.type != "list":
            return self
        return Column(
            name=self.name,
            labels=self.labels,
            type=self.items,
            pattern=self.pattern,
            formats=self.formats,
            decimal_mark=self.decimal_mark,
        )


class Check(_Strict):
    """A check between fields: the `sum` of some `equals` another, or one date is `before` another.

    A name is that of a field, or "table.column" for all cells of a column. The check is skipped if
    one of the fields has no readable value: its own rules report that.
    """

    sum: tuple[str, ...] = ()
    equals: str | None = None
    tolerance: Decimal = Decimal("0.005")
    before: tuple[str, str] | None = None

    @model_validator(mode="after")
    def _says_one_thing(self) -> Check:
        if bool(self.sum) != (self.equals is not None) or bool(self.sum) == bool(self.before):
            raise ValueError(
                "expected either `sum` with `equals`, or `before` with two dates. Write for "
                "example {sum: [net, tax], equals: total} or {before: [date, due]}"
            )
        return self

    @property
    def names(self) -> tuple[str, ...]:
        return self.before or (*self.sum, self.equals or "")


class WantedFields(_Strict):
    """The fields and checks for one kind of document."""

    fields: tuple[Field, ...] = pydantic.Field(min_length=1)
    checks: tuple[Check, ...] = ()

    @model_validator(mode="after")
    def _names_are_known(self) -> WantedFields:
        if len({fold_text(field.name) for field in self.fields}) != len(self.fields):
            names = [fold_text(field.name) for field in self.fields]
            twice = next(
                field.name for field in self.fields if names.count(fold_text(field.name)) > 1
            )
            raise ValueError(
                f"expected each question or name once under `fields`, got {twice!r} twice. Case "
                "and punctuation do not tell two names apart"
            )
        if not any(field.weight for field in self.fields):
            raise ValueError(
                "expected a `weight` above 0 for at least one field, got 0 for all. Write weight: 1"
            )
        for check in self.checks:
            wanted = {"date"} if check.before else {"number", "currency"}
            for name in check.names:
                found = self.column(name)
                if found is None or found.type not in wanted:
                    raise ValueError(
                        f"a check uses {name!r}: expected it under `fields` with the type "
                        f"{' or '.join(sorted(wanted))}"
                    )
        return self

    def field(self, name: str) -> Field | None:
        """The field with that name, ignoring case and punctuation."""
        return next((f for f in self.fields if fold_text(f.name) == fold_text(name)), None)

    def column(self, name: str) -> Column | None:
        """The field of that name, or the column for "table.column"."""
        if (field := self.field(name)) is not None:
            return field
        table_name, _, column_name = name.partition(COLUMN_MARK)
        table = self.field(table_name) if column_name else None
        columns = table.columns if table is not None else ()
        return next((c for c in columns if fold_text(c.name) == fold_text(column_name)), None)

    def labels_of(self, key: FieldKey) -> tuple[str, ...]:
        """The labels of a field, or of a cell of its table."""
        field = self.field(key.name)
        if field is None or key.column is None:
            return field.labels if field is not None else ()
        return next((c.labels for c in field.columns if c.name == key.column), ())

    def to_plain(self) -> dict[str, Any]:
        """The content as plain JSON values; unset keys stay unset."""
        return self.model_dump(mode="json", exclude_defaults=True)

    @classmethod
    def from_plain(cls, content: Any) -> WantedFields:
        """The inverse of `to_plain`.

        Raises:
            pydantic.ValidationError: it is not the output of `to_plain`.
        """
        return cls.model_validate(content)

    @property
    def digest(self) -> str:
        """SHA-256 of the content, independent of comments, order of keys and layout of the file."""
        canonical = json.dumps(
            self.to_plain(), ensure_ascii=False, sort_keys=True, separators=(",", ":")
        )
        return hashlib.sha256(canonical.encode()).hexdigest()
