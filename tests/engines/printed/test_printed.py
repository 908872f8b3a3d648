"""Words of digital PDFs: those of their text where the picture bears it out, else its pixels."""

from __future__ import annotations

from contextlib import closing

import mlflow
import pytest

from ocr_model.documents import Limits, open_document
from ocr_model.engines.words import notes_of, pen_for, quality_of, read_words
from ocr_model.ocr import Reading, WordReader
from ocr_model.schema import Page
from scripts.workshop.drawn_files import stream
from scripts.workshop.drawn_pdf_forms import field_pdf
from tests.support.printed_pdfs import (
    FORM,
    FORM_WORDS,
    embedded_pdf,
    picture,
    shifted_map,
    text_pdf,
    written,
)


@pytest.fixture(scope="module")
def reader() -> WordReader:
    return WordReader()


@pytest.fixture(autouse=True)
def _no_tracing() -> None:
    mlflow.tracing.disable()


def page_of(data: bytes) -> Page:
    with closing(open_document(data, Limits(read_text=True))) as source:
        return source.read(1)


def read(reader: WordReader, data: bytes) -> tuple[Reading, list[str]]:
    """The reading, and its words from the top down, each line from left to right."""
    reading = read_words(reader, page_of(data))
    words = sorted(reading.words, key=lambda word: (round(word.box.bottom / 60), word.box.left))
    return reading, [word.text for word in words]


def test_digital_form_is_read_by_its_text(reader: WordReader) -> None:
    reading, words = read(reader, text_pdf())
    assert (reading.text_source, words, reading.notes) == ("pdf", FORM_WORDS, ())
    surname = next(word for word in reading.words if word.text == "Surname:")
    # Where it is drawn, 20 points from the left at 200 dpi, with a little room.
    assert surname.box.left == pytest.approx(20 * 200 / 72, abs=4)
    assert surname.box.top < (200 - 169) * 200 / 72 < (200 - 160) * 200 / 72 < surname.box.bottom
    assert surname.confidence == 0.99


def test_lines_and_boxes_need_no_ocr(reader: WordReader) -> None:
    ruled = (
        FORM
        + b"0.8 w 20 150 m 380 150 l S 20 20 360 170 re S 300 60 10 10 re S 0.9 g 20 60 100 30 re f"
    )
    reading, words = read(reader, text_pdf(ruled))
    assert (reading.text_source, words) == ("pdf", FORM_WORDS)


def test_dots_and_lines_to_write_on_are_no_words(reader: WordReader) -> None:
    content = (
        FORM + b"BT /F 12 Tf 20 80 Td (City: ______________) Tj 0 -30 Td (Phone.........) Tj ET"
    )
    _, words = read(reader, text_pdf(content))
    assert words == [*FORM_WORDS, "City:", "Phone"]


SCAN = written([(40, 40, "Surname:"), (300, 40, "Okonkwo"), (40, 200, "City:"), (300, 200, "Ulm")])
SCAN_WORDS = ["Surname:", "Okonkwo", "City:", "Ulm"]
SHOW = b"q 400 0 0 200 0 0 cm /X Do Q "
LIES = b"BT /F 16 Tf %b 20 160 Td (Forename:) Tj 120 0 Td (Wrongly) Tj ET "


@pytest.mark.parametrize(
    ("content", "notes"),
    [
        (SHOW + LIES % b"3 Tr", ()),
        (LIES % b"0 Tr" + SHOW, ("16 characters of the PDF that nobody can see left out",)),
    ],
    ids=["invisible over it", "under it"],
)
def test_scan_with_a_text_layer_is_read_from_its_pixels(
    reader: WordReader, content: bytes, notes: tuple[str, ...]
) -> None:
    data = text_pdf(content, picture(SCAN), resources=b"/XObject<</X 5 0 R>>")
    reading, words = read(reader, data)
    assert (reading.text_source, words, reading.notes) == ("pixels", SCAN_WORDS, notes)


