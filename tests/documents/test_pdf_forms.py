"""What a PDF form says is drawn, whatever its appearance streams say; what it hides is not."""

from __future__ import annotations

from contextlib import closing

import pytest
from PIL import Image, ImageChops

from ocr_model.documents import Limits, open_document
from ocr_model.errors import DocumentError
from ocr_model.schema import Outcome, Page
from scripts.workshop.drawn_files import drawn_pdf, stream
from scripts.workshop.drawn_pdf_forms import (
    BLACK,
    NOTHING,
    appearance,
    choice_pdf,
    field_pdf,
    jbig2_pdf,
    layered,
    xfa_pdf,
)

DPI = 72  # a pixel is a point
FIELD = (20, 20, 180, 80)
NEED = b"/NeedAppearances true"


def drawn(data: bytes) -> Page:
    with closing(open_document(data, Limits(pdf_dpi=DPI))) as source:
        return source.read(1)


def ink_of(page: Page, box: tuple[int, int, int, int] = FIELD) -> int:
    """Dark pixels in a part of the page."""
    return sum(page.image.crop(box).convert("L").histogram()[:128])


@pytest.mark.parametrize(
    ("field", "others", "acro_form"),
    [
        (b"/FT/Tx/V(Okonkwo)", (), b""),
        (b"/FT/Tx/V(Okonkwo)", (), NEED),
        (b"/FT/Tx/V(Okonkwo)/AP<</N 6 0 R>>", (NOTHING,), b""),
        (b"/FT/Tx/V(Okonkwo)/AP<</N 6 0 R>>", (BLACK,), NEED),
        (b"/FT/Ch/Ff 131072/V(no)/Opt[[(no)(Okonkwo)][(su)(Sudland)]]", (), b""),
        (b"/FT/Ch/Ff 131072/V(no)/Opt[[(no)(Okonkwo)]]/AP<</N 6 0 R>>", (NOTHING,), b""),
    ],
    ids=["none", "needed", "empty", "stale and needed", "list", "list, empty"],
)
def test_value_of_a_field_is_drawn(
    field: bytes, others: tuple[bytes, ...], acro_form: bytes
) -> None:
    written = drawn(field_pdf(b"/FT/Tx/V(Okonkwo)"))
    page = drawn(field_pdf(field, *others, acro_form=acro_form))
    # A list has a button at its end, which is no part of the value.
    value = (20, 20, 150, 80)
    assert (
        ImageChops.difference(page.image.crop(value), written.image.crop(value)).getbbox() is None
    )
    assert ink_of(page, value) > 50


@pytest.mark.parametrize(
    ("field", "written"),
    [
        (b"/V(Sud)", "Sud"),
        (b"/V[(Nord)(West)]/Ff 2097152", "NordWest"),
        (b"/I[1]/V(Sud)/AP<</N 6 0 R>>", "Sud"),
        (b"", ""),
    ],
    ids=["one", "several", "with an appearance", "none"],
)
def test_of_a_list_only_what_is_chosen_is_drawn(field: bytes, written: str) -> None:
    data = field_pdf(b"/FT/Ch/Opt[(Nord)(Sud)(West)]" + field, BLACK)
    with closing(open_document(data, Limits(pdf_dpi=DPI, read_text=True))) as source:
        page, again = source.read(1), source.read(1)
    assert page.image == again.image
    assert (ink_of(page) > 10) is bool(written)
    said = page.printed.characters if page.printed else ()
    assert "".join(character.text for character in said) == written


def test_list_with_letters_that_cannot_be_drawn_stays_as_it_is() -> None:
    names = b"<FEFF0416043E>"
    page = drawn(field_pdf(b"/FT/Ch/Opt[%b(Sud)]/V %b/AP<</N 6 0 R>>" % (names, names), BLACK))
    assert ink_of(page) == 160 * 60


@pytest.mark.parametrize(
    "field",
    [b"/FT/Tx/V(Okonkwo)/F 2", b"/FT/Tx/V(Okonkwo)/F 32", b"/FT/Tx/V(Okonkwo)/DA(/Helv 12 Tf 1 g)"],
    ids=["hidden", "not viewed", "white"],
)
def test_what_a_field_does_not_show_is_not_drawn(field: bytes) -> None:
    assert ink_of(drawn(field_pdf(field))) == 0


def test_appearance_that_is_there_stays() -> None:
    other = appearance(b"0 g 20 20 40 20 re f")
    page = drawn(field_pdf(b"/FT/Tx/V(Okonkwo)/AP<</N 6 0 R>>", other))
    assert ink_of(page) == 40 * 20


STATES = b"/AP<</N<</Yes 6 0 R/Off 7 0 R>>>>"


