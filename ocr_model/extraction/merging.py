"""Results of pages -> the row of their document. Pure; knows no engine."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ocr_model.errors import ExtractionError, LLMError
from ocr_model.schema import Answer, Extraction, Outcome, PageResult, Usage


@dataclass(frozen=True, slots=True)
class PageFailure:
    """A page that could not be read, and why."""

    page: int
    error: ExtractionError


def merge(
    document_id: str, results: Sequence[PageResult | PageFailure], notes: Sequence[str]
) -> Extraction:
    """Join pages in the order given; failed ones cost their own answers only.

    [page 1 with answers, page 2 failed] -> `partial`, the answers of page 1, error "page 2: …"
    """
    read = [result for result in results if isinstance(result, PageResult)]
    failed = [result for result in results if isinstance(result, PageFailure)]
    answers = tuple(answer for result in read for answer in result.answers)
    usage = sum((result.usage for result in read), Usage())
    for failure in failed:
        if isinstance(failure.error, LLMError):
            usage += failure.error.usage
    return Extraction(
        document_id,
        _outcome_of(answers, read, failed),
        error=_error_of(failed, len(results)),
        answers=answers,
        pages=len(results),
        usage=usage,
        cached=bool(read) and not failed and all(result.cached for result in read),
        notes=(
            *notes,
            *_partly_cached(read, len(results)),
            *(note for result in read for note in result.notes),
        ),
        doubtful=any(result.doubtful for result in read),
    )


def _outcome_of(
    answers: Sequence[Answer], read: Sequence[PageResult], failed: Sequence[PageFailure]
) -> Outcome:
    if failed and read:
        return Outcome.PARTIAL
    if failed:
        # Pages that were not tried have their reason on another page.
        tried = [item for item in failed if item.error.outcome is not Outcome.ABORTED]
        return (tried or failed)[0].error.outcome
    return Outcome.OK if answers else Outcome.EMPTY


def _partly_cached(read: Sequence[PageResult], pages: int) -> list[str]:
    """A row is `cached` when all of it is; this says that some of it is."""
    cached = sum(result.cached for result in read)
    return [f"{cached} of {pages} pages from the cache"] if 0 < cached < pages else []


def _error_of(failed: Sequence[PageFailure], pages: int) -> str | None:
    """What befell several pages is said once: "page 2: refused; pages 4, 5, 6: timed out"."""
    if not failed:
        return None
    if pages == 1:
        return str(failed[0].error)
    by_reason: dict[str, list[str]] = {}
    for failure in failed:
        by_reason.setdefault(str(failure.error), []).append(str(failure.page))
    return "; ".join(
        f"page{'s' if len(numbers) > 1 else ''} {', '.join(numbers)}: {reason}"
        for reason, numbers in by_reason.items()
    )
