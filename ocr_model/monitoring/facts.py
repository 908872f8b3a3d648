"""A row -> the monitored facts of its document: numbers, and digests of its questions, no text."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from hashlib import sha256
from statistics import median
from typing import Any

from pydantic import TypeAdapter, ValidationError

from ocr_model.errors import DatasetError, excerpt
from ocr_model.normalize import fold_text
from ocr_model.schema import READ, FieldStatus

_DIGEST_CHARS = 16
_VERSION = 1


@dataclass(frozen=True, slots=True)
class DocumentFacts:
    """One document; None if unknown. Shares are 0 or 1 for a single document.

    `questions` are digests of the folded questions; empty for a model with fields.
    """

    failed: float
    empty: float | None = None
    needs_review: float | None = None
    confidence: float | None = None
    answers: float | None = None
    fields_found: float | None = None
    tokens_per_page: float | None = None
    cost_usd_per_page: float | None = None
    seconds_per_page: float | None = None
    letter_height_px: float | None = None
    skew_deg: float | None = None
    unsure_share: float | None = None
    questions: tuple[str, ...] = ()


_DOCUMENTS = TypeAdapter(list[DocumentFacts])


def facts_of(row: Mapping[str, Any], cost_usd: float | None = None) -> DocumentFacts:
    """The facts of a model's row, or of a row with fewer columns."""
    pages = row.get("pages") or 0
    read = row["outcome"] in READ
    answers = [a for a in _listed(row, "answers") if a.get("answer") is not None]
    pairs = row.get("pairs") if read else None
    fields_ = _listed(row, "fields")
    found = sum(field["status"] == FieldStatus.FOUND for field in fields_)
    known = [a["confidence"] for a in answers if a.get("confidence") is not None]
    given = None if pairs is None else sum(map(len, pairs.values()))
    return DocumentFacts(
        failed=float(not read),
        empty=None if given is None else float(given == 0),
        needs_review=_number(row.get("needs_review")),
        confidence=min(known) if known else None,
        answers=None if given is None else float(given),
        fields_found=found / len(fields_) if fields_ else None,
        tokens_per_page=_per_page(_tokens(row), pages),
        cost_usd_per_page=_per_page(cost_usd, pages),
        # A cached reply does not show how long an LLM takes.
        seconds_per_page=None if row.get("cached") else _seconds(row, pages),
        letter_height_px=_median(row, "letter_height_px"),
        skew_deg=_median(row, "skew_deg"),
        unsure_share=_median(row, "unsure_share"),
        questions=() if fields_ or pairs is None else tuple(sorted(map(digest_of, pairs))),
    )


def digest_of(question: str) -> str:
    """The digest of a question, ignoring case, blanks and punctuation, without revealing it."""
    return sha256(fold_text(question).encode()).hexdigest()[:_DIGEST_CHARS]


def profile_of(facts: Iterable[DocumentFacts]) -> dict[str, Any]:
    """Facts in the format stored in a run."""
    return {"version": _VERSION, "documents": [asdict(each) for each in facts]}


def read_profile(content: Mapping[str, Any]) -> list[DocumentFacts]:
    """Raises:
    DatasetError: it is not a profile, or one of a later version.
    """
    if content.get("version") != _VERSION:
        raise DatasetError(f"Expected a profile of version {_VERSION}, got {excerpt(content)}.")
    try:
        return _DOCUMENTS.validate_python(content.get("documents"))
    except ValidationError as err:
        raise DatasetError(f"Expected a profile, got one with {err.error_count()} faults.") from err


def _listed(row: Mapping[str, Any], name: str) -> Sequence[Mapping[str, Any]]:
    given = row.get(name)
    return () if given is None else list(given)


def _number(value: Any) -> float | None:
    """True -> 1.0; also "true" from a CSV file."""
    if value is None or value == "":
        return None
    return float(value == "true" if isinstance(value, str) else bool(value))


def _tokens(row: Mapping[str, Any]) -> float | None:
    parts = [row.get("prompt_tokens"), row.get("completion_tokens")]
    return None if None in parts else float(sum(float(part) for part in parts if part is not None))


def _seconds(row: Mapping[str, Any], pages: int) -> float | None:
    latency_ms = row.get("latency_ms")
    return None if latency_ms is None else _per_page(float(latency_ms) / 1000, pages)


def _per_page(amount: float | None, pages: int) -> float | None:
    return None if amount is None or not pages else amount / pages


def _median(row: Mapping[str, Any], name: str) -> float | None:
    """The median of the absolute values over the document's pages."""
    values = [abs(page[name]) for page in _listed(row, "quality") if page.get(name) is not None]
    return median(values) if values else None
