"""Scores of fields -> shares that sum to the scores of a run, and their metric names. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence

from ocr_model.fields import WantedFields
from ocr_model.scoring.confidence import Judged, judged_array
from ocr_model.scoring.field_scores import FIELD_EQUALITIES, FieldCounts, FieldScores, overall
from ocr_model.scoring.form_scores import PERFECT_DOCUMENT, Share

FIELD_HEADLINE = "field_f1_normalized"

_NOT_IN_NAME = re.compile(r"[\W_]+")
# MLflow allows 250 characters, of which prefix and bounds need some.
_NAME_CHARS = 180
# Reserved: `field_f1_typed/ci_low` is the overall bound, `/mean` ends names of custom scorers.
_TAKEN = ("ci_low", "ci_high", "mean")


def weights_of(wanted: WantedFields) -> dict[str, float]:
    """The weight of each field, by name."""
    return {field.name: field.weight for field in wanted.fields}


def document_shares(
    fields: Mapping[str, FieldCounts], weights: Mapping[str, float], *, was_read: bool
) -> dict[str, Share]:
    """The weighted shares that all fields of a document add to the scores of a run."""
    perfect = was_read and all(
        counts.all_equal("normalized") for name, counts in fields.items() if weights[name]
    )
    shares = _f1_shares("field", overall(fields, weights), "")
    return shares | {PERFECT_DOCUMENT: Share(float(perfect), 1)}


def shares_by_field(scores: FieldScores, wanted: WantedFields) -> dict[str, Share]:
    """The shares of each field of a document, `field_f1_typed/total`, and of the rows of each
    table, `field_row_f1_typed/items`.
    """
    names = names_in_metrics(wanted)
    shares: dict[str, Share] = {}
    for prefix, counted in (("field", scores.fields), ("field_row", scores.rows)):
        for name, counts in counted.items():
            shares |= _f1_shares(prefix, counts, f"/{names[name]}")
    # A correctly absent field has no share.
    return {name: share for name, share in shares.items() if share.whole}


def _f1_shares(prefix: str, counts: FieldCounts, suffix: str) -> dict[str, Share]:
    shares: dict[str, Share] = {}
    for equality in FIELD_EQUALITIES:
        right = counts.equal(equality)
        shares |= {
            f"{prefix}_f1_{equality}{suffix}": Share(
                2 * right, counts.predicted + counts.reference
            ),
            f"{prefix}_precision_{equality}{suffix}": Share(right, counts.predicted),
            f"{prefix}_recall_{equality}{suffix}": Share(right, counts.reference),
        }
    return shares


def judged_fields(scores: Sequence[FieldScores]) -> Judged:
    """Confidence and correctness of the values found for labelled fields; any notation is right."""
    return judged_array(
        [
            (one.value.confidence, bool(one.equal & {"normalized", "typed"}))
            for one in document.compared
            if one.value is not None and one.found
        ]
        for document in scores
    )


def names_in_metrics(wanted: WantedFields) -> dict[str, str]:
    """The name of each field in metrics: letters, digits and `_`, unique.

    "Total (EUR)" -> "Total_EUR"
    """
    names: dict[str, str] = {}
    taken = set(_TAKEN)
    for field in wanted.fields:
        plain = unicodedata.normalize("NFKC", field.name)
        name = _NOT_IN_NAME.sub("_", plain).strip("_")[:_NAME_CHARS]
        # Some stores ignore case.
        while name.casefold() in taken:
            name += "_"
        taken.add(name.casefold())
        names[field.name] = name
    return names
