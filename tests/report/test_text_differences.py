from __future__ import annotations

import pytest

from ocr_model.report.text_differences import differences


def marked(texts: tuple[list[tuple[str, bool]], list[tuple[str, bool]]]) -> tuple[str, str]:
    truth, prediction = (
        "".join(f"[{text}]" if differs else text for text, differs in side) for side in texts
    )
    return truth, prediction


@pytest.mark.parametrize(
    ("truth", "prediction", "expected"),
    [
        ("", "", ("", "")),
        ("5 May", "5 May", ("5 May", "5 May")),
        ("5 May", "6 May", ("[5] May", "[6] May")),
        ("5 May 1998", "5 May", ("5 May[ 1998]", "5 May")),
        ("Berg", "Bergs", ("Berg", "Berg[s]")),
        ("Berg", "BERG", ("Berg", "[BERG]")),
        ("reduced", "full", ("reduced", "[full]")),
        ("reduced", "", ("reduced", "")),
        ("", "full", ("", "[full]")),
    ],
)
def test_differing_characters_are_marked(
    truth: str, prediction: str, expected: tuple[str, str]
) -> None:
    assert marked(differences(truth, prediction)) == expected
