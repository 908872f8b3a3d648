"""What a phrase looks like, feature by feature."""

from __future__ import annotations

import pytest

from ocr_model.linker.phrases import BRIEF, TEXT_FEATURES, phrase_features

# Columns of the features: (name, column).
COLUMNS = {"digits": 2, "capitals": 3, "colon": 9, "date": 17, "number": 18, "code": 19}
COLUMNS |= {"enumeration": 20, "tick": 21, "label_words": 24, "function_words": 26, "names": 28}
COLUMNS |= {"choice": 30, "label_likeness": 32}

TABLE = [
    ("Date:", {"colon": 1, "label_words": 1, "number": 0, "label_likeness": 4}),
    ("Date: *", {"colon": 1}),
    ("12/4/1999", {"date": 1, "label_words": 0, "digits": 7 / 9, "label_likeness": -2}),
    ("$ 58,500", {"number": 1, "date": 0}),
    ("AX-47", {"code": 1, "capitals": 1}),
    ("3. Name", {"enumeration": 1, "label_words": 1}),
    ("X", {"tick": 1}),
    ("Yes", {"choice": 1}),
    ("the lamp was here", {"function_words": 0.75, "label_words": 0}),
    ("Ann Miller", {"names": 1, "label_words": 0}),
    ("", {"digits": 0, "colon": 0}),
]


@pytest.mark.parametrize(("text", "expected"), TABLE, ids=[text or "empty" for text, _ in TABLE])
def test_features(text: str, expected: dict[str, float]) -> None:
    [row] = phrase_features([text]).tolist()
    assert {name: row[COLUMNS[name]] for name in expected} == pytest.approx(expected)


def test_shape_is_kept_also_for_no_phrase() -> None:
    assert phrase_features([]).shape == (0, TEXT_FEATURES)
    assert phrase_features(["a", "b"]).shape == (2, TEXT_FEATURES)
    assert max(BRIEF) < TEXT_FEATURES


def test_two_texts_of_one_shape_cannot_be_told_apart() -> None:
    """Nothing that was trained on can be kept: unknown words count by their shape alone."""
    one, other = phrase_features(["Brugo Vatten:", "Crelo Fattin:"]).tolist()
    assert one == other
