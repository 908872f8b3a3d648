"""Rows x references -> a table of pages, and the metrics of the run with their intervals.

Calls no model and knows no MLflow: costs from traces and words from an OCR are passed in.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from ocr_model.errors import DatasetError
from ocr_model.fields import WantedFields, field_value
from ocr_model.forms import Form, true_fields
from ocr_model.schema import READ, Answer, Box, FieldValue
from ocr_model.scoring.boxes import right_and_placed
from ocr_model.scoring.business_rules import BusinessRules, compliance
from ocr_model.scoring.confidence import Judged, confidence_metrics, judge
from ocr_model.scoring.field_scores import score_fields
from ocr_model.scoring.field_shares import (
    document_shares,
    judged_fields,
    shares_by_field,
    weights_of,
)
from ocr_model.scoring.form_scores import Share, form_shares, page_scores, run_intervals, run_scores
from ocr_model.scoring.grounding import DocumentWords, count_grounded
from ocr_model.scoring.metrics import BlankFields, Pair, key_value_accuracy, pair_differences
from ocr_model.scoring.replies import met_schema


@dataclass(frozen=True, slots=True)
class Rows:
    """The rows of a model for the documents, in their order, and the wall time they took."""

    records: list[dict[str, Any]]
    seconds: float


@dataclass(frozen=True, slots=True)
class Scoring:
    """How to score. `words` by form name show which of an LLM's answers are grounded.

    If fields are `wanted`, they are scored instead of pairs: their names are not questions.
    """

    blank_fields: BlankFields = "ignore"
    rules: BusinessRules | None = None
    words: Mapping[str, DocumentWords] = field(default_factory=dict)
    wanted: WantedFields | None = None


DEFAULT_SCORING = Scoring()


def predictions_of(record: Mapping[str, Any]) -> Any:
    """Pairs of a row; None if reading failed, so that a failure on an empty page scores nothing."""
    return record["pairs"] if record["outcome"] in READ else None


def answers_of(record: Mapping[str, Any]) -> list[Answer]:
    """The answers of a row with their boxes, blank questions included."""
    return [
        Answer(
            item["question"],
            item["answer"],
            item["page"],
            None if item.get("box") is None else Box(*item["box"]),
            item.get("confidence"),
        )
        for item in record.get("answers") or ()
    ]


def field_values_of(record: Mapping[str, Any]) -> list[FieldValue]:
    """The fields of a row; none if reading failed."""
    given = record.get("fields") if record["outcome"] in READ else None
    return [] if given is None else [field_value(item) for item in given]


def references_of(form: Form, blank_fields: BlankFields) -> dict[str, list[str]]:
    """Answers by question; blank questions only if they are scored."""
    blank = form.blank_questions if blank_fields == "score" else ()
    return {**{question: [] for question in blank}, **form.references}


def score_rows(
    rows: Rows,
    forms: Sequence[Form],
    scoring: Scoring = DEFAULT_SCORING,
    costs_usd: Mapping[str, float] | None = None,
) -> pd.DataFrame:
    """One line per form: outcome, scores, what was missed and invented, tokens and cost.

    `shares` has the numerators and denominators from which the scores of a run, and of any
    resample, are summed; with fields, `field_scores` has those of the form. `costs_usd` is by trace
    id; a missing trace has an unknown cost.

    Raises:
        DatasetError: there is not one row for each of at least one form.
    """
    if not forms or len(rows.records) != len(forms):
        raise DatasetError(
            "Expected one row for each of at least one reference form, got "
            f"{len(rows.records)} rows for {len(forms)} forms."
        )
    costs = costs_usd or {}
    lines = [
        _page_line(record, form, scoring, costs.get(record["trace_id"]))
        for record, form in zip(rows.records, forms, strict=True)
    ]
    return pd.DataFrame(lines)


@dataclass(frozen=True, slots=True)
class _Scored:
    """The scores of a row: what is shown for the page, and what is only summed over pages."""

    shares: dict[str, Share]
    missed: list[Pair]
    invented: list[Pair]
    summands: dict[str, Share] = field(default_factory=dict)
    members: Mapping[str, Any] = field(default_factory=dict)


def _page_line(
    record: Mapping[str, Any], form: Form, scoring: Scoring, cost_usd: float | None
) -> dict[str, Any]:
    if scoring.wanted is None:
        scored = _scored_pairs(record, form, scoring.blank_fields)
    else:
        scored = _scored_fields(record, form, scoring.wanted)
    judged, findings = _judged_without_reference(record, form.name, scoring)
    shares = scored.shares | judged
    if scoring.wanted is None:
        shares |= _placed(record, form)
    return {
        "document_id": form.name,
        "outcome": record["outcome"],
        "error": record["error"],
        **page_scores(shares),
        "missed": scored.missed,
        "invented": scored.invented,
        **findings,
        "latency_ms": record["latency_ms"],
        "prompt_tokens": record["prompt_tokens"],
        "completion_tokens": record["completion_tokens"],
        "cost_usd": cost_usd,
        "trace_id": record["trace_id"],
        "shares": shares | _spent(record, cost_usd) | scored.summands,
        **scored.members,
    }


def _scored_pairs(record: Mapping[str, Any], form: Form, blank_fields: BlankFields) -> _Scored:
    predictions, references = predictions_of(record), references_of(form, blank_fields)
    missed, invented = pair_differences(predictions, references, "normalized", blank_fields)
    return _Scored(form_shares(predictions, references, blank_fields), missed, invented)


def _scored_fields(record: Mapping[str, Any], form: Form, wanted: WantedFields) -> _Scored:
    scores = score_fields(field_values_of(record), true_fields(form, wanted), wanted)
    shares = document_shares(scores.fields, weights_of(wanted), was_read=record["outcome"] in READ)
    wrong = [one for one in scores.compared if "normalized" not in one.equal]
    return _Scored(
        shares if scores.fields else {},
        [(one.path, one.true) for one in wrong if one.true is not None],
        [(one.path, one.text or "") for one in wrong if one.found],
        shares_by_field(scores, wanted),
        {"field_scores": scores},
    )


def _placed(record: Mapping[str, Any], form: Form) -> dict[str, Share]:
    """The right answers with the annotated box, if the row has any boxes."""
    answers = answers_of(record) if record["outcome"] in READ else []
    if all(answer.box is None for answer in answers):
        return {}
    agreeing, compared = right_and_placed(answers, form.places)
    return {"box_iou50": Share(agreeing, compared)} if compared else {}


def _judged_without_reference(
    record: Mapping[str, Any], name: str, scoring: Scoring
) -> tuple[dict[str, Share], dict[str, Any]]:
    """Scores that need no reference, if they apply, and lists of what lowers them."""
    predictions = predictions_of(record)
    shares, findings = dict[str, Share](), dict[str, Any]()
    if (compliant := met_schema(record)) is not None:
        shares["format_compliance"] = Share(float(compliant), 1)
    if name in scoring.words and record["engine"] == "llm":
        found = count_grounded(predictions, scoring.words[name])
        if scoring.wanted is None:
            shares["grounded_keys"] = Share(found.grounded_keys, found.keys)
        shares["grounded_values"] = Share(found.grounded_values, found.values)
        findings["ungrounded"] = found.ungrounded
    if scoring.rules is not None and predictions is not None:
        kept, applied, findings["violations"] = compliance(predictions, scoring.rules)
        shares["rule_compliance"] = Share(kept, applied)
    return {name: share for name, share in shares.items() if share.whole}, findings


def _spent(record: Mapping[str, Any], cost_usd: float | None) -> dict[str, Share]:
    """Tokens and cost per page, for the rows that report them; unknown is not 0."""
    spent = {}
    tokens = record["prompt_tokens"], record["completion_tokens"]
    if record["pages"] and None not in tokens:
        spent["tokens_per_page"] = Share(sum(tokens), record["pages"])
    if record["pages"] and cost_usd is not None:
        spent["cost_usd_per_page"] = Share(cost_usd, record["pages"])
    return spent


def run_metrics(
    rows: Rows, pages: pd.DataFrame, forms: Sequence[Form], seed: int = 0
) -> dict[str, float]:
    """Scores over all forms with their intervals, outcomes, tokens, cost, seconds per page.

    `<metric>/ci_low` and `<metric>/ci_high` bound the middle 95 % of a page bootstrap.
    """
    outcomes = sorted(set(pages["outcome"]))
    shares = [
        page["shares"] | {f"outcome/{name}": Share(page["outcome"] == name, 1) for name in outcomes}
        for page in pages.to_dict("records")
    ]
    metrics = run_scores(shares)
    for name, interval in run_intervals(shares, seed).items():
        metrics |= {f"{name}/ci_low": interval.low, f"{name}/ci_high": interval.high}
    if "field_scores" in pages:
        judged = judged_fields(pages["field_scores"].tolist())
    else:
        judged = judged_of(rows.records, forms)
    metrics |= confidence_metrics(judged, len(forms), seed)
    if "field_scores" not in pages:
        metrics["key_value_accuracy/ceiling"] = _ceiling(forms)
    for name in ("prompt_tokens", "completion_tokens"):
        # A cached row was paid for by the run that recorded it.
        paid = [record[name] for record in rows.records if not record["cached"]]
        reported = [tokens for tokens in paid if tokens is not None]
        if reported:
            metrics[name] = float(sum(reported))
    if cached := sum(record["pages"] for record in rows.records if record["cached"]):
        metrics["cached_pages"] = float(cached)
    priced = pages["cost_usd"].dropna()
    if len(priced):
        metrics["cost_usd"] = float(priced.sum())
    read = sum(record["pages"] for record in rows.records)
    if read:
        metrics["seconds_per_page"] = rows.seconds / read
    return metrics


def judged_of(records: Sequence[Mapping[str, Any]], forms: Sequence[Form]) -> Judged:
    """The answers of all rows that were read and have a confidence, right or wrong."""
    return judge(
        [
            (answers_of(record) if record["outcome"] in READ else [], form.references)
            for record, form in zip(records, forms, strict=True)
        ]
    )


def _ceiling(forms: Sequence[Form]) -> float:
    """The `key_value_accuracy/mean` of a perfect extractor: forms without answers score 0."""
    reached = [key_value_accuracy(form.references, form.references) for form in forms]
    return sum(reached) / len(reached)
