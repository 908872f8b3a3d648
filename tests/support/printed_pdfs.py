"""PDFs that draw text, and say of it what is so or what is not."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path

import matplotlib
import numpy as np
import pypdfium2
import pypdfium2.raw as pdfium
from PIL import Image, ImageDraw, ImageFont

from scripts.workshop.drawn_files import drawn_pdf, stream

BOX = b"0 0 400 200"
FONT_FILE = Path(matplotlib.get_data_path()) / "fonts/ttf/DejaVuSans.ttf"
HELVETICA = b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding%b>>"
# Label and answer on two lines.
FORM = (
    b"BT /F 12 Tf 20 160 Td (Surname:) Tj 120 0 Td (Okonkwo) Tj "
    b"-120 -40 Td (Date of birth:) Tj 120 0 Td (14.03.1978) Tj ET "
)
FORM_WORDS = ["Surname:", "Okonkwo", "Date", "of", "birth:", "14.03.1978"]


def text_pdf(
    content: bytes = FORM,
    *others: bytes,
    font: bytes = b"",
    box: bytes = BOX,
    entries: bytes = b"",
    resources: bytes = b"",
) -> bytes:
    """A page of 400 x 200 points with Helvetica as /F; `others` are the objects from 5 on."""
    fonts = b"/Font<</F %b>>" % (HELVETICA % font)
    return drawn_pdf(content, *others, box=box, entries=entries, resources=fonts + resources)


def shifted_map(shift: int) -> bytes:
    """A ToUnicode map that says each letter is the one so many places on."""
    ranges = b"<21> <7a> <%04x>" % (0x21 + shift)
    return stream(
        b"/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /A def "
        b"/CMapType 2 def 1 begincodespacerange <00> <ff> endcodespacerange "
        b"1 beginbfrange " + ranges + b" endbfrange endcmap end end"
    )


def written(texts: Sequence[tuple[int, int, str]], size: int = 40) -> Image.Image:
    """A picture of 800 x 400 px with texts on it."""
    image = Image.new("RGB", (800, 400), "white")
    font = ImageFont.truetype(str(FONT_FILE), size)
    for x, y, text in texts:
        ImageDraw.Draw(image).text((x, y), text, "black", font)
    return image


def picture(image: Image.Image) -> bytes:
    """As an object of a PDF."""
    entries = b"/Type/XObject/Subtype/Image/Width %d/Height %d/ColorSpace/DeviceRGB" % image.size
    return stream(image.tobytes(), entries + b"/BitsPerComponent 8")


def embedded_pdf(texts: Sequence[tuple[int, int, str]], size: float = 12.0) -> bytes:
    """The same page with an embedded TrueType font, as word processors make them."""
    document = pypdfium2.PdfDocument.new()
    page = document.new_page(400, 200)
    data = FONT_FILE.read_bytes()
    buffer = (pdfium.c_uint8 * len(data)).from_buffer_copy(data)
    font = pdfium.FPDFText_LoadFont(document, buffer, len(data), pdfium.FPDF_FONT_TRUETYPE, True)
    for x, y, text in texts:
        letters = pdfium.FPDFPageObj_CreateTextObj(document, font, size)
        units = np.frombuffer((text + "\0").encode("utf-16-le"), np.uint16)
        pdfium.FPDFText_SetText(letters, units.ctypes.data_as(pdfium.FPDF_WIDESTRING))
        pdfium.FPDFPageObj_Transform(letters, 1, 0, 0, 1, x, y)
        pdfium.FPDFPage_InsertObject(page, letters)
    pdfium.FPDFPage_GenerateContent(page)
    saved = io.BytesIO()
    document.save(saved)
    return saved.getvalue()
