"""A form and its reading -> a text on what was missed, invented and misread. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from ocr_model.forms import Form
from ocr_model.normalize import fold_text
from ocr_model.report import Fate, match_pairs
from ocr_model.schema import READ
from ocr_model.scoring import pairs_in, predictions_of

# Per kind and form: more would show nothing new, and hide the other kinds.
_MOST_OF_A_KIND = 6


def feedback_on(form: Form, record: Mapping[str, Any], page: Mapping[str, Any]) -> str:
    """`page` is the form's line in the table of pages. Reports at most six mistakes of each kind.

    [("Name", "Ann"), ("Date", "5 May")], {"Name": "Anne", "Type": "Form"}
        -> Misread: the answer to "Name" is "Ann", got "Anne".
           Missed: "Date" has the answer "5 May".
           Invented: "Type" with the answer "Form".
    """
    if record["outcome"] not in READ:
        return f"Not read: {record['outcome']}. {record['error']}"
    mistakes = _of_fields(page) if "field_scores" in page else _of_pairs(form, record)
    by_kind: dict[str, list[str]] = {}
    for mistake in mistakes:
        by_kind.setdefault(mistake.partition(":")[0], []).append(mistake)
    lines = []
    for kind, told in by_kind.items():
        left = len(told) - _MOST_OF_A_KIND
        lines += told[:_MOST_OF_A_KIND]
        lines += [f"{kind}: {left} more."] if left > 0 else []
    return "\n".join(lines or ["Everything was right."])


def _of_pairs(form: Form, record: Mapping[str, Any]) -> Iterator[str]:
    labelled = list(pairs_in(form.references))
    read = list(pairs_in(predictions_of(record)))
    blank = {fold_text(question) for question in form.blank_questions}
    for match in match_pairs(labelled, read):
        question, answer = ("", "") if match.reference is None else labelled[match.reference]
        named, given = ("", "") if match.prediction is None else read[match.prediction]
        if match.fate is Fate.MISSED:
            yield f"Missed: {_q(question)} has the answer {_q(answer)}."
        elif match.fate is Fate.INVENTED and fold_text(named) in blank:
            yield f"Blank: {_q(named)} has no answer, got {_q(given)}."
        elif match.fate is Fate.INVENTED:
            yield f"Invented: {_q(named)} with the answer {_q(given)}."
        elif match.fate is not Fate.FOUND:
            if fold_text(question) != fold_text(named):
                yield f"Misnamed: the question is {_q(question)}, got {_q(named)}."
            if fold_text(answer) != fold_text(given):
                yield f"Misread: the answer to {_q(question)} is {_q(answer)}, got {_q(given)}."


def _of_fields(page: Mapping[str, Any]) -> Iterator[str]:
    """For a model with fields: a field that is both missed and invented was misread."""
    missed, invented = dict(page["missed"]), dict(page["invented"])
    for name, true in missed.items():
        if name in invented:
            yield f"Misread: the answer to {_q(name)} is {_q(true)}, got {_q(invented[name])}."
        else:
            yield f"Missed: {_q(name)} has the answer {_q(true)}."
    for name, given in invented.items():
        if name not in missed:
            yield f"Invented: {_q(name)} with the answer {_q(given)}."


def _q(text: object) -> str:
    return json.dumps(str(text), ensure_ascii=False)
