"""Forms of other languages, in clean print, are read with their own letters."""

from __future__ import annotations

from pathlib import Path

import matplotlib
import pytest
from PIL import Image, ImageDraw, ImageFont

from ocr_model.config import parse_config
from ocr_model.engines.local import LocalEngine
from ocr_model.normalize import clean_key
from ocr_model.schema import Page, pairs_of

LATIN = Path(matplotlib.get_data_path()) / "fonts/ttf/DejaVuSans.ttf"
# Debian's fonts-wqy-microhei, Apache-2.0 or GPL-3+ with font exception.
CHINESE = Path("/usr/share/fonts/truetype/wqy/wqy-microhei.ttc")

FORMS = {
    "German": {
        "Straße und Hausnummer:": "Lärchenstraße 27",
        "Geburtsdatum:": "14. März 1968",
        "Überweisungsbetrag:": "1.284,50 €",
        "Unterschrift des Antragstellers:": "Jörg Weiß",
    },
    "French": {
        "Nom de l'élève:": "Hélène Lefèvre",
        "Montant à régler:": "1 284,50 €",
        "Signataire agréé:": "François Noël",
        "Pièces jointes reçues:": "œuvre, reçu, côté A",
    },
    "Spanish": {
        "Número de teléfono:": "91 456 72 10",
        "Dirección del dueño:": "Calle Peñíscola, 12",
        "Población:": "Logroño",
        "Firma del médico:": "Dr. Íñigo Güell",
    },
    "Polish": {
        "Imię i nazwisko:": "Łucja Dąbrowska",
        "Miejscowość:": "Łódź",
        "Wartość brutto:": "1 284,50 zł",
        "Podpis wnioskodawcy:": "Józef Wiśniewski",
    },
    "Chinese": {
        "姓名：": "王小明",
        "联系电话：": "010 6552 9988",
        "家庭住址：": "北京市朝阳区建国路八十八号",
        "经办人签字：": "李建国",
    },
}


@pytest.fixture(scope="module")
def engine() -> LocalEngine:
    return LocalEngine(parse_config({"prompt_uri": "prompts:/test/1"}))


@pytest.mark.parametrize("language", FORMS)
def test_form_of_another_language_is_read_and_paired(language: str, engine: LocalEngine) -> None:
    form, file = FORMS[language], CHINESE if language == "Chinese" else LATIN
    if not file.is_file():
        pytest.skip("Debian's fonts-wqy-microhei is not installed")
    found = pairs_of(engine.read_page(Page(1, drawn(form, file))).answers)
    read = {clean_key(key): ["".join(text.split()) for text in found[key]] for key in found}
    right = [
        key for key, text in form.items() if "".join(text.split()) in read.get(clean_key(key), [])
    ]
    assert len(right) >= len(form) - 1


def drawn(form: dict[str, str], file: Path) -> Image.Image:
    font = ImageFont.truetype(str(file), 16)
    image = Image.new("RGB", (800, 44 * (len(form) + 2)), "white")
    pen = ImageDraw.Draw(image)
    for row, (label, value) in enumerate(form.items(), start=1):
        pen.text((60, 44 * row), label, "black", font)
        pen.text((380, 44 * row), value, "black", font)
    return image
