"""The results of a folder's reviews so far: their number, the model's score with its interval, and
whether that is enough to promote on. Reads no page, no model and no store.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from ocr_model.fields import Column, Field, WantedFields
from ocr_model.lifecycle import GateRule
from ocr_model.review.record import (
    REVIEWS,
    Review,
    ReviewQuestion,
    ReviewState,
    read_review,
)
from ocr_model.review.truth import true_pairs, truth_of_fields
from ocr_model.schema import FieldStatus, FieldValue
from ocr_model.scoring import (
    FIELD_HEADLINE,
    Share,
    bootstrap_interval,
    form_shares,
    overall,
    run_scores,
    score_fields,
    share_array,
)

_METRICS = {"pairs": "pair_f1_normalized", "fields": FIELD_HEADLINE}
# A bootstrap over fewer forms has no meaningful spread.
_FEWEST = 5


@dataclass(frozen=True, slots=True)
class Known:
    """Results on the forms that count; NaN if they are too few for a score or its interval.

    `learned` forms are done, but do not count: the model was trained or calibrated on them.
    """

    forms: int
    metric: str
    estimate: float
    low: float
    high: float
    enough_to_promote: bool
    sentence: str
    learned: int = 0


@dataclass(frozen=True, slots=True)
class _Scored:
    kind: str
    sha256: str | None
    model_uri: str | None
    share: Share
    tells: bool


def what_is_known(folder: Path, learned_from: Collection[str] = ()) -> Known:
    """The score of the model's answers against the reviewed ones.

    Fields are compared as texts, folded. If a folder has reviews of pairs and of fields, the more
    frequent kind counts. `learned_from`: SHA-256 of documents that may not judge the model.

    Raises:
        DatasetError: a review cannot be read.
    """
    files = sorted((folder / REVIEWS).glob("[!.]*.json"))
    stamps = [(file, file.stat()) for file in files]
    found = [_scored(file, stat.st_mtime_ns, stat.st_size) for file, stat in stamps]
    done = [one for one in found if one is not None]
    kinds = Counter(one.kind for one in done).most_common(1)
    kind = kinds[0][0] if kinds else "pairs"
    judging = [one for one in done if one.kind == kind and one.sha256 not in learned_from]
    learned = sum(one.sha256 in learned_from for one in done)
    return _known(judging, _METRICS[kind], learned)


def _known(judging: list[_Scored], metric: str, learned: int) -> Known:
    shares = [{metric: one.share} for one in judging]
    estimate = low = high = math.nan
    if shares and any(one.share.whole for one in judging):
        estimate = run_scores(shares)[metric]
        if len(shares) >= _FEWEST:
            low, high = bootstrap_interval(share_array(shares, metric))
    telling = sum(one.tells for one in judging)
    needed = GateRule().min_pages
    enough = telling >= needed
    models = len({one.model_uri for one in judging})
    called = f"{metric} of the {'model' if models == 1 else f'{models} models that read them'}"
    sentence = _sentence(len(judging), called, (estimate, low, high), needed - telling)
    if learned:
        are, them = ("form is", "it") if learned == 1 else ("forms are", "them")
        sentence += f" {learned} more {are} not counted: the model learned from {them}."
    return Known(len(judging), metric, estimate, low, high, enough, sentence, learned)


def _sentence(forms: int, score_of: str, score: tuple[float, float, float], lacking: int) -> str:
    if not forms:
        return f"No form is reviewed yet; {lacking} are needed to promote a model on."
    estimate, low, high = score
    said = "1 form" if forms == 1 else f"{forms} forms"
    if math.isnan(estimate):
        told = "without a single answer, so nothing can be scored"
    elif math.isnan(low):
        told = f"{score_of} {estimate:.2f}, on too few forms for an interval"
    else:
        told = f"{score_of} {estimate:.2f} [{low:.2f}, {high:.2f}]"
    left = (
        "enough to promote a model on"
        if lacking <= 0
        else f"{lacking} more to go before a model can be promoted on them"
    )
    return f"{said} reviewed: {told}; {left}."


@lru_cache(maxsize=10_000)
def _scored(file: Path, changed_ns: int, size: int) -> _Scored | None:  # noqa: ARG001 - of the key
    """Read again only if the file has changed; None if the review is not done."""
    review = read_review(file)
    if review.state is not ReviewState.DONE:
        return None
    metric = _METRICS[review.kind]
    if review.kind == "pairs":
        truth = {question: said for question, said in true_pairs(review.questions).items() if said}
        share = form_shares(true_pairs(review.before), truth)[metric]
        return _Scored(review.kind, review.sha256, review.model_uri, share, bool(truth))
    share = _share_of_fields(review)
    return _Scored(review.kind, review.sha256, review.model_uri, share, bool(review.questions))


def _share_of_fields(review: Review) -> Share:
    wanted = _as_texts(review)
    if wanted is None:
        return Share(0, 0)
    values = [value for question in review.before for value in _values(question)]
    scores = score_fields(values, truth_of_fields(review.questions), wanted)
    counts = overall(scores.fields)
    return Share(2 * counts.normalized, counts.predicted + counts.reference)


def _as_texts(review: Review) -> WantedFields | None:
    """The fields of the review, all as texts: their types in the model are not known here."""
    columns: dict[str, dict[str, None]] = {}
    for question in (*review.before, *review.questions):
        own = columns.setdefault(question.text, {})
        own |= {a.column: None for a in question.answers if a.row is not None and a.column}
    fields = [
        Field(
            name=name,
            labels=(),
            type="table" if own else "text",
            columns=tuple(Column(name=column, labels=()) for column in own),
        )
        for name, own in columns.items()
    ]
    return WantedFields(fields=tuple(fields)) if fields else None


def _values(question: ReviewQuestion) -> list[FieldValue]:
    return [
        FieldValue(
            question.text,
            FieldStatus.FOUND,
            answer.text,
            answer.text,
            row=answer.row,
            column=answer.column,
        )
        for answer in question.answers
        if answer.text.strip()
    ]
