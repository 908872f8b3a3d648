"""Results of pages -> the row of their document. Pure; knows no engine."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ocr_model.errors import ExtractionError, LLMError
from ocr_model.extraction.fields_of_document import (
    DocumentFields,
    fields_of_document,
    fields_said,
)
from ocr_model.fields import WantedFields
from ocr_model.finder import Finder
from ocr_model.schema import Answer, Extraction, Outcome, PageResult, Usage


@dataclass(frozen=True, slots=True)
class PageFailure:
    """A page that could not be read, and why."""

    page: int
    error: ExtractionError


def merge(
    document_id: str,
    results: Sequence[PageResult | PageFailure],
    notes: Sequence[str],
    numbers: Sequence[int] = (),
    wanted: WantedFields | None = None,
    finder: Finder | None = None,
) -> Extraction:
    """Merge pages in the order given; a failed page loses only its own answers.

    `numbers` are the page numbers, by default 1, 2, ... If fields are `wanted`, the answers are the
    answers to them, decided from all pages together, with the `finder` if there is one.

    [page 1 with answers, page 2 failed] -> `partial`, the answers of page 1, error "page 2: …"
    """
    read = [result for result in results if isinstance(result, PageResult)]
    failed = [result for result in results if isinstance(result, PageFailure)]
    fields = DocumentFields(answers=tuple(answer for result in read for answer in result.answers))
    if wanted is not None:
        fields = _fields(wanted, read, [failure.page for failure in failed], finder)
    usage = sum((result.usage for result in read), Usage())
    for failure in failed:
        if isinstance(failure.error, LLMError):
            usage += failure.error.usage
    return Extraction(
        document_id,
        _outcome_of(fields.answers, read, failed),
        error=_error_of(results, numbers or range(1, len(results) + 1)),
        answers=fields.answers,
        pages=len(results),
        usage=usage,
        cached=bool(read) and not failed and all(result.cached for result in read),
        notes=(
            *notes,
            *_partly_cached(read, len(results)),
            *(note for result in results for note in _notes_of(result)),
            *fields.notes,
        ),
        doubtful=any(result.doubtful for result in read),
        quality=tuple(result.quality for result in read if result.quality is not None),
        fields=fields.values,
        complaints=fields.complaints,
    )


def _fields(
    wanted: WantedFields,
    read: Sequence[PageResult],
    unread: Sequence[int],
    finder: Finder | None,
) -> DocumentFields:
    said = [
        list(zip(result.field_keys, result.answers, strict=True))
        for result in read
        if result.field_keys is not None
    ]
    if said:
        return fields_said(wanted, said, unread)
    upright = [result.upright for result in read if result.upright is not None]
    return fields_of_document(wanted, upright, unread, finder)


def _notes_of(result: PageResult | PageFailure) -> tuple[str, ...]:
    if isinstance(result, PageResult):
        return result.notes
    return result.error.notes if isinstance(result.error, LLMError) else ()


def _outcome_of(
    answers: Sequence[Answer], read: Sequence[PageResult], failed: Sequence[PageFailure]
) -> Outcome:
    if read and (failed or any(result.unread for result in read)):
        return Outcome.PARTIAL
    if failed:
        # The reason why pages were not tried is on another page.
        tried = [item for item in failed if item.error.outcome is not Outcome.ABORTED]
        return (tried or failed)[0].error.outcome
    return Outcome.OK if answers else Outcome.EMPTY


def _partly_cached(read: Sequence[PageResult], pages: int) -> list[str]:
    """The note for a row of which only some pages are cached; `cached` means all of them."""
    cached = sum(result.cached for result in read)
    return [f"{cached} of {pages} pages from the cache"] if 0 < cached < pages else []


def _error_of(results: Sequence[PageResult | PageFailure], numbers: Sequence[int]) -> str | None:
    """Errors, each once with its pages: "page 2: refused; pages 4, 5, 6: timed out"."""
    by_reason: dict[str, list[str]] = {}
    for result, number in zip(results, numbers, strict=True):
        if isinstance(result, PageFailure):
            by_reason.setdefault(str(result.error), []).append(str(result.page))
        elif result.unread:
            by_reason.setdefault(result.unread, []).append(str(number))
    if len(results) == 1:
        return next(iter(by_reason), None)
    return (
        "; ".join(
            f"page{'s' if len(pages) > 1 else ''} {', '.join(pages)}: {reason}"
            for reason, pages in by_reason.items()
        )
        or None
    )
