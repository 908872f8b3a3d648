"""PDFs with fields, layers, XFA and JBIG2, written by hand."""

from __future__ import annotations

import io
from collections.abc import Sequence

from PIL import Image, TiffImagePlugin

from scripts.workshop.drawn_files import drawn_pdf, encoded, pdf_bytes, stream

HELVETICA = b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>"
_WIDGET = b"<</Type/Annot/Subtype/Widget/T(a)/F 4/Rect[20 20 180 80]%b>>"
_KID = b"<</Type/Annot/Subtype/Widget/Parent 5 0 R/F 4/Rect[%d 20 %d 80]%b>>"


def appearance(content: bytes) -> bytes:
    return stream(content, b"/Type/XObject/Subtype/Form/BBox[0 0 160 60]")


BLACK, NOTHING = appearance(b"0 g 0 0 160 60 re f"), appearance(b"")


def field_pdf(field: bytes, *others: bytes, acro_form: bytes = b"", catalog: bytes = b"") -> bytes:
    """A page of 200 x 100 points with one field on it; `others` are the objects from 6 on."""
    return _form([_WIDGET % field], others, b"5 0 R", b"5 0 R", acro_form, catalog)


def choice_pdf(field: bytes, boxes: Sequence[bytes], *others: bytes, need: bool = False) -> bytes:
    """A field whose boxes stand in a row, 60 points each; they are objects 6 and on."""
    kids = b" ".join(b"%d 0 R" % (6 + n) for n in range(len(boxes)))
    parent = b"<</FT/Btn/T(r)/Kids[%b]%b>>" % (kids, field)
    drawn = [_KID % (10 + 60 * n, 60 + 60 * n, box) for n, box in enumerate(boxes)]
    needed = b"/NeedAppearances true" if need else b""
    return _form([parent, *drawn], others, b"5 0 R", kids, needed)


def _form(
    fields: Sequence[bytes],
    others: Sequence[bytes],
    roots: bytes,
    annotations: bytes,
    acro_form: bytes = b"",
    catalog: bytes = b"",
) -> bytes:
    form = b"<</Fields[%b]/DA(/Helv 12 Tf 0 g)/DR<</Font<</Helv 4 0 R>>>>%b>>" % (roots, acro_form)
    page = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 100]/Annots[%b]>>" % annotations
    return pdf_bytes(
        [
            b"<</Type/Catalog/Pages 2 0 R/AcroForm %b%b>>" % (form, catalog),
            b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
            page,
            HELVETICA,
            *fields,
            *others,
        ]
    )


def xfa_pdf(text: bytes, *, rendered_elsewhere: bool, fields: bytes = b"") -> bytes:
    """A page that says `text` beside an XFA form."""
    data = drawn_pdf(
        b"BT /F 12 Tf 20 700 Td (%b) Tj ET" % text,
        b"<</Type/Annot/Subtype/Widget/FT/Tx/T(a)/V(Ann)/F 4/Rect[20 20 180 80]>>",
        stream(b"<xdp:xdp xmlns:xdp='http://ns.adobe.com/xdp/'/>"),
        box=b"0 0 612 792",
        entries=b"/Annots[%b]" % fields,
        resources=b"/Font<</F %b>>" % HELVETICA,
    )
    needs = b"/NeedsRendering true" if rendered_elsewhere else b""
    catalog = b"<</Type/Catalog/AcroForm<</Fields[%b]/XFA 6 0 R>>%b/Pages 2 0 R>>" % (fields, needs)
    # The cross-references are off by as much, which readers repair.
    return data.replace(b"<</Type/Catalog/Pages 2 0 R>>", catalog)


def layered(annotation: bytes, configuration: bytes) -> bytes:
    """A field on the layer that is object 6, or on 7: where all of it is off."""
    properties = b"/OCProperties<</OCGs[6 0 R]/D<<%b>>>>" % configuration
    group = b"<</Type/OCG/Name(a)>>"
    return field_pdf(annotation, group, b"<</Type/OCMD/OCGs[6 0 R]/P/AllOff>>", catalog=properties)


def jbig2_pdf(image: Image.Image) -> bytes:
    """A page of 200 x 100 points that is a picture in JBIG2."""
    entries = (
        b"/Type/XObject/Subtype/Image/Width %d/Height %d/ColorSpace/DeviceGray"
        b"/BitsPerComponent 1/Filter/JBIG2Decode" % image.size
    )
    picture = stream(_jbig2(image), entries)
    return drawn_pdf(b"200 0 0 100 0 0 cm /X Do", picture, resources=b"/XObject<</X 5 0 R>>")


def _jbig2(image: Image.Image) -> bytes:
    """White is ink: a page of one region, coded as faxes are, which JBIG2 allows."""
    tiff = encoded(image, "TIFF", compression="group4", tiffinfo={278: image.height})
    with TiffImagePlugin.TiffImageFile(io.BytesIO(tiff)) as read:
        start, length = read.tag_v2[273][0], read.tag_v2[279][0]
    sides = b"".join(side.to_bytes(4, "big") for side in image.size)
    page = sides + bytes(11)
    region = sides + bytes(9) + b"\1" + tiff[start : start + length]
    segments = [(0, 48, page), (1, 38, region)]
    return b"".join(
        number.to_bytes(4, "big") + bytes([kind, 0, 1]) + len(body).to_bytes(4, "big") + body
        for number, kind, body in segments
    )
