"""Forms in other languages are read and paired: drawn here in clean print, with open fonts."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import matplotlib
import mlflow
import pytest
from PIL import Image, ImageDraw, ImageFont
from rapidfuzz.distance import Levenshtein

from ocr_model.config import parse_config
from ocr_model.engines.local import LocalEngine
from ocr_model.normalize import clean_key
from ocr_model.ocr import WordReader
from ocr_model.schema import Page, Word, pairs_of

LATIN_FONT = Path(matplotlib.get_data_path()) / "fonts/ttf/DejaVuSans.ttf"
# Debian's fonts-wqy-microhei.
CHINESE_FONT = Path("/usr/share/fonts/truetype/wqy/wqy-microhei.ttc")
# 11 points at 100 dpi.
FONT_PX, LINE_PX, LABEL_X, VALUE_X = 16, 44, 60, 380

FORMS: dict[str, tuple[tuple[str, str], ...]] = {
    "German": (
        ("Straße und Hausnummer:", "Lärchenstraße 27"),
        ("Geburtsdatum:", "14. März 1968"),
        ("Staatsangehörigkeit:", "österreichisch"),
        ("Überweisungsbetrag:", "1.284,50 €"),
        ("Größe / Gewicht:", "1,78 m / 71 kg"),
        ("Unterschrift des Antragstellers:", "Jörg Weiß"),
    ),
    "French": (
        ("Nom de l'élève:", "Hélène Lefèvre"),
        ("Né(e) le:", "3 août 1971 à Besançon"),
        ("Numéro de téléphone:", "01 42 68 53 00"),
        ("Montant à régler:", "1 284,50 €"),
        ("Signataire agréé:", "François Noël"),
        ("Pièces jointes reçues:", "œuvre, reçu, côté A"),
    ),
    "Spanish": (
        ("Número de teléfono:", "91 456 72 10"),
        ("Año de matriculación:", "1998"),
        ("Dirección del dueño:", "Calle Peñíscola, 12"),
        ("Población:", "Logroño"),
        ("¿Es usted alérgico?", "Sí, al polen"),
        ("Firma del médico:", "Dr. Íñigo Güell"),
    ),
    "Polish": (
        ("Imię i nazwisko:", "Łucja Dąbrowska"),
        ("Miejscowość:", "Łódź"),
        ("Numer zamówienia:", "ZK/1284/07"),
        ("Wartość brutto:", "1 284,50 zł"),
        ("Podpis wnioskodawcy:", "Józef Wiśniewski"),
    ),
    "Chinese": (
        ("姓名：", "王小明"),
        ("出生日期：", "一九六八年三月十四日"),
        ("联系电话：", "010 6552 9988"),
        ("家庭住址：", "北京市朝阳区建国路八十八号"),
        ("应付金额：", "人民币壹仟贰佰元整"),
        ("经办人签字：", "李建国"),
    ),
}


@pytest.fixture(scope="module")
def reader() -> WordReader:
    return WordReader()


@pytest.mark.slow
@pytest.mark.parametrize("language", FORMS)
def test_form_of_another_language_is_read_and_paired(language: str, reader: WordReader) -> None:
    font = CHINESE_FONT if language == "Chinese" else LATIN_FONT
    if not font.is_file():
        pytest.skip("Debian's fonts-wqy-microhei is not installed")
    mlflow.tracing.disable()
    form = FORMS[language]
    image = draw(form, font)
    words = reader.read(image).words
    expected = [without_blanks(text) for pair in form for text in pair]
    read = [text for row in range(len(form)) for text in texts_of_row(words, row)]
    errors = sum(Levenshtein.distance(*texts) for texts in zip(expected, read, strict=True))
    assert errors <= 0.03 * sum(map(len, expected))
    engine = LocalEngine(parse_config({"prompt_uri": "prompts:/test/1"}), reader)
    found = pairs_of(engine.read_page(Page(1, image)).answers)
    keyed = {clean_key(key): list(map(without_blanks, given)) for key, given in found.items()}
    paired = sum(without_blanks(text) in keyed.get(clean_key(key), []) for key, text in form)
    assert paired >= len(form) - 1


def draw(form: Sequence[tuple[str, str]], font_file: Path) -> Image.Image:
    """Labels in one column, their values in another, black on white."""
    font = ImageFont.truetype(str(font_file), FONT_PX)
    image = Image.new("RGB", (800, LINE_PX * (len(form) + 2)), "white")
    pen = ImageDraw.Draw(image)
    for row, (label, value) in enumerate(form, 1):
        pen.text((LABEL_X, LINE_PX * row), label, "black", font)
        pen.text((VALUE_X, LINE_PX * row), value, "black", font)
    return image


def texts_of_row(words: Sequence[Word], row: int) -> tuple[str, str]:
    """What was read where the label and the value of a row were drawn."""
    top = LINE_PX * (row + 2 / 3)
    inside = [w for w in words if top <= (w.box.top + w.box.bottom) / 2 < top + LINE_PX]
    inside.sort(key=lambda word: word.box.left)
    labels = [word for word in inside if word.box.left < VALUE_X - FONT_PX]
    values = [word for word in inside if word.box.left >= VALUE_X - FONT_PX]
    label, value = (without_blanks("".join(w.text for w in part)) for part in (labels, values))
    return label, value


def without_blanks(text: str) -> str:
    return "".join(text.split())
