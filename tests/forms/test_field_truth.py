from __future__ import annotations

from pathlib import Path

import pytest

from ocr_model.errors import DatasetError
from ocr_model.forms import load_field_truth


def written(folder: Path, text: str) -> Path:
    (folder / "fields").mkdir()
    (folder / "fields" / "a.json").write_text(text, encoding="utf-8")
    return folder


def test_truth_is_read_as_it_is_written(tmp_path: Path) -> None:
    text = """{"total": 9.00, "n": 7, "paid": true, "due": null, "note": "", "phones": ["1", "2"],
        "items": [{"article": "Bolt", "amount": 9.50}, {"article": null}]}"""
    assert load_field_truth(written(tmp_path, text), "a") == {
        "total": "9.00",
        "n": "7",
        "paid": "true",
        "due": None,
        "note": None,
        "phones": ["1", "2"],
        "items": [{"article": "Bolt", "amount": "9.50"}, {"article": None}],
    }


def test_document_without_truth_has_none(tmp_path: Path) -> None:
    assert load_field_truth(tmp_path, "a") is None


@pytest.mark.parametrize(
    ("text", "match"),
    [
        ("{", "is not JSON"),
        ("[]", r"expected \{\"total\""),
        ('{"a": {"b": 1}}', r"a\.json, a: expected a text, true, false or null"),
        ('{"a": [["b"]]}', r"a\.json, a\[0\]: expected a text"),
        ('{"a": [{"b": []}]}', r"a\.json, a\[0\]\.b: expected a text"),
    ],
)
def test_fault_is_named(tmp_path: Path, text: str, match: str) -> None:
    with pytest.raises(DatasetError, match=match):
        load_field_truth(written(tmp_path, text), "a")
