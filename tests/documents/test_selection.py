from __future__ import annotations

import pytest

from ocr_model.documents.selection import PageRequest, select_pages
from ocr_model.errors import DocumentError
from ocr_model.schema import Outcome


@pytest.mark.parametrize(
    ("pages", "expected"),
    [
        ("", [1, 2, 3, 4, 5]),
        (" ", [1, 2, 3, 4, 5]),
        ("2", [2]),
        ("1-3,5", [1, 2, 3, 5]),
        ("4-", [4, 5]),
        (" 5 , 1 - 2 ", [1, 2, 5]),
        ("2-3,3,1-2", [1, 2, 3]),
        ("4-999999999", [4, 5]),
        ("9,2", [2]),
    ],
)
def test_pages_are_selected_in_page_order(pages: str, expected: list[int]) -> None:
    assert select_pages(PageRequest(pages), 5, 100) == expected


@pytest.mark.parametrize(
    "pages", ["0", "3-1", "-2", "a", "1,,2", "1-2-3", "1.5", "²", "1;2", "9" * 10, "-"]
)
def test_nonsense_is_bad_input(pages: str) -> None:
    with pytest.raises(DocumentError, match="Expected pages like '1-3,5' or '4-'") as caught:
        select_pages(PageRequest(pages), 5, 100)
    assert caught.value.outcome is Outcome.BAD_INPUT


def test_pages_the_document_does_not_have_are_bad_input() -> None:
    with pytest.raises(DocumentError, match="which has 5, got pages='6-9'") as caught:
        select_pages(PageRequest("6-9"), 5, 100)
    assert caught.value.outcome is Outcome.BAD_INPUT


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        (PageRequest(), "at most 10 pages per document, got 12. Ask for some .*pages='1-10'"),
        (PageRequest("2-"), "at most 10 pages per document, got 11"),
        (PageRequest(max_pages=3), "at most 3 pages"),
        (PageRequest(max_pages=99), "at most 10 pages"),
    ],
    ids=["document", "range", "lowered", "not raised"],
)
def test_more_pages_than_the_limit_are_too_large(asked: PageRequest, message: str) -> None:
    with pytest.raises(DocumentError, match=message) as caught:
        select_pages(asked, 12, 10)
    assert caught.value.outcome is Outcome.TOO_LARGE


def test_a_range_within_the_limit_is_read_however_long_the_document() -> None:
    assert select_pages(PageRequest("999,1000"), 1_000_000, 2) == [999, 1000]


def test_what_is_no_page_is_left_out_and_named_where_it_is_asked_for() -> None:
    thumbnails = {1: "a smaller copy of a page", 4: "a smaller copy of a page"}
    assert select_pages(PageRequest(), 5, 3, thumbnails) == [2, 3, 5]
    assert select_pages(PageRequest("1-2"), 5, 3, thumbnails) == [2]
    with pytest.raises(DocumentError, match="pages='4': 4 is a smaller copy of a page"):
        select_pages(PageRequest("4"), 5, 3, thumbnails)


def test_negative_limit_is_bad_input() -> None:
    with pytest.raises(DocumentError, match="max_pages of 1 or more"):
        select_pages(PageRequest(max_pages=-1), 5, 100)
