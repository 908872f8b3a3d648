from __future__ import annotations

import pytest

from ocr_model.forgetting.subject import Subject

DIGEST, OTHER = "a" * 64, "b" * 64
SUBJECT = Subject(frozenset({"a+b.png"}), frozenset({DIGEST}), frozenset({"scan.png"}))


@pytest.mark.parametrize(
    ("document_id", "sha256", "named"),
    [
        ("a+b.png", OTHER, True),
        ("other.png", DIGEST, True),
        ("scan.png", None, True),
        ("scan.png", "", True),
        # Another document of that name, as its digest says.
        ("scan.png", OTHER, False),
        (None, None, False),
        ("", "", False),
    ],
)
def test_an_id_that_was_given_names_and_one_that_was_found_only_where_no_digest_is(
    document_id: object, sha256: object, named: bool
) -> None:
    assert SUBJECT.names(document_id, sha256) is named


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("see a+b.png, and scan.png.", "see [forgotten], and [forgotten]."),
        ("xa+b.png scan.png2", "xa+b.png scan.png2"),
        (DIGEST, "[forgotten]"),
    ],
)
def test_names_are_taken_out_of_a_text_as_words(text: str, left: str) -> None:
    assert SUBJECT.out_of(text) == left
    assert SUBJECT.in_text(text) is (left != text)
