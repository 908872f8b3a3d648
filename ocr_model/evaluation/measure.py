"""The metric for comparing several models on the same forms: of pairs, or of common fields."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from ocr_model.errors import ConfigError, DatasetError
from ocr_model.evaluation.child_runs import (
    field_metric_names,
    metric_names,
    score_name,
    scored_by,
)
from ocr_model.evaluation.evaluate import Evaluation
from ocr_model.fields import WantedFields
from ocr_model.forms import Form, labelled_forms, true_fields
from ocr_model.lifecycle import Scored
from ocr_model.normalize import fold_text
from ocr_model.schema import READ
from ocr_model.scoring import (
    FIELD_HEADLINE,
    FieldCounts,
    Share,
    document_shares,
    page_scores,
    share_array,
    share_of_sums,
    weights_of,
)

PAIR_HEADLINE = "pair_f1_normalized"


@dataclass(frozen=True, slots=True)
class Measure:
    """A metric, and for models with fields the weights of their common fields, by name."""

    metric: str
    forms: list[Form]
    weights: Mapping[str, float] = field(default_factory=dict)

    @property
    def labelled(self) -> list[bool]:
        """Whether a form can distinguish two models: it has a pair, or a label for a field."""
        return [bool(self.weights or form.pairs) for form in self.forms]

    def scored(self, evaluations: Mapping[str, Evaluation]) -> list[Scored]:
        """The scores to compare, by model label; for fields, those labelled for all."""
        if not self.weights:
            return [scored_by(self.metric, label, one) for label, one in evaluations.items()]
        name = score_name(self.metric)
        found = []
        for label, shares in self._shares(evaluations, self.weights).items():
            scores = tuple(page_scores(page)[name] for page in shares)
            found.append(Scored(label, share_array(shares, name), scores))
        return found

    def by_field(self, evaluations: Mapping[str, Evaluation]) -> dict[str, list[float]]:
        """The metric of each single field, one value per model; NaN if there is nothing."""
        name = score_name(self.metric)
        scores = {}
        for one in self.weights:
            of_all = self._shares(evaluations, {one: 1.0})
            arrays = [share_array(shares, name) for shares in of_all.values()]
            scores[one] = [float(share_of_sums(np.ones((1, len(a))), a)[0]) for a in arrays]
        return scores

    def _shares(
        self, evaluations: Mapping[str, Evaluation], weights: Mapping[str, float]
    ) -> dict[str, list[dict[str, Share]]]:
        """By model label, the page shares of the fields in `weights`."""
        counts = {label: _counts_of(one) for label, one in evaluations.items()}
        labelled = [
            [name for name in weights if all(fold_text(name) in one for one in of_page)]
            for of_page in zip(*counts.values(), strict=True)
        ]
        return {
            label: [
                document_shares(
                    {name: page[fold_text(name)] for name in names},
                    weights,
                    was_read=outcome in READ,
                )
                for page, names, outcome in zip(
                    counts[label], labelled, one.pages["outcome"], strict=True
                )
            ]
            for label, one in evaluations.items()
        }


def _counts_of(evaluation: Evaluation) -> list[dict[str, FieldCounts]]:
    return [
        {fold_text(name): counts for name, counts in scores.fields.items()}
        for scores in evaluation.pages["field_scores"]
    ]


def common_measure(
    metric: str, models: Mapping[str, WantedFields | None], forms: Sequence[Form]
) -> Measure:
    """The measure for comparing the models; `models` maps their names to their fields.

    The default metric is the main number of an evaluation. The fields are those that all models
    have by name, with the weights of the first model; the forms are those with a label for one of
    them.

    Raises:
        ConfigError: only some have fields, no field is common, or the metric is of pairs while
        fields
            are compared, or the other way round.
        DatasetError: no form is labelled for the comparison.
    """
    with_fields = {called: wanted for called, wanted in models.items() if wanted is not None}
    without = [called for called in models if called not in with_fields]
    if with_fields and without:
        raise ConfigError(
            f"Expected models that all have fields, or none, got {', '.join(with_fields)} with "
            f"fields and {', '.join(without)} without: the names of fields are not the questions "
            f"of the forms, so no score is common to both. Log {without[0]} with the same fields "
            "(the parameter fields of log_model) and compare that."
        )
    chosen = metric or (FIELD_HEADLINE if with_fields else PAIR_HEADLINE)
    known = field_metric_names() if with_fields else metric_names()
    if chosen not in known:
        which = "with" if with_fields else "without"
        raise ConfigError(
            f"Expected a metric of {', '.join(sorted(known))} for models {which} fields, got "
            f"{metric!r}."
        )
    if not with_fields:
        return Measure(chosen, labelled_forms(forms, None))
    weights = _common_weights(with_fields)
    return Measure(chosen, _labelled_for_all(forms, with_fields, weights), weights)


def _common_weights(models: Mapping[str, WantedFields]) -> dict[str, float]:
    """The weights of the common fields, from the first model."""
    first, *others = models.values()
    names = [{fold_text(name) for name in weights_of(wanted)} for wanted in others]
    common = {
        name: weight
        for name, weight in weights_of(first).items()
        if all(fold_text(name) in known for known in names)
    }
    if not any(common.values()):
        told = "; ".join(f"{called}: {', '.join(weights_of(w))}" for called, w in models.items())
        raise ConfigError(
            f"Expected models that have a field in common, got none ({told}). Compare models that "
            "were logged with the same fields."
        )
    return common


def _labelled_for_all(
    forms: Sequence[Form], models: Mapping[str, WantedFields], weights: Mapping[str, float]
) -> list[Form]:
    known = {fold_text(name) for name, weight in weights.items() if weight}
    found = []
    for form in forms:
        truths = (true_fields(form, wanted) for wanted in models.values())
        if known.intersection(*({fold_text(name) for name in truth} for truth in truths)):
            found.append(form)
    if not found:
        raise DatasetError(
            f"Expected forms that say what {', '.join(weights)} should be, got none in "
            f"{len(forms)} forms. Write fields/<name>.json beside images/, or give the fields the "
            "labels that the forms ask with."
        )
    return found
