"""What the embedded OCR reads of other languages: on forms drawn here, with open fonts."""

from __future__ import annotations

from pathlib import Path

import pytest

from ocr_model.config import parse_config
from ocr_model.engines.local import LocalEngine
from ocr_model.normalize import clean_key
from ocr_model.ocr.readers import WordReader
from scripts.workshop.bench import languages
from scripts.workshop.bench.languages import CHINESE_FONT, FORMS, LATIN_FONT, score_form


@pytest.fixture(scope="module")
def reader() -> WordReader:
    return WordReader()


@pytest.fixture(scope="module")
def engine(reader: WordReader) -> LocalEngine:
    return LocalEngine(parse_config({"prompt_uri": "prompts:/bench/1"}), reader)


@pytest.mark.slow
@pytest.mark.parametrize("language", ["German", "French", "Spanish", "Polish", "Chinese"])
def test_form_of_another_language_is_read_and_paired(
    language: str, reader: WordReader, engine: LocalEngine
) -> None:
    font = CHINESE_FONT if language == "Chinese" else LATIN_FONT
    if not font.is_file():
        pytest.skip("Debian's fonts-wqy-microhei is not installed")
    score = score_form(FORMS[language], font, reader, engine)
    assert score.accuracy >= 0.97
    assert score.pairs_found >= score.pairs - 1


def test_characters_that_were_not_read_are_counted_and_named(
    reader: WordReader, engine: LocalEngine
) -> None:
    """The font lacks the characters and draws boxes, in place of a form that is read badly."""
    score = score_form(FORMS["Chinese"], LATIN_FONT, reader, engine)
    assert score.accuracy < 0.5
    assert "\u59d3" in score.lost
    assert score.pairs_found == 0


def test_language_without_a_font_is_named_with_its_reason(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(languages, "FORMS", {"Chinese": FORMS["Chinese"]})
    assert languages.main(["--chinese-font", str(tmp_path / "absent.ttc")]) == 0
    assert "| Chinese | - | not tried: no font" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        ("Straße:", "STRASSE"),
        ("Numéro de téléphone :", "NUMÉRO DE TÉLÉPHONE"),
        ("¿Es usted alérgico?", "ES USTED ALÉRGICO"),
        ("出生日期：", "出生日期"),
        ("Ονοματεπώνυμο:", "ΟΝΟΜΑΤΕΠΏΝΥΜΟ"),
    ],
)
def test_key_of_another_script_keeps_its_letters(key: str, expected: str) -> None:
    assert clean_key(key) == expected
