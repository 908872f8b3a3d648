"""What was counted of words and values, and that a document does not learn from itself."""

from __future__ import annotations

import numpy as np
import pytest

from ocr_model.finder.memory import PLACES, Words, together, values_of, word_key, words_of


def keys(*numbers: int) -> np.ndarray:
    """Pieces that are known by one word each, at one place."""
    return np.array([[number] for number in numbers], dtype=np.uint32)


def inside(*fields: bool) -> np.ndarray:
    return np.array([[field] for field in fields])


@pytest.mark.parametrize(
    ("text", "key"),
    [("81100", "00000"), ("5/9", "0/0"), ("GARDEN,", "garden"), ("8OOKS", "books"), ("::", "::")],
)
def test_a_word_is_known_by_its_letters_a_number_by_its_length(text: str, key: str) -> None:
    assert word_key(text) == key


def test_shares_are_summed_by_document() -> None:
    one = words_of(keys(7, 7, 8), inside(True, False, False))
    other = words_of(keys(7, 9), inside(True, False))
    words = together([one, other])
    assert words.hashes.tolist() == [7, 8, 9]
    assert words.documents.tolist() == [2, 1, 1]
    assert words.shares[:, 0].tolist() == [1.5, 0, 0]
    assert words.prior == pytest.approx([(1 / 3 + 1 / 2) / 2])


def test_what_a_document_said_itself_is_taken_out() -> None:
    own = words_of(keys(7), inside(True))
    words = together([own, words_of(keys(8), inside(True))])
    shares, documents = words.features(keys(7, 8, 9), own)
    assert documents[:, 0].tolist() == [0, 1, 0]
    # A word nobody else has is as one that was never seen: the prior, 1.
    assert shares[:, 0, 0].tolist() == [1, 1, 1]


def test_words_of_fields_are_kept_before_common_ones() -> None:
    shares = np.array([[0.0], [0.5], [0.0]])
    words = Words(np.array([1, 2, 3], dtype=np.uint32), np.array([1.0, 1, 9]), shares, np.zeros(1))
    assert words.most_telling(2).hashes.tolist() == [2, 3]
    assert words.most_telling(3) is words


def test_likeness_is_to_the_nearest_value_of_another_document() -> None:
    values = values_of([(0, "Nordhill Ltd"), (1, "Nordhill Ltd"), (2, "Quay")])
    assert values.likeness(["nordhllltd"]) == pytest.approx([10 / 11])
    assert values.likeness(["quay"], without=2)[0] < 0.4
    assert values_of([]).likeness(["quay"]).tolist() == [0]


def test_each_piece_is_known_by_its_neighbours_too() -> None:
    assert PLACES[:3] == ("own", "before", "after")
