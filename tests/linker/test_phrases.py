"""What a phrase looks like, feature by feature."""

from __future__ import annotations

import pytest

from ocr_model.linker.phrases import BRIEF, TEXT_FEATURES, columns_of, phrase_features

TABLE = [
    ("Date:", {"ends_with_colon": 1, "label_word_share": 1, "number": 0, "label_likeness": 4}),
    ("Date: *", {"ends_with_colon": 1}),
    ("12/4/1999", {"date": 1, "label_word_share": 0, "digit_share": 7 / 9, "label_likeness": -2}),
    ("$ 58,500", {"number": 1, "date": 0}),
    ("AX-47", {"code": 1, "capital_share": 1}),
    ("3. Name", {"enumerated": 1, "label_word_share": 1}),
    ("X", {"tick": 1}),
    ("Yes", {"is_choice": 1}),
    ("the lamp was here", {"function_word_share": 0.75, "label_word_share": 0}),
    ("Ann Miller", {"name_share": 1, "label_word_share": 0}),
    ("", {"digit_share": 0, "ends_with_colon": 0}),
]


@pytest.mark.parametrize(("text", "expected"), TABLE, ids=[text or "empty" for text, _ in TABLE])
def test_features(text: str, expected: dict[str, float]) -> None:
    [found] = phrase_features([text])[:, columns_of(*expected)].tolist()
    assert found == pytest.approx(list(expected.values()))


def test_shape_is_kept_also_for_no_phrase() -> None:
    assert phrase_features([]).shape == (0, TEXT_FEATURES)
    assert phrase_features(["a", "b"]).shape == (2, TEXT_FEATURES)
    assert max(BRIEF) < TEXT_FEATURES


def test_two_texts_of_one_shape_cannot_be_told_apart() -> None:
    """Nothing that was trained on can be kept: unknown words count by their shape alone."""
    one, other = phrase_features(["Brugo Vatten:", "Crelo Fattin:"]).tolist()
    assert one == other


def test_columns_have_the_places_the_bundled_weights_know() -> None:
    assert TEXT_FEATURES == 33
    assert BRIEF == [0, 2, 3, 7, 9, 13, 17, 18, 21, 24, 26, 28, 32]
    assert columns_of("ends_with_colon", "label_word_share") == [9, 24]