@pytest.mark.parametrize(
    ("field", "need"),
    [
        (b"/FT/Btn/V/Yes/AS/Yes" + STATES, b""),
        (b"/FT/Btn/V/Yes" + STATES, b""),
        (b"/FT/Btn/V/Yes/AS/Off" + STATES, b""),
        (b"/FT/Btn/V/Yes/AS/Off" + STATES, NEED),
        (b"/FT/Btn/V/Yes/AS/Yes", NEED),
        (b"/FT/Btn/V/Yes", NEED),
        (b"/FT/Btn/V/Yes", b""),
    ],
    ids=[
        "whole",
        "no state",
        "stale",
        "stale, needed",
        "no look",
        "value alone",
        "not even needed",
    ],
)
def test_ticked_box_is_drawn_and_told(field: bytes, need: bytes) -> None:
    page = drawn(field_pdf(field, BLACK, NOTHING, acro_form=need))
    assert ink_of(page) > 50
    [tick] = page.ticks
    assert tick == pytest.approx(FIELD, abs=1)


@pytest.mark.parametrize(
    "field",
    [b"/FT/Btn/V/Off/AS/Off" + STATES, b"/FT/Btn" + STATES, b"/FT/Btn", b"/FT/Btn/V/No" + STATES],
    ids=["off", "no value", "nothing", "another value"],
)
def test_box_that_is_not_ticked_is_not_told(field: bytes) -> None:
    assert drawn(field_pdf(field, BLACK, NOTHING, acro_form=NEED)).ticks == ()


@pytest.mark.parametrize(
    ("boxes", "others", "need"),
    [
        ([b"/AS/Off/AP<</N<</a 8 0 R>>>>", b"/AS/b/AP<</N<</b 8 0 R>>>>"], [BLACK], False),
        ([b"/AP<</N<</a 8 0 R>>>>", b"/AP<</N<</b 8 0 R>>>>"], [BLACK], False),
        ([b"/AS/Off/AP<</N<</a 8 0 R>>>>", b"/AS/Off/AP<</N<</b 8 0 R>>>>"], [BLACK], True),
        ([b"/AS/Off", b"/AS/b"], [], True),
    ],
    ids=["whole", "no states", "stale", "no look"],
)
@pytest.mark.parametrize("kind", [b"/Ff 49152", b""], ids=["radio buttons", "check boxes"])
def test_chosen_one_of_several_boxes_is_told(
    boxes: list[bytes], others: list[bytes], need: bool, kind: bytes
) -> None:
    page = drawn(choice_pdf(kind + b"/V/b", boxes, *others, need=need))
    [tick] = page.ticks
    assert tick == pytest.approx((70, 20, 120, 80), abs=1)
    assert ink_of(page, (70, 20, 120, 80)) > 50


def test_tick_on_a_turned_page_is_told_where_it_is_drawn() -> None:
    data = field_pdf(b"/FT/Btn/V/Yes/AS/Yes/Rect[20 20 60 40]" + STATES, BLACK, NOTHING)
    page = drawn(data.replace(b"/MediaBox[0 0 200 100]", b"/MediaBox[0 0 200 100]/Rotate 90"))
    [tick] = page.ticks
    assert page.image.size == (100, 200)
    assert tick == pytest.approx((20, 20, 40, 60), abs=1)
    assert ink_of(page, (20, 20, 40, 60)) == ink_of(page, (0, 0, 100, 200)) > 700


@pytest.mark.parametrize(
    "field",
    [
        b"/FT/Btn/V/Yes/AS/Yes/Rect[500 500 520 520]",
        b"/FT/Btn/V/Yes/AS/Yes/Rect[20 20 20 20]",
        b"/FT/Btn/V/Yes/AS/Yes/AP<</N<</Yes 7 0 R>>>>",
        b"/FT/Btn/V/Yes/AS/Yes/F 2" + STATES,
    ],
    ids=["off the page", "of no size", "draws nothing", "hidden"],
)
def test_tick_that_nobody_sees_is_not_told(field: bytes) -> None:
    # The last of two entries of one name counts.
    assert drawn(field_pdf(field, BLACK, NOTHING)).ticks == ()


@pytest.mark.parametrize(
    ("annotation", "configuration", "is_shown"),
    [
        (b"/FT/Tx/V(Okonkwo)/OC 6 0 R", b"/OFF[6 0 R]", False),
        (b"/FT/Tx/V(Okonkwo)/OC 6 0 R", b"/BaseState/OFF", False),
        (b"/FT/Tx/V(Okonkwo)/OC 6 0 R", b"/ON[6 0 R]", True),
        (b"/FT/Tx/V(Okonkwo)/OC 6 0 R", b"/BaseState/OFF/ON[6 0 R]", True),
        (b"/FT/Tx/V(Okonkwo)/OC 7 0 R", b"/OFF[6 0 R]", True),
        (b"/FT/Tx/V(Okonkwo)/OC 7 0 R", b"/ON[6 0 R]", False),
        (b"/FT/Btn/V/Yes/AS/Yes/OC 6 0 R", b"/OFF[6 0 R]", False),
        (b"/FT/Btn/V/Yes/AS/Yes/OC 6 0 R", b"", True),
    ],
)
def test_fields_on_hidden_layers_are_not_drawn(
    annotation: bytes, configuration: bytes, is_shown: bool
) -> None:
    page = drawn(layered(annotation, configuration))
    assert (ink_of(page) > 50) is is_shown
    assert bool(page.ticks) is (is_shown and b"/Btn" in annotation)


