"""The pages of a document that a caller requests."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from ocr_model.errors import DocumentError, excerpt
from ocr_model.schema import Outcome

_PART = re.compile(r"\s*(?P<first>\d{1,9})\s*(?P<to>-\s*(?P<last>\d{1,9})?)?\s*", re.ASCII)
_NONE: Mapping[int, str] = {}


@dataclass(frozen=True, slots=True)
class PageRequest:
    """The page parameters of one call, which apply to all its documents.

    `max_pages` can only lower the setting of that name; 0 leaves it unchanged.
    """

    pages: str = ""
    max_pages: int = 0


def select_pages(
    asked: PageRequest, page_count: int, max_pages: int, no_pages: Mapping[int, str] = _NONE
) -> list[int]:
    """Numbers of the pages to read, in page order; pages beyond the end are ignored.

    `no_pages` maps the numbers of frames that are not pages to what they are.

    ("1-3,5", 4 pages) -> [1, 2, 3]; ("", 2 pages) -> [1, 2]; ("2-", 4 pages) -> [2, 3, 4]

    Raises:
        DocumentError: malformed, or no such page (`bad_input`); too many (`too_large`).
    """
    if asked.max_pages < 0:
        raise DocumentError(
            f"Expected max_pages of 1 or more, or 0 for the model's own, got {asked.max_pages}.",
            Outcome.BAD_INPUT,
        )
    limit = min(asked.max_pages or max_pages, max_pages)
    ranges = _parsed(asked.pages) if asked.pages.strip() else [range(1, page_count + 1)]
    clipped = [range(part.start, min(part.stop, page_count + 1)) for part in ranges]
    if not any(clipped):
        raise DocumentError(
            f"Expected pages of the document, which has {page_count:,}, got "
            f"pages={excerpt(asked.pages)}.",
            Outcome.BAD_INPUT,
        )
    numbers = range(min(part.start for part in clipped), max(part.stop for part in clipped))
    wanted = [n for n in numbers if any(n in part for part in clipped)]
    selected = [n for n in wanted if n not in no_pages]
    if not selected:
        raise DocumentError(
            f"Expected pages of the document, got pages={excerpt(asked.pages)}: "
            f"{wanted[0]} is {no_pages[wanted[0]]}.",
            Outcome.BAD_INPUT,
        )
    if len(selected) > limit:
        raise DocumentError(
            f"Expected at most {limit:,} pages per document, got {len(selected):,}. Ask for some "
            f"of them, as in pages='1-{limit}', or raise max_pages.",
            Outcome.TOO_LARGE,
        )
    return selected


def _parsed(pages: str) -> list[range]:
    return [_range_of(part, pages) for part in pages.split(",")]


def _range_of(part: str, pages: str) -> range:
    if match := _PART.fullmatch(part):
        first = int(match["first"])
        last = int(match["last"]) if match["last"] else 10**9 if match["to"] else first
        if 1 <= first <= last:
            return range(first, last + 1)
    raise DocumentError(
        f"Expected pages like '1-3,5' or '4-', counted from 1, got pages={excerpt(pages)}.",
        Outcome.BAD_INPUT,
    )
