"""PDFs with fields, layers and XFA, written by hand."""

from __future__ import annotations

from collections.abc import Sequence

from tests.support.files import drawn_pdf, pdf_bytes, stream

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