def test_text_that_is_not_what_is_seen_falls_back_and_says_so(reader: WordReader) -> None:
    reading, words = read(reader, text_pdf(FORM, shifted_map(1), font=b"/ToUnicode 5 0 R"))
    assert (reading.text_source, words) == ("pixels", FORM_WORDS)
    assert notes_of(reading, 3) == (
        "page 3: the text of the PDF is not what is seen, so it was read from the pixels",
    )


def test_font_that_does_not_say_what_it_means_is_read_from_the_pixels(reader: WordReader) -> None:
    texts = [(20, 160, "Surname:"), (140, 160, "Okonkwo")]
    told = embedded_pdf(texts)
    assert read(reader, told)[0].text_source == "pdf"
    reading, words = read(reader, told.replace(b"/ToUnicode", b"/NoUnicode"))
    assert (reading.text_source, words) == ("pixels", ["Surname:", "Okonkwo"])


HIDDEN = b"BT /F 12 Tf 20 80 Td (Ignore all that) Tj ET "


@pytest.mark.parametrize(
    "content",
    [
        FORM + b"1 g " + HIDDEN,
        FORM + b"0.98 g " + HIDDEN,
        FORM + HIDDEN + b"1 g 0 70 400 30 re f",
        FORM + b"q 0 0 10 10 re W n " + HIDDEN + b"Q",
        FORM + HIDDEN.replace(b"20 80", b"20 -80"),
        FORM + HIDDEN.replace(b"20 80", b"620 80"),
        FORM + HIDDEN.replace(b"BT", b"BT 3 Tr"),
        FORM + b"/OC /L BDC " + HIDDEN + b"EMC",
    ],
    ids=["white", "nearly white", "covered", "clipped", "below", "beside", "invisible", "layer"],
)
def test_text_that_nobody_sees_is_never_read(reader: WordReader, content: bytes) -> None:
    data = text_pdf(
        content, b"<</Type/OCG/Name(a)>>", resources=b"/Properties<</L 5 0 R>>"
    ).replace(b"/Pages 2 0 R>>", b"/OCProperties<</OCGs[5 0 R]/D<</OFF[5 0 R]>>>>/Pages 2 0 R>>", 1)
    reading, words = read(reader, data)
    assert (reading.text_source, words) == ("pdf", FORM_WORDS)


def test_text_outside_the_crop_is_never_read_and_the_rest_keeps_its_place(
    reader: WordReader,
) -> None:
    reading, words = read(reader, text_pdf(FORM + HIDDEN, entries=b"/CropBox[10 100 400 200]"))
    assert (reading.text_source, words) == ("pdf", FORM_WORDS)
    left = min(word.box.left for word in reading.words)
    assert left == pytest.approx(10 * 200 / 72, abs=4)


@pytest.mark.parametrize(
    "content",
    [
        FORM + b"q 0 84 400 100 re W n " + HIDDEN + b"Q",
        FORM + HIDDEN.replace(b"20 80", b"20 -4"),
        FORM + HIDDEN + b"1 g 60 70 10 30 re f",
    ],
    ids=["clipped", "at the edge", "covered"],
)
def test_text_that_is_seen_in_part_is_read_from_the_pixels(
    reader: WordReader, content: bytes
) -> None:
    reading, words = read(reader, text_pdf(content))
    assert reading.text_source == "pixels"
    assert words[:6] == FORM_WORDS
    assert reading.notes[0].startswith("text of the PDF can be seen in part only")


def test_other_text_in_the_same_place_is_read_from_the_pixels(reader: WordReader) -> None:
    """As a redaction leaves it: what was there, a bar over it, and something else."""
    over = b"1 g 135 150 100 25 re f 0 g BT /F 12 Tf 140 160 Td (Lindqvi) Tj ET"
    reading, words = read(reader, text_pdf(FORM + over))
    assert reading.text_source == "pixels"
    assert words == ["Surname:", "Lindqvi", *FORM_WORDS[2:]]


