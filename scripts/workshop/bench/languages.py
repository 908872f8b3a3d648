"""python -m scripts.bench languages [--chinese-font FILE]

Draws one form per language, reads it with the embedded engine, and prints how many characters were
read right and how many pairs were found. Clean print: what the recogniser knows, not what a scan
loses.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import matplotlib
import mlflow
from PIL import Image, ImageDraw, ImageFont
from rapidfuzz.distance import Levenshtein

from ocr_model.config import parse_config
from ocr_model.engines.local import LocalEngine
from ocr_model.normalize import clean_key
from ocr_model.ocr import WordReader
from ocr_model.schema import Page, Word, pairs_of

LATIN_FONT = Path(matplotlib.get_data_path()) / "fonts/ttf/DejaVuSans.ttf"
# Debian's fonts-wqy-microhei, Apache-2.0 or GPL-3+ with font exception.
CHINESE_FONT = Path("/usr/share/fonts/truetype/wqy/wqy-microhei.ttc")
# 11 points at 100 dpi.
_FONT_PX = 16
_LINE_PX = 44
_LABEL_X, _VALUE_X = 60, 380

FORMS: dict[str, tuple[tuple[str, str], ...]] = {
    "English": (
        ("Surname:", "Whitfield"),
        ("Date of birth:", "14 March 1968"),
        ("Street and number:", "27 Quay Street"),
        ("Amount due:", "£ 1,284.50"),
        ("Signature of the applicant:", "J. Whitfield"),
    ),
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
    "Greek": (
        ("Ονοματεπώνυμο:", "Ελένη Παπαδάκη"),
        ("Ημερομηνία:", "14 Μαρτίου 1968"),
        ("Διεύθυνση:", "Οδός Ερμού 27"),
    ),
    "Russian": (
        ("Фамилия:", "Щербакова"),
        ("Дата рождения:", "14 марта 1968"),
        ("Номер телефона:", "495 123 45 67"),
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


class Score(NamedTuple):
    """Counts for one language; `lost` the characters expected and not read, most frequent first."""

    characters: int
    errors: int
    pairs: int
    pairs_found: int
    lost: str

    @property
    def accuracy(self) -> float:
        return 1 - self.errors / self.characters


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--chinese-font", type=Path, default=CHINESE_FONT)
    args = parser.parse_args(argv)
    mlflow.tracing.disable()
    reader = WordReader()
    engine = LocalEngine(parse_config({"prompt_uri": "prompts:/bench/1"}), reader)
    print("| language | characters | read right | pairs found | characters lost |")
    print("|---|---|---|---|---|")
    for language, form in FORMS.items():
        font = args.chinese_font if language == "Chinese" else LATIN_FONT
        if not font.is_file():
            print(f"| {language} | - | not tried: no font {font} | - | - |")
            continue
        score = score_form(form, font, reader, engine)
        print(
            f"| {language} | {score.characters} | {score.accuracy:.1%} | {score.pairs_found} of "
            f"{score.pairs} | {score.lost or 'none'} |"
        )
    return 0


def draw_form(form: Sequence[tuple[str, str]], font_file: Path) -> Image.Image:
    """Labels in one column, their values in another, black on white."""
    font = ImageFont.truetype(str(font_file), _FONT_PX)
    image = Image.new("RGB", (800, 2 * _LINE_PX + _LINE_PX * len(form)), "white")
    pen = ImageDraw.Draw(image)
    for i, (label, value) in enumerate(form):
        pen.text((_LABEL_X, _LINE_PX * (i + 1)), label, "black", font)
        pen.text((_VALUE_X, _LINE_PX * (i + 1)), value, "black", font)
    return image


def score_form(
    form: Sequence[tuple[str, str]], font_file: Path, reader: WordReader, engine: LocalEngine
) -> Score:
    image = draw_form(form, font_file)
    words = reader.read(image).words
    expected = [_without_blanks(text) for pair in form for text in pair]
    read = [_without_blanks(text) for i in range(len(form)) for text in _texts_of_row(words, i)]
    errors = sum(Levenshtein.distance(*texts) for texts in zip(expected, read, strict=True))
    lost = sum((Counter(a) - Counter(b) for a, b in zip(expected, read, strict=True)), Counter())
    found = pairs_of(engine.read_page(Page(1, image)).answers)
    keyed = {clean_key(key): [_without_blanks(v) for v in given] for key, given in found.items()}
    matched = sum(_without_blanks(v) in keyed.get(clean_key(k), []) for k, v in form)
    characters = sum(map(len, expected))
    named = "".join(character for character, _ in lost.most_common())
    return Score(characters, errors, len(form), matched, named)


def _texts_of_row(words: Sequence[Word], row: int) -> tuple[str, str]:
    """What was read where the label and the value of a row were drawn."""
    top, bottom = _LINE_PX * (row + 1) - _LINE_PX / 3, _LINE_PX * (row + 2) - _LINE_PX / 3
    inside = [word for word in words if top <= (word.box.top + word.box.bottom) / 2 < bottom]
    inside.sort(key=lambda word: word.box.left)
    label = "".join(word.text for word in inside if word.box.left < _VALUE_X - _FONT_PX)
    return label, "".join(word.text for word in inside if word.box.left >= _VALUE_X - _FONT_PX)


def _without_blanks(text: str) -> str:
    return "".join(text.split())


if __name__ == "__main__":
    raise SystemExit(main())