@pytest.mark.parametrize(("configuration", "dark"), [(b"/OFF[5 0 R]", 0), (b"/ON[5 0 R]", 5000)])
def test_hidden_layers_of_a_page_are_not_drawn(configuration: bytes, dark: int) -> None:
    data = drawn_pdf(
        b"/OC /L BDC 0 0 100 50 re f EMC",
        b"<</Type/OCG/Name(a)>>",
        resources=b"/Properties<</L 5 0 R>>",
    )
    properties = b"/OCProperties<</OCGs[5 0 R]/D<<%b>>>>/Pages 2 0 R>>" % configuration
    page = drawn(data.replace(b"/Pages 2 0 R>>", properties, 1))
    assert ink_of(page, (0, 0, 200, 100)) == dark


WAIT = (
    b"Please wait... If this message is not eventually replaced by the proper contents of the "
    b"document, your PDF viewer may not be able to display this type of document."
)


@pytest.mark.parametrize(
    ("text", "rendered_elsewhere"),
    [
        (WAIT, True),
        (WAIT, False),
        (b"Bitte warten ...", True),
        (b"www.adobe.com/go/reader_download", False),
    ],
)
def test_placeholder_of_an_xfa_form_is_named(text: bytes, rendered_elsewhere: bool) -> None:
    with pytest.raises(DocumentError, match="got an XFA form") as caught:
        drawn(xfa_pdf(text, rendered_elsewhere=rendered_elsewhere))
    assert caught.value.outcome is Outcome.BAD_INPUT


def test_xfa_form_that_shows_its_fields_is_read_and_one_that_may_not_is_noted() -> None:
    whole = xfa_pdf(b"Surname:", rendered_elsewhere=True, fields=b"5 0 R")
    flat = xfa_pdf(b"Surname: Okonkwo", rendered_elsewhere=False)
    for data, notes in ((whole, 0), (flat, 1)):
        with closing(open_document(data, Limits())) as source:
            assert (source.read(1).image.width, len(source.notes)) == (1700, notes)


@pytest.mark.parametrize(
    ("unit", "size"), [(b"10", (2000, 1000)), (b"2.5", (500, 250)), (b"0", (200, 100))]
)
def test_units_of_a_page_make_it_larger(unit: bytes, size: tuple[int, int]) -> None:
    assert drawn(drawn_pdf(b"", entries=b"/UserUnit " + unit)).image.size == size


@pytest.mark.parametrize(
    ("crop", "size"),
    [
        (b"50 0 150 100", (100, 100)),
        (b"150 100 50 0", (100, 100)),
        (b"-50 -50 500 500", (200, 100)),
        (b"300 300 400 400", (200, 100)),
    ],
    ids=["part", "the other way round", "beyond the page", "off the page"],
)
def test_page_is_as_large_as_what_is_left_of_it(crop: bytes, size: tuple[int, int]) -> None:
    page = drawn(drawn_pdf(b"0 0 200 100 re f", entries=b"/CropBox[%b]" % crop))
    assert page.image.size == size
    assert ink_of(page, (0, 0, *size)) == size[0] * size[1]


def test_pictures_in_jbig2_are_drawn() -> None:
    ink = Image.new("1", (200, 100), 0)
    ink.paste(1, (0, 0, 100, 50))
    page = drawn(jbig2_pdf(ink))
    assert ink_of(page, (0, 0, 200, 100)) == 100 * 50
    assert page.image.getpixel((10, 10)) == (0, 0, 0)


def test_page_too_large_is_drawn_at_the_resolution_that_fits() -> None:
    with closing(open_document(drawn_pdf(b""), Limits(max_page_pixels=20_000))) as source:
        page = source.read(1)
        assert source.pixels(1) == page.image.width * page.image.height
    # 200 x 100 points at 200 dpi are 556 x 278: every side by 0.36
    assert 19_000 < page.image.width * page.image.height <= 20_000
    assert page.notes == (
        "page 1 drawn at 72 dpi instead of 200, as much as max_page_pixels allows",
    )


def test_page_larger_than_any_sheet_is_too_large() -> None:
    with pytest.raises(DocumentError, match="raise max_page_pixels") as caught:
        drawn(drawn_pdf(b"", box=b"0 0 2000000 2000000"))
    assert caught.value.outcome is Outcome.TOO_LARGE


def test_attached_files_are_noted() -> None:
    names = b"/Names<</EmbeddedFiles<</Names[(a.txt)5 0 R]>>>>/Pages 2 0 R>>"
    attached = b"<</Type/Filespec/F(a.txt)/EF<</F 6 0 R>>>>"
    data = drawn_pdf(b"", attached, stream(b"text", b"/Type/EmbeddedFile"))
    with closing(open_document(data.replace(b"/Pages 2 0 R>>", names, 1), Limits())) as source:
        assert source.notes == ("1 attached file of the PDF not read",)
