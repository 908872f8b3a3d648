"""Scores of documents that were not seen -> how sure each is, and what to trust more."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from math import sqrt

from ocr_model.fields import Column, read_value
from ocr_model.finder import LIKELY, Found, Judgement, Trust
from ocr_model.normalize import fold_text
from ocr_model.schema import FieldStatus
from ocr_model.scoring import fit_calibration, judged_array
from ocr_model.training.finder.examples import Example

# A field that stands in fewer documents is left to the other sources: what three say is luck.
FEWEST_PLACES = 5
# Of a normal distribution, 5 % lie above.
_SURELY = 1.645
# Shares are taken as if that many more had been right as often as is likely without these.
_PRIOR = 1.0

FoundBy = Mapping[int, Sequence[Found | None]]


def judgement_of(examples: Mapping[int, Example], found: FoundBy) -> Judgement:
    """From documents by their numbers, and what was found in each by steps that had not seen it."""
    scored = [
        [
            (one.score, _is_right(one.run.text, one.run.read.value, example, field))
            for field, one in enumerate(found[i])
            if one is not None and _is_told(example, field)
        ]
        for i, example in examples.items()
    ]
    points = tuple(fit_calibration(judged_array(scored))) or ((0.0, 0.5),)
    rest = judged_array(example.others for example in examples.values())
    fields = range(len(next(iter(examples.values())).looked.fields))
    others = tuple(fit_calibration(rest)) if len(rest) else ()
    judgement = Judgement(points, (), others)
    trust = tuple(_trust(examples, found, field, judgement) for field in fields)
    return replace(judgement, trust=trust)


def _trust(
    examples: Mapping[int, Example], found: FoundBy, field: int, judgement: Judgement
) -> Trust:
    filled, against, alone = list[bool](), list[bool](), list[bool]()
    ahead = list[int]()
    for i, example in examples.items():
        if not _is_told(example, field):
            continue
        said, one = example.looked.said[field], found[i][field]
        is_said = said is not None and said.status is FieldStatus.FOUND
        offered = one is not None and judgement.confidence(one.score) > LIKELY
        ours = one is not None and _is_right(one.run.text, one.run.read.value, example, field)
        if said is None or not is_said:
            filled += [ours] if offered else []
            continue
        right = _is_right(said.text or "", said.value, example, field)
        if one is None or not offered or one.run.read.value == said.value:
            alone.append(right)
        else:
            against.append(right)
            ahead.append(ours - right)
    overall = _share(against + alone, 0.5)
    is_taught = sum(bool(one.places[field]) for one in examples.values()) >= FEWEST_PLACES
    return Trust(
        is_taught and _share(filled, 0.5) > LIKELY,
        # Surely right more often, by a sign test: labels are not given up for luck.
        is_taught and sum(ahead) > _SURELY * sqrt(sum(map(abs, ahead))),
        _share(against, overall),
        _share(alone, overall),
    )


def _share(right: Sequence[bool], likely: float) -> float:
    return (sum(right) + _PRIOR * likely) / (len(right) + _PRIOR)


def _is_told(example: Example, field: int) -> bool:
    return example.looked.fields[field].name in example.truth


def _is_right(text: str, value: str | None, example: Example, field: int) -> bool:
    wanted = example.looked.fields[field]
    true = example.truth.get(wanted.name)
    return isinstance(true, str) and is_equal(text, value, true, wanted)


def is_equal(text: str, value: str | None, true: str, wanted: Column) -> bool:
    """Normalized or typed, as confidences of fields are judged."""
    if fold_text(true) in {fold_text(said) for said in (text, value) if said}:
        return True
    read = read_value(true, wanted.model_copy(update={"pattern": None}))
    return wanted.type != "text" and read.found and read.value == value