TURNED = {
    90: (b"0 1 -1 0", (240, 20), (240, 140)),
    180: (b"-1 0 0 -1", (380, 40), (260, 40)),
    270: (b"0 -1 1 0", (160, 180), (160, 60)),
}


@pytest.mark.parametrize("turn", [90, 180, 270])
def test_turned_page_is_read_as_it_is_shown(reader: WordReader, turn: int) -> None:
    matrix, label, answer = TURNED[turn]
    content = b"BT /F 12 Tf %b %d %d Tm (Surname:) Tj ET BT /F 12 Tf %b %d %d Tm (Okonkwo) Tj ET"
    data = text_pdf(content % (matrix, *label, matrix, *answer), entries=b"/Rotate %d" % turn)
    reading, words = read(reader, data)
    assert (reading.text_source, words) == ("pdf", ["Surname:", "Okonkwo"])


def test_text_that_runs_up_the_page_is_read_from_the_pixels(reader: WordReader) -> None:
    page = page_of(text_pdf(entries=b"/Rotate 90"))
    assert page.printed is None
    reading, _ = read(reader, text_pdf(entries=b"/Rotate 90"))
    assert reading.text_source == "pixels"
    assert reading.turn_deg == 270


def test_units_of_a_page_make_its_text_larger(reader: WordReader) -> None:
    plain, _ = read(reader, text_pdf())
    reading, words = read(reader, text_pdf(entries=b"/UserUnit 2"))
    assert (reading.text_source, words) == ("pdf", FORM_WORDS)
    assert reading.words[0].box.right == pytest.approx(2 * plain.words[0].box.right, abs=3)


FONTS = b"/Resources<</Font<</Helv 4 0 R>>>>"


def filled_pdf(entries: bytes, *others: bytes) -> bytes:
    """A form with a label and one field beside it; `others` are the objects from 7 on."""
    label = stream(b"BT /Helv 12 Tf 10 50 Td (Surname:) Tj ET")
    size = b"/MediaBox[0 0 200 100]"
    data = field_pdf(entries + b"/Rect[80 40 180 70]", label, *others)
    return data.replace(size, size + b"/Contents 6 0 R" + FONTS)


@pytest.mark.parametrize("value", ["Okonkwo", "Il0O-1lI"])
def test_value_of_a_field_is_right_to_the_letter(reader: WordReader, value: str) -> None:
    reading, words = read(reader, filled_pdf(b"/FT/Tx/V(%b)" % value.encode()))
    assert (reading.text_source, words) == ("pdf", ["Surname:", value])


def test_of_a_field_that_shows_another_value_what_is_seen_counts(reader: WordReader) -> None:
    content = b"BT /Helv 12 Tf 4 10 Td (Lindqvist) Tj ET"
    shown = stream(content, b"/Type/XObject/Subtype/Form/BBox[0 0 100 30]" + FONTS)
    reading, words = read(reader, filled_pdf(b"/FT/Tx/V(Okonkwo)/AP<</N 7 0 R>>", shown))
    assert (reading.text_source, words) == ("pdf", ["Surname:", "Lindqvist"])


def test_button_of_a_list_is_no_word(reader: WordReader) -> None:
    _, words = read(reader, filled_pdf(b"/FT/Ch/Ff 131072/Opt[(Ulm)(Okonkwo)]/V(Okonkwo)"))
    assert words == ["Surname:", "Okonkwo"]


@pytest.mark.parametrize("entries", [b"/DA(/Helv 12 Tf 1 g)", b"/F 34"], ids=["white", "no view"])
def test_value_that_nobody_sees_is_never_read(reader: WordReader, entries: bytes) -> None:
    assert read(reader, filled_pdf(b"/FT/Tx/V(Okonkwo)" + entries))[1] == ["Surname:"]


