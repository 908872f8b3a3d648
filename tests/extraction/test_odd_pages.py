"""Pages as real senders send them, from bytes to pairs: five of each kind, drawn here."""

from __future__ import annotations

import io
from collections.abc import Iterator

import mlflow
import pytest
from PIL import Image, ImageDraw, ImageFont

from ocr_model.config import parse_config
from ocr_model.extraction import Document, Extractor
from ocr_model.fields import fields_setting, parse_fields
from ocr_model.prompts import Message, PinnedPrompt
from ocr_model.schema import Extraction, Outcome
from scripts.workshop.drawn_files import encoded, frames_tiff
from tests.support.odd_forms import FORMS, OddForm, quick_first

PROMPT = PinnedPrompt("prompts:/test/1", (Message(role="system", content="Read."),))


@pytest.fixture(autouse=True)
def _no_tracing() -> Iterator[None]:
    mlflow.tracing.disable()
    yield
    mlflow.tracing.reset()  # type: ignore[no-untyped-call]


@pytest.fixture(scope="module")
def extractor() -> Extractor:
    return Extractor(parse_config({"prompt_uri": PROMPT.uri}), PROMPT)


def pairs_of(row: Extraction) -> list[tuple[str, str | None]]:
    return [(answer.question, answer.answer) for answer in row.answers]


def read(extractor: Extractor, data: bytes) -> Extraction:
    row = extractor.extract(Document(data))
    assert row.outcome is Outcome.OK, row.error
    return row


# -- very tall, very wide -----------------------------------------------------------------------

# Width and height of the page, height of a letter, lines, currency.
RECEIPTS = {
    "till": ((600, 8000), 26, 140, ""),
    "narrow": ((380, 6000), 22, 110, ""),
    "wide till": ((900, 7200), 34, 90, " EUR"),
    "long": ((500, 12_000), 24, 160, ""),
    "mono": ((700, 5600), 28, 80, ""),
}
GOODS = (
    *("Apples", "Basil", "Candles", "Dates", "Eggs", "Flour", "Grapes", "Honey", "Juice"),
    *("Lemons", "Mustard", "Noodles", "Onions", "Pepper", "Quinoa", "Rice", "Sugar", "Towels"),
)


@pytest.mark.parametrize(
    ("name", "image_format"),
    quick_first([(name, "PNG") for name in RECEIPTS] + [("till", "PDF")], 0),
)
def test_every_line_of_a_receipt_is_a_pair(
    extractor: Extractor, name: str, image_format: str
) -> None:
    size, em, count, currency = RECEIPTS[name]
    receipt = Image.new("RGB", size, "white")
    form = FORMS["repair" if name == "mono" else "tenant"]
    pen, font = ImageDraw.Draw(receipt), form.font(em / form.em)
    step = (size[1] - 60) // count
    wanted = []
    for n in range(count):
        label = f"{GOODS[n % len(GOODS)]} {'ABCDEFGHIJ'[n // len(GOODS)]}:"
        wanted.append((label, f"{n * 1.37 + 2.05:.2f}{currency}"))
        pen.text((30, 30 + step * n), " ".join(wanted[-1]), "black", font)
    found = pairs_of(read(extractor, encoded(receipt, image_format)))
    missed = [pair for pair in wanted if pair not in found]
    assert len(missed) <= count // 75, missed
    assert len(found) <= count + 2


BANNERS = {
    "one line": ((6000, 110), 1),
    "two lines": ((4200, 190), 2),
    "thin": ((8000, 64), 1),
    "three lines": ((3600, 270), 3),
    "large": ((9000, 300), 1),
}


