"""Render an evaluation as one self-contained HTML file: numbers, kinds of error, pages.

Knows nothing of MLflow and of models. Text from annotations and pages is untrusted: the template
escapes all of it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from statistics import median

from jinja2 import Environment, PackageLoader, StrictUndefined, Template

from ocr_model.fields import WantedFields
from ocr_model.report.confidence_view import confidence_view
from ocr_model.report.field_matrix import cells_of, field_lines
from ocr_model.report.headlines import (
    FATE_STYLES,
    FIELD_STYLES,
    LABELLED,
    PREDICTED,
    headline_scores,
    histogram,
)
from ocr_model.report.metric_table import COSTS, headline_of
from ocr_model.report.page_overlay import FATES
from ocr_model.report.pair_matching import Fate
from ocr_model.report.report_views import ReportedForm, judged_in, sheets_of

# The file stays below 20 MB: 200 forms of 30 pairs are 4 MB of text, and base64 adds a third.
MAX_PICTURED_FORMS = 200
_ALL_PICTURES_BYTES = 11_000_000
_PICTURE_BYTES = 90_000

_WORST_FORMS = 10


@dataclass(frozen=True, slots=True)
class ReportHead:
    """What was evaluated. `trace_link` + trace id opens a trace; None without a known server."""

    title: str
    facts: Mapping[str, str] = field(default_factory=dict)
    trace_link: str | None = None


@dataclass(frozen=True, slots=True)
class Summary:
    """Counts over all forms, for the first screen."""

    outcomes: Mapping[str, int]
    bins: Sequence[int]
    median_f1: float
    counts: Mapping[Fate, int]
    most_pairs: int

    @property
    def labelled(self) -> int:
        return sum(self.counts[fate] for fate in LABELLED)

    @property
    def predicted(self) -> int:
        return sum(self.counts[fate] for fate in PREDICTED)


def render_report(
    head: ReportHead,
    metrics: Mapping[str, float],
    forms: Sequence[ReportedForm],
    wanted: WantedFields | None = None,
) -> str:
    """The report as HTML, worst forms first; beyond 200 forms the best have no images.

    For a model with fields, given as `wanted`, it shows fields.
    """
    ordered = sorted(forms, key=_badness)
    pictured = ordered[:MAX_PICTURED_FORMS]
    pages = sum(max(reported.row["pages"], 1) for reported in pictured)
    budget = min(_PICTURE_BYTES, _ALL_PICTURES_BYTES // max(pages, 1))
    html = _template().render(
        head=head,
        metrics=metrics,
        scores=headline_scores(metrics),
        beside=headline_of(metrics).beside,
        wanted=wanted,
        field_lines=field_lines(metrics, ordered, wanted) if wanted is not None else [],
        cells_of=cells_of,
        styles=FIELD_STYLES if wanted is not None else FATE_STYLES,
        summary=summarise(ordered),
        confidence=confidence_view(judged_in(ordered)),
        forms=ordered,
        pictured=pictured,
        sheets_of=partial(sheets_of, picture_bytes=budget),
    )
    # An LLM may write a lone surrogate, which cannot be written to a file.
    return html.encode("utf-8", "replace").decode("utf-8")


def _badness(reported: ReportedForm) -> tuple[float, int, str]:
    """Sort key: of forms with equal F1, the one with more errors is worse."""
    wrong = len(reported.pairs) - reported.counts[Fate.FOUND]
    return reported.f1, -wrong, reported.form.name


def summarise(forms: Sequence[ReportedForm]) -> Summary:
    fates = Counter(pair.fate for reported in forms for pair in reported.pairs)
    f1s = [reported.f1 for reported in forms]
    return Summary(
        dict(Counter(str(reported.row["outcome"]) for reported in forms).most_common()),
        histogram(f1s),
        median(f1s),
        {fate: fates[fate] for fate in FATES},
        max(len(reported.pairs) for reported in forms),
    )


def _template() -> Template:
    environment = Environment(
        loader=PackageLoader("ocr_model.report", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"share": "{:.2f}".format, "percent": "{:.2f}%".format}
    environment.filters["amount"] = _amount
    environment.globals |= {
        "labelled": LABELLED,
        "predicted": PREDICTED,
        "costs": COSTS,
        "worst": _WORST_FORMS,
    }
    return environment.get_template("report.html.jinja")


def _amount(value: float) -> str:
    """1234.5 -> "1,234", 12.53 -> "12.5", 0.00123 -> "0.00123"."""
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"