def test_a_page_with_filled_fields_can_be_drawn_again() -> None:
    with closing(open_document(filled_pdf(b"/FT/Tx/V(Okonkwo)"), Limits(read_text=True))) as source:
        first, second = source.read(1), source.read(1)
    assert first.image == second.image
    assert first.printed is not None
    assert second.printed is not None
    assert first.printed.characters == second.printed.characters


def test_handwriting_in_a_picture_is_read_beside_the_text(reader: WordReader) -> None:
    note = written([(60, 260, "see overleaf")], 48)
    content = b"q 400 0 0 200 0 0 cm /X Do Q " + FORM
    data = text_pdf(content, picture(note), resources=b"/XObject<</X 5 0 R>>")
    reading, words = read(reader, data)
    assert reading.text_source == "mixed"
    assert words == [*FORM_WORDS, "see", "overleaf"]
    quality = quality_of(reading, pen_for(reading), 1)
    assert (quality.text_source, quality.skew_deg, quality.unsure_share) == ("mixed", 0, 0)
    assert reading.image.size == page_of(data).image.size


def test_ligatures_and_accents_are_right_to_the_letter(reader: WordReader) -> None:
    texts = [(20, 160, "O\ufb03ce:"), (140, 160, "Łódź Geschäft"), (20, 120, "Profit \ufb01nal")]
    reading, words = read(reader, embedded_pdf(texts))
    assert (reading.text_source, words) == (
        "pdf",
        ["Office:", "Łódź", "Geschäft", "Profit", "final"],
    )
    reading, words = read(reader, text_pdf(FORM.replace(b"Okonkwo", b"Lef\350vre \374ber")))
    assert (reading.text_source, words[1:3]) == ("pdf", ["Lefèvre", "über"])


def test_other_scripts_are_left_to_the_pixels(reader: WordReader) -> None:
    texts = [(20, 160, "Surname:"), (140, 160, "שלום עולם"), (20, 100, "City: Ulm")]
    reading, words = read(reader, embedded_pdf(texts))
    assert reading.text_source == "pixels"
    assert not any("\u0590" <= sign <= "\u05ff" for word in words for sign in word)
    assert {"Surname:", "City:", "Ulm"} <= set(words)


def test_text_too_small_for_people_is_no_text(reader: WordReader) -> None:
    tiny = b"BT /F 1 Tf 20 80 Td (Ignore all that) Tj ET"
    _, words = read(reader, text_pdf(FORM + tiny))
    assert "Ignore" not in words
    assert words[:6] == FORM_WORDS


@pytest.mark.parametrize("shift", [b"0", b"0.3"])
def test_bold_print_by_striking_twice_is_read_once(reader: WordReader, shift: bytes) -> None:
    again = FORM.replace(b"20 160", b"20%b 160" % shift[1:])
    reading, words = read(reader, text_pdf(FORM + again))
    assert (reading.text_source, words) == ("pdf", FORM_WORDS)


def test_another_text_given_for_what_is_drawn_is_not_believed(reader: WordReader) -> None:
    lie = FORM.replace(b"(Okonkwo) Tj", b"/Span <</ActualText (Lindqvist)>> BDC (Okonkwo) Tj EMC")
    _, words = read(reader, text_pdf(lie))
    assert words == FORM_WORDS


def test_a_page_of_more_text_than_pages_have_is_not_asked_for_it() -> None:
    line = b"BT /F 8 Tf 20 %d Td (" + b"abcdefgh" * 20 + b") Tj ET "
    assert page_of(text_pdf(line % 9)).printed is not None
    assert page_of(text_pdf(b"".join(line % y for y in range(0, 1300, 10)))).printed is None


def test_without_being_asked_a_page_comes_without_its_text() -> None:
    with closing(open_document(text_pdf(), Limits())) as source:
        assert source.read(1).printed is None
