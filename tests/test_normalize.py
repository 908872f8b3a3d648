from __future__ import annotations

from typing import Any

import pytest

from ocr_model.normalize import clean_key, fold_text, normalize_dict_keys


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        ("Name:", "NAME"),
        ("  Date   of\tbirth ", "DATE OF BIRTH"),
        ("No. (if any)", "NO IF ANY"),
        ("e-mail_address", "E-MAIL_ADDRESS"),
        ("straße", "STRASSE"),
        ("日付：", "日付"),
        ("Numéro de téléphone :", "NUMÉRO DE TÉLÉPHONE"),
        ("¿Es usted alérgico?", "ES USTED ALÉRGICO"),
        ("Ονοματεπώνυμο:", "ΟΝΟΜΑΤΕΠΏΝΥΜΟ"),
        ("R&D", "RD"),
        (":?!", ""),
        ("", ""),
    ],
)
def test_clean_key_keeps_words_blanks_hyphens_and_underscores(key: str, expected: str) -> None:
    assert clean_key(key) == expected


@pytest.mark.parametrize(
    ("pairs", "expected"),
    [
        ({"Name:": ["Ann"]}, {"NAME": ["Ann"]}),
        ({"Name:": ["Ann"], "NAME": ["Bob"]}, {"NAME": ["Ann", "Bob"]}),
        ({"a": ["1"], "A.": "2"}, {"A": ["1", "2"]}),
        ({"a": "1", "A.": "2", "A:": "3"}, {"A": ["1", "2", "3"]}),
        ({"outer": {"inner:": ["x"]}}, {"OUTER": {"INNER": ["x"]}}),
        ([{"k:": []}, "text"], [{"K": []}, "text"]),
        ({1: ["x"]}, {"1": ["x"]}),
        ({}, {}),
        (None, None),
        ("text", "text"),
    ],
    ids=[
        "one key",
        "colliding lists join",
        "scalar joins list",
        "three collide",
        "nested mapping",
        "list of mappings",
        "key that is no string",
        "empty",
        "none",
        "no mapping",
    ],
)
def test_normalize_dict_keys(pairs: Any, expected: Any) -> None:
    assert normalize_dict_keys(pairs) == expected


def test_normalize_dict_keys_leaves_its_argument_alone() -> None:
    pairs = {"a": ["1"], "A": ["2"]}
    normalize_dict_keys(pairs)
    assert pairs == {"a": ["1"], "A": ["2"]}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("R&D-Cost: $5", "r d cost 5"),
        ("  A  B ", "a b"),
        ("first_name", "first name"),
        ("ＡＢＣ１２", "abc12"),
        ("Straße", "strasse"),
        ("ﬁnal", "final"),
        ("...", ""),
    ],
)
def test_fold_text(text: str, expected: str) -> None:
    assert fold_text(text) == expected