@pytest.mark.parametrize(("name", "form"), quick_first(list(zip(BANNERS, FORMS, strict=True)), 0))
def test_every_field_of_a_banner_is_a_pair(extractor: Extractor, name: str, form: str) -> None:
    size, lines = BANNERS[name]
    pairs = FORMS[form].pairs
    banner = Image.new("RGB", size, "white")
    pen = ImageDraw.Draw(banner)
    em = min(48, round(size[1] / lines * 0.5))
    font = ImageFont.truetype(FORMS[form].font().path, em)
    across = -(-len(pairs) // lines)
    for n, (label, value) in enumerate(pairs):
        x, y = 40 + size[0] / across * (n % across), size[1] / lines * (n // across + 0.2)
        pen.text((x, y), label, "black", font)
        pen.text((x + pen.textlength(label, font) + em, y), value, "black", font)
    assert sorted(pairs_of(read(extractor, encoded(banner, "PNG")))) == sorted(pairs)


@pytest.mark.integration
@pytest.mark.slow
def test_a_scan_of_a0_at_300_dpi_is_read_all_over_the_sheet() -> None:
    settings = {"prompt_uri": PROMPT.uri, "max_page_pixels": 150_000_000}
    page = Image.new("L", (9_933, 14_043), 255)
    pen, font = ImageDraw.Draw(page), ImageFont.load_default(41)
    places = [
        (400 + 2400 * column, 500 + 1320 * row + 80 * line)
        for row in range(10)
        for column in range(4)
        for line in range(3)
    ]
    for number, (left, top) in enumerate(places):
        pen.text((left, top), f"Part {number + 1} no.:", 0, font)
        pen.text((left + 420, top), str(58_000 + 37 * number), 0, font)
    row = Extractor(parse_config(settings), PROMPT).extract(Document(encoded(page, "PNG")))
    boxes = {answer.answer: answer.box for answer in row.answers}
    found = [
        box is not None and abs(box.left - left - 420) < 60 and abs(box.top - top) < 60
        for number, (left, top) in enumerate(places)
        for box in [boxes.get(str(58_000 + 37 * number))]
    ]
    assert sum(found) >= 0.95 * len(places)


# -- pixels that are not square -------------------------------------------------------------------

FAXES = [
    ("tenant", (204, 98), (1.0, 98 / 204)),
    ("parcel", (200, 100), (1.0, 0.5)),
    ("club", (98, 204), (98 / 204, 1.0)),
    ("repair", (204, 98), (1.0, 1.0)),
    ("clinic", (204, 391), (1.0, 1.0)),
    ("clinic", (204, 98), (1.0, 98 / 204)),
]


@pytest.mark.parametrize(("form", "dpi", "squeezed"), quick_first(FAXES, 0))
def test_fax_is_read_whether_it_is_tagged_rightly_or_not(
    extractor: Extractor, form: str, dpi: tuple[int, int], squeezed: tuple[float, float]
) -> None:
    sheet = FORMS[form].draw((1000, 1300)).resize((1728, 2246), Image.Resampling.LANCZOS)
    size = round(1728 * squeezed[0]), round(2246 * squeezed[1])
    fax = sheet.convert("L").resize(size, Image.Resampling.BOX)
    fax = fax.point(lambda grey: 255 * (grey > 150)).convert("1")
    row = read(extractor, encoded(fax, "TIFF", compression="group4", dpi=dpi))
    assert pairs_of(row) == list(FORMS[form].pairs)
    assert any("made square" in note for note in row.notes) is (min(squeezed) < 1)
    for answer in row.answers:
        assert answer.box is not None
        assert answer.box.right <= size[0]
        assert answer.box.bottom <= size[1]


# -- skew -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("form", "slope"),
    quick_first(list(zip(FORMS, (-3.0, 4.5, 10.0, -12.0, 15.0), strict=True)), 1),
)
def test_skewed_form_gives_its_pairs_in_its_own_pixels(
    extractor: Extractor, form: str, slope: float
) -> None:
    straight = FORMS[form].draw()
    skewed = straight.rotate(-slope, Image.Resampling.BICUBIC, expand=True, fillcolor="white")
    row = read(extractor, encoded(skewed, "PNG"))
    assert pairs_of(row) == list(FORMS[form].pairs)
    [note] = [note for note in row.notes if "straightened" in note]
    assert float(note.split()[-2]) == pytest.approx(abs(slope), abs=1.5)
    dark = skewed.convert("L").point(lambda grey: 255 * (grey < 128))
    for answer in row.answers:
        assert answer.box is not None
        assert dark.crop(tuple(map(round, answer.box))).getbbox() is not None


@pytest.mark.parametrize("how", ["half the lines", "turned", "skewed"])
def test_fields_stand_where_the_answers_do(extractor: Extractor, how: str) -> None:
    wanted = parse_fields(
        "fields: [{name: tenant}, {name: flat, labels: [Flat number]},"
        " {name: rent, labels: [Monthly rent], type: currency}]"
    )
    settings = {"prompt_uri": PROMPT.uri, "fields": fields_setting(wanted)}
    with_fields = Extractor(parse_config(settings), PROMPT, fields=wanted.to_plain())
    page = FORMS["tenant"].draw()
    if how == "half the lines":
        page = page.resize((page.width, page.height // 2), Image.Resampling.BOX)
        data = encoded(page, "TIFF", dpi=(204, 98))
    elif how == "turned":
        data = encoded(page.rotate(90, expand=True), "PNG")
    else:
        data = encoded(page.rotate(-6, expand=True, fillcolor="white"), "PNG")
    places = {answer.answer: answer.box for answer in read(extractor, data).answers}
    row = read(with_fields, data)
    assert [field.text for field in row.fields] == ["Marisa Holt", "17 B", "845,00 EUR"]
    assert [field.box for field in row.fields] == [places[field.text] for field in row.fields]
    assert row.fields[2].value == "845.00"


# -- frames that are no pages ---------------------------------------------------------------------


def with_preview(form: OddForm, image_format: str, share: float) -> bytes:
    page = form.draw()
    preview = page.resize((round(page.width * share), round(page.height * share)))
    if image_format == "TIFF":
        return frames_tiff([(preview, {254: 1}), (page, {}), (page.convert("1"), {254: 4})])
    return encoded(page, image_format, save_all=True, append_images=[preview])


@pytest.mark.parametrize(
    ("form", "image_format", "share"),
    quick_first(
        [
            ("tenant", "TIFF", 0.25),
            ("parcel", "MPO", 0.2),
            ("club", "TIFF", 0.5),
            ("repair", "MPO", 1.0),
            ("clinic", "TIFF", 0.1),
        ]
    ),
)
def test_page_with_a_preview_is_read_once(
    extractor: Extractor, form: str, image_format: str, share: float
) -> None:
    row = read(extractor, with_preview(FORMS[form], image_format, share))
    assert pairs_of(row) == list(FORMS[form].pairs)
    assert {answer.page for answer in row.answers} == {2 if image_format == "TIFF" else 1}
    assert any("left out" in note for note in row.notes)


# -- scripts the recogniser was not taught --------------------------------------------------------

SCRIPTS = {
    "Russian": ("Получатель: Анна Берг", "Улица: Садовая 14", "Город: Казань", "Сумма: восемь"),
    "Greek": ("Όνομα: Ελένη Παππά", "Διεύθυνση: Αθήνα", "Ημερομηνία: Μάιος", "Σύνολο: οκτώ"),
    "Ukrainian": ("Прізвище: Шевчук", "Місто: Львів", "Вулиця: Зелена", "Підпис: є"),
    "Armenian": ("Անուն: Արամ", "Քաղաք: Երևան", "Փողոց: Աբովյան", "Գումար: ութ"),
    "Georgian": ("სახელი: ნინო", "ქალაქი: თბილისი", "ქუჩა: რუსთაველი", "თანხა: რვა"),
}


@pytest.mark.parametrize("language", quick_first(list(SCRIPTS)))
def test_page_in_a_script_that_was_not_taught_is_noted_and_reviewed(
    extractor: Extractor, language: str
) -> None:
    page = Image.new("RGB", (800, 460), "white")
    for n, line in enumerate(SCRIPTS[language]):
        ImageDraw.Draw(page).text((50, 50 + 95 * n), line, "black", FORMS["tenant"].font())
    data = io.BytesIO()
    page.save(data, "PNG")
    row = extractor.extract(Document(data.getvalue()))
    assert row.doubtful
    assert any("a script that the OCR does not know" in note for note in row.notes)
