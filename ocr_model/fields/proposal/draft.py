"""The draft of a fields file, with the frequency of each field as a comment."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import yaml

from ocr_model.errors import DatasetError
from ocr_model.fields.file import parse_fields
from ocr_model.fields.proposal.grouping import Group, groups_of
from ocr_model.fields.proposal.guessing import guess, undecided
from ocr_model.fields.proposal.rows import is_repeated, tables_of
from ocr_model.fields.values import without_accents
from ocr_model.normalize import fold_text
from ocr_model.schema import Answer

# With fewer documents, a question says little about the next document.
MIN_DOCUMENTS = 5
_ASKED_BY = 2
_HEAD = """\
# Drafted from {count} documents. Edit it: labels that mean the same in other words or another
# language are fields of their own here; write them as `labels` of one. Nothing is required yet.
"""
_UNDECIDED = 'which comes first, day or month? formats: ["%d/%m/%Y"] or ["%m/%d/%Y"]'


@dataclass(frozen=True, slots=True)
class Draft:
    """The YAML; name, type and number of documents of each field; labels too rare for a field."""

    text: str
    fields: tuple[tuple[str, str, int], ...]
    left_out: tuple[str, ...]


def draft_fields(documents: Sequence[Sequence[Answer]]) -> Draft:
    """Fields for the questions of at least two documents; a blank question's answer is None.

    Raises:
        DatasetError: fewer than five documents have questions, or no two have the same.
    """
    asking = [answers for answers in documents if answers]
    if len(asking) < MIN_DOCUMENTS:
        raise DatasetError(
            f"Expected at least {MIN_DOCUMENTS} documents that ask something, got {len(asking)} of "
            f"{len(documents)}. Give more of the kind."
        )
    groups = groups_of(asking)
    kept = [group for group in groups if len(group.documents) >= _ASKED_BY]
    if not kept:
        raise DatasetError(
            f"Expected documents of one kind, got {len(asking)} of which no two ask the same. "
            "Give documents that ask the same."
        )
    entries = _entries(kept)
    text = _HEAD.format(count=len(asking)) + "fields:\n"
    text += "".join(_written(field, _comment(own, len(asking))) for field, own in entries)
    parse_fields(text, "the draft")
    return Draft(
        text,
        tuple((f["name"], f.get("type", "text"), _asked(own)) for f, own in entries),
        tuple(group.label for group in groups if len(group.documents) < _ASKED_BY),
    )


def _entries(groups: Sequence[Group]) -> list[tuple[dict[str, Any], list[Group]]]:
    """Fields in the order of their first label, each with its groups."""
    tables = {table[0]: table for table in tables_of(groups)}
    in_tables = {n for table in tables.values() for n in table}
    names: set[str] = set()
    entries: list[tuple[dict[str, Any], list[Group]]] = []
    for n, group in enumerate(groups):
        if n in tables:
            own, taken = [groups[m] for m in tables[n]], set[str]()
            columns = [_column(column, taken) for column in own]
            table = {"name": _name("items", names), "type": "table", "columns": columns}
            entries.append((table, own))
        elif n not in in_tables:
            entries.append((_field(group, names), [group]))
    return entries


def _field(group: Group, names: set[str]) -> dict[str, Any]:
    said = _column(group, names)
    if not is_repeated(group):
        return said
    return {**said, "type": "list", "items": said.get("type", "text")}


def _column(group: Group, names: set[str]) -> dict[str, Any]:
    return {
        "name": _name(group.label, names),
        "labels": _labels(group),
        **guess(group.label, group.texts),
    }


def _labels(group: Group) -> list[str]:
    """The spellings except those that one document misread, ignoring case."""
    seen = [spelling for spelling, count in group.spellings.most_common() if count >= _ASKED_BY]
    return list({fold_text(label): label for label in reversed([group.label, *seen])}.values())[
        ::-1
    ]


def _name(label: str, names: set[str]) -> str:
    """ "Fällig am:" -> "fallig_am"; the second of a name is name_2."""
    plain = re.sub(r"[\W_]+", "_", without_accents(label).casefold()).strip("_") or "field"
    name, number = plain, 2
    while name in names:
        name, number = f"{plain}_{number}", number + 1
    names.add(name)
    return name


def _comment(groups: Sequence[Group], documents: int) -> list[str]:
    asked = _asked(groups)
    answered = max(group.answered for group in groups)
    lines = [f"asked by {asked} of {documents} documents, answered in {answered}"]
    if len(groups) > 1:
        seen = ", ".join(f"{group.label} {len(group.documents)}" for group in groups)
        lines = [f"asked by {asked} of {documents} documents: {seen}"]
    open_dates = [g.label for g in groups if guess(g.label, g.texts).get("type") == "date"]
    if any(undecided(g.texts) for g in groups if g.label in open_dates):
        lines.append(_UNDECIDED)
    return lines


def _asked(groups: Sequence[Group]) -> int:
    return len({number for group in groups for number in group.documents})


def _written(field: dict[str, Any], comment: Sequence[str]) -> str:
    said = yaml.safe_dump(
        [field], sort_keys=False, allow_unicode=True, default_flow_style=None, width=100
    )
    return textwrap.indent("".join(f"# {line}\n" for line in comment) + said, "  ")
