"""Fields of PDF forms as the programs that fill them leave them: five of each kind."""

from __future__ import annotations

from contextlib import closing

import pytest
from PIL import Image, ImageChops

from ocr_model.documents import Limits, open_document
from ocr_model.errors import DocumentError
from ocr_model.schema import Page
from scripts.workshop.drawn_pdf_forms import BLACK, NOTHING, choice_pdf, field_pdf, xfa_pdf

NEED = b"/NeedAppearances true"
STALE = b"/AP<</N 6 0 R>>"


def drawn(data: bytes) -> Page:
    with closing(open_document(data, Limits(pdf_dpi=72))) as source:
        return source.read(1)


def ink_of(image: Image.Image, box: tuple[int, int, int, int] = (20, 20, 180, 80)) -> int:
    return sum(image.crop(box).convert("L").histogram()[:128])


def differs(one: Image.Image, other: Image.Image) -> bool:
    return ImageChops.difference(one, other).getbbox() is not None


TEXTS = {
    "UTF-16": b"/FT/Tx/V<FEFF00470072006F00DF>",
    "several lines": b"/FT/Tx/Ff 4096/V(Elm 1\\nUlm)",
    "comb": b"/FT/Tx/Ff 16777216/MaxLen 8/V(20917)",
    "own font size": b"/FT/Tx/DA(/Helv 0 Tf 0 0 1 rg)/V(Harrowgate)",
    "to the right": b"/FT/Tx/Q 2/V(1.240,50)",
    "rich text beside": b"/FT/Tx/Ff 33554432/V(Okonkwo)/RV(<body><p>Okonkwo</p></body>)",
}


@pytest.mark.parametrize("kind", TEXTS)
@pytest.mark.parametrize(
    ("look", "need"),
    [(b"", b""), (b"", NEED), (STALE, b""), (STALE, NEED)],
    ids=["none", "none, needed", "empty", "empty, needed"],
)
def test_text_of_a_field_is_drawn_whatever_its_look(kind: str, look: bytes, need: bytes) -> None:
    blank = drawn(field_pdf(b"/FT/Tx", acro_form=NEED)).image
    page = drawn(field_pdf(TEXTS[kind] + look, NOTHING, acro_form=need)).image
    grey = page.convert("L").point(lambda value: 255 * (value < 200))
    assert sum(grey.histogram()[128:]) > 30
    assert differs(page, blank)


CHOICES = {
    "combo": b"/FT/Ch/Ff 131072/V(Norland)/Opt[(Norland)(Sudland)]",
    "exported": b"/FT/Ch/Ff 131072/V(no)/Opt[[(no)(Norland)][(su)(Sudland)]]",
    "written by hand": b"/FT/Ch/Ff 393216/V(Westland)/Opt[(Norland)(Sudland)]",
    "by number": b"/FT/Ch/Ff 131072/I[1]/V(Sudland)/Opt[(Norland)(Sudland)]",
    "UTF-16": b"/FT/Ch/Ff 131072/V<FEFF00D60073007400650072>/Opt[<FEFF00D60073007400650072>]",
}


@pytest.mark.parametrize("kind", CHOICES)
@pytest.mark.parametrize(
    ("look", "need"),
    [(b"", b""), (b"", NEED), (STALE, b""), (STALE, NEED)],
    ids=["none", "none, needed", "empty", "empty, needed"],
)
def test_choice_of_a_field_is_drawn_whatever_its_look(kind: str, look: bytes, need: bytes) -> None:
    page = drawn(field_pdf(CHOICES[kind] + look, NOTHING, acro_form=need)).image
    # A list has a button at its end, which is no part of the choice.
    assert ink_of(page, (20, 20, 150, 80)) > 50


LISTS = {
    "one": b"/FT/Ch/V(Norland)/Opt[(Norland)(Sudland)]",
    "several": b"/FT/Ch/Ff 2097152/V[(Norland)(Westland)]/Opt[(Norland)(Sudland)(Westland)]",
    "exported": b"/FT/Ch/V(su)/Opt[[(no)(Norland)][(su)(Sudland)]]",
    "by number": b"/FT/Ch/I[1]/V(Sudland)/Opt[(Norland)(Sudland)]",
    "from the second on": b"/FT/Ch/TI 1/V(Sudland)/Opt[(Norland)(Sudland)]",
}


