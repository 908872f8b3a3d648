"""Scores of fields -> the report's content for each field and each document. No HTML."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ocr_model.fields import Field, WantedFields
from ocr_model.report.page_overlay import FATES, fate_of
from ocr_model.report.pair_matching import Fate
from ocr_model.report.report_views import ReportedForm
from ocr_model.scoring import Compared, answers_of, names_in_metrics


@dataclass(frozen=True, slots=True)
class FieldLine:
    """One field over all documents; a score is None if its denominator is 0."""

    name: str
    kind: str
    f1: float
    low: float | None
    high: float | None
    beside: Sequence[float | None]
    counts: Mapping[Fate, int]


@dataclass(frozen=True, slots=True)
class FieldCell:
    """One field on one document: the found value, and the truth if it is not right.

    `fate` is None if the field is correctly absent or not labelled.
    """

    fate: Fate | None
    text: str
    truth: str = ""
    same_value: bool = False
    labelled: bool = True
    title: str = ""


# What stands beside the normalized F1.
BESIDE = ("precision_normalized", "recall_normalized", "f1_exact", "f1_typed")


def field_lines(
    metrics: Mapping[str, float], forms: Sequence[ReportedForm], wanted: WantedFields
) -> list[FieldLine]:
    """One line per field with any data; for a table another line for its rows."""
    fates = Counter(
        (one.name, fate_of(one))
        for reported in forms
        if reported.scores is not None
        for one in reported.scores.compared
    )
    lines = []
    for field, name in zip(wanted.fields, names_in_metrics(wanted).values(), strict=True):
        kind = field.type if field.weight == 1 else f"{field.type}, weight {field.weight:g}"
        counts = {fate: fates[field.name, fate] for fate in FATES}
        lines += _line(metrics, field.name, kind, "field", name, counts)
        lines += _line(metrics, field.name, "whole rows", "field_row", name, {})
    return lines


def _line(
    metrics: Mapping[str, float],
    label: str,
    kind: str,
    prefix: str,
    name: str,
    counts: Mapping[Fate, int],
) -> list[FieldLine]:
    f1 = f"{prefix}_f1_normalized/{name}"
    if f1 not in metrics:
        return []
    low, high = metrics.get(f"{f1}/ci_low"), metrics.get(f"{f1}/ci_high")
    beside = [metrics.get(f"{prefix}_{measure}/{name}") for measure in BESIDE]
    return [FieldLine(label, kind, metrics[f1], low, high, beside, counts)]


def cells_of(reported: ReportedForm, wanted: WantedFields) -> list[FieldCell]:
    """One cell per field, in order."""
    return [_cell(reported, field) for field in wanted.fields]


def _cell(reported: ReportedForm, field: Field) -> FieldCell:
    scores = reported.scores
    if scores is None or field.name not in scores.fields:
        return _unlabelled(reported, field)
    compared = [one for one in scores.compared if one.name == field.name]
    if len(compared) > 1 or field.type in ("list", "table"):
        return _several(compared)
    [one] = compared
    fate = fate_of(one)
    if one.text is None:
        status = one.value.status.value if one.value is not None else "not read"
        reason = (one.value.reason or "") if one.value is not None else ""
        return FieldCell(fate, status, one.true or "", title=reason)
    if fate is Fate.FOUND:
        return FieldCell(fate, one.text)
    truth = "not there" if one.true is None else one.true
    return FieldCell(fate, one.text, truth, "typed" in one.equal)


def _several(compared: Sequence[Compared]) -> FieldCell:
    """For a list or a table: the number of right values, and in the title the wrong ones."""
    fates = [fate_of(one) for one in compared]
    told = [fate for fate in fates if fate is not None]
    right, there = told.count(Fate.FOUND), sum(one.true is not None for one in compared)
    if not told:
        return FieldCell(None, "not there")
    wrong = [
        f"{one.path}: {one.text or 'nothing'} ≠ {'not there' if one.true is None else one.true}"
        for one, fate in zip(compared, fates, strict=True)
        if fate not in (None, Fate.FOUND)
    ]
    invented = told.count(Fate.INVENTED)
    text = ", ".join(
        [f"{right} of {there}"] * (there > 0) + [f"{invented} invented"] * (invented > 0)
    )
    same = all("typed" in one.equal for one in compared)
    kinds = set(told)
    return FieldCell(
        kinds.pop() if len(kinds) == 1 else Fate.WRONG_ANSWER,
        text,
        same_value=same and right < there,
        title="\n".join(wrong),
    )


def _unlabelled(reported: ReportedForm, field: Field) -> FieldCell:
    texts = [
        answer.answer or ""
        for answer in answers_of(reported.row)
        if answer.question.partition(".")[0] == field.name or answer.question == field.name
    ]
    return FieldCell(None, ", ".join(texts), labelled=False, title="not labelled")