@pytest.mark.parametrize("kind", LISTS)
@pytest.mark.parametrize("look", [b"", STALE], ids=["none", "empty"])
def test_list_shows_what_is_chosen(kind: str, look: bytes) -> None:
    page = drawn(field_pdf(LISTS[kind] + look, NOTHING, acro_form=NEED)).image
    chosen = drawn(field_pdf(LISTS[kind].replace(b"/V", b"/X").replace(b"/I[", b"/Y["))).image
    assert ink_of(page) > 50
    assert differs(page, chosen)


TICKS = {
    "named On": b"/FT/Btn/V/On/AS/Off/AP<</N<</On 6 0 R/Off 7 0 R>>>>",
    "named in German": b"/FT/Btn/V/Ja/AP<</N<</Ja 6 0 R/Off 7 0 R>>>>",
    "a digit": b"/FT/Btn/V/1/AS/Off/AP<</N<</1 6 0 R>>>>",
    "escaped name": b"/FT/Btn/V/Gew#E4hlt/AS/Off/AP<</N<</Gew#E4hlt 6 0 R/Off 7 0 R>>>>",
    "text for a name": b"/FT/Btn/V(Yes)/AS/Off/AP<</N<</Yes 6 0 R/Off 7 0 R>>>>",
    "name in UTF-8": b"/FT/Btn/V<FEFF00C40067>/AS/Off/AP<</N<</#C3#84g 6 0 R/Off 7 0 R>>>>",
    "pressed look only": b"/FT/Btn/V/Yes/AS/Yes/AP<</D<</Yes 6 0 R/Off 7 0 R>>>>",
}


@pytest.mark.parametrize("kind", TICKS)
def test_tick_is_drawn_and_told_whatever_its_name(kind: str) -> None:
    page = drawn(field_pdf(TICKS[kind], BLACK, NOTHING, acro_form=NEED))
    assert len(page.ticks) == 1
    assert ink_of(page.image) > 50


@pytest.mark.parametrize(
    ("chosen", "boxes"),
    [
        (b"b", [b"/AS/Off/AP<</N<</a 9 0 R>>>>", b"/AS/Off/AP<</N<</b 9 0 R>>>>", b""]),
        (b"2", [b"/AP<</N<</0 9 0 R>>>>", b"/AP<</N<</1 9 0 R>>>>", b"/AP<</N<</2 9 0 R>>>>"]),
        (b"c", [b"/AS/Off", b"/AS/Off", b"/AS/c"]),
        (b"a", [b"/AS/a/AP<</N<</a 9 0 R>>>>", b"/AS/Off/AP<</N<</b 9 0 R>>>>", b"/AS/Off"]),
        (b"b", [b"/AP<</D<</a 9 0 R>>>>", b"/AP<</D<</b 9 0 R>>/N<</b 9 0 R>>>>", b""]),
        (b"b", [b"/AS/a/AP<</N<</a 9 0 R>>>>", b"/AS/Off/AP<</N<</b 9 0 R>>>>", b""]),
    ],
    ids=["stale", "digits", "states alone", "whole", "pressed looks", "another stale"],
)
def test_chosen_one_of_three_is_told_and_no_other(chosen: bytes, boxes: list[bytes]) -> None:
    page = drawn(choice_pdf(b"/Ff 49152/V/" + chosen, boxes, BLACK, need=True))
    place = {b"a": 0, b"b": 1, b"c": 2, b"2": 2}[chosen]
    [tick] = page.ticks
    assert tick.left == pytest.approx(10 + 60 * place, abs=1)


@pytest.mark.parametrize(
    ("text", "elsewhere"),
    [
        (b"Veuillez patienter...", True),
        (b"Espere... www.adobe.com/go/reader_download_es", False),
        (b"Even geduld a.u.b.", True),
        (b"Please wait... Your PDF viewer may not be able to show this.", False),
        (b"To view the full contents, you need a later version of the PDF viewer.", True),
    ],
)
def test_placeholder_in_other_words_is_named(text: bytes, elsewhere: bool) -> None:
    with pytest.raises(DocumentError, match="got an XFA form"):
        drawn(xfa_pdf(text, rendered_elsewhere=elsewhere))
