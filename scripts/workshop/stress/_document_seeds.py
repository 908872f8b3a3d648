"""Small documents of every format and kind: a few kB at most, so that accidents hit something."""

from __future__ import annotations

from itertools import product

import numpy as np
from PIL import Image, ImageDraw

from scripts.workshop.drawn_files import (
    drawn_pdf,
    encoded,
    frames_tiff,
    locked_pdf,
    paged_pdf,
    stream,
    tiff_bytes,
)
from scripts.workshop.drawn_pdf_forms import (
    BLACK,
    NOTHING,
    choice_pdf,
    field_pdf,
    jbig2_pdf,
    layered,
    xfa_pdf,
)

_TALL, _WIDE = (1, 30_000), (30_000, 1)


def seeds() -> dict[str, list[bytes]]:
    """Format -> whole files; of an icon, which is none, that too."""
    page = Image.new("RGB", (120, 90), "white")
    pen = ImageDraw.Draw(page)
    pen.rectangle((10, 10, 60, 40), fill="navy")
    pen.text((10, 60), "Name: Ann Berg", fill="black")
    wide = Image.fromarray(np.arange(120 * 90, dtype=np.uint16).reshape(90, 120))
    lines = [Image.new("L", size, 255) for size in (_TALL, _WIDE)]
    modes = {mode: page.convert(mode) for mode in ("RGB", "RGBA", "CMYK", "P", "L", "1", "F")}
    return {
        "PNG": [
            *(encoded(modes[mode], "PNG") for mode in ("RGB", "RGBA", "P", "L", "1")),
            *(encoded(image, "PNG") for image in (wide, *lines)),
            encoded(page, "PNG", exif=_exif(6), dpi=(204, 98)),
            _several(page, "PNG"),
        ],
        "JPEG": [
            encoded(page, "JPEG", exif=_exif(8), dpi=(200, 200)),
            encoded(page, "JPEG", progressive=True),
            encoded(modes["CMYK"], "JPEG", dpi=(100, 204)),
            encoded(modes["L"], "JPEG", restart_marker_blocks=2),
            *(encoded(image, "JPEG") for image in lines),
            _several(page, "MPO"),
        ],
        "WEBP": [
            encoded(page, "WEBP"),
            encoded(page, "WEBP", lossless=True),
            encoded(modes["RGBA"], "WEBP", lossless=True),
            encoded(lines[0].crop((0, 0, 1, 16_000)), "WEBP"),
            _several(page, "WEBP"),
        ],
        "GIF": [encoded(page, "GIF"), _several(page, "GIF"), encoded(lines[0], "GIF")],
        "BMP": [encoded(modes[mode], "BMP") for mode in ("RGB", "L", "1", "P")],
        "TIFF": _tiffs(modes, wide, lines),
        "PDF": _pdfs(modes),
        "icon": [encoded(page, "ICO")],
    }


def _exif(orientation: int) -> Image.Exif:
    exif = Image.Exif()
    exif[0x0112], exif[0x010F] = orientation, "scanner"
    return exif


def _tiffs(
    modes: dict[str, Image.Image], wide: Image.Image, lines: list[Image.Image]
) -> list[bytes]:
    page, thumbnail = modes["RGB"], modes["L"].resize((30, 22))
    packed = ("raw", "tiff_lzw", "tiff_adobe_deflate", "packbits", "jpeg")
    faxes = product(("group3", "group4"), ((204, 98), (204, 391), (1, 9000)))
    return [
        *(encoded(page, "TIFF", compression=compression) for compression in packed),
        *(encoded(modes["1"], "TIFF", compression=kind, dpi=dpi) for kind, dpi in faxes),
        *(encoded(image, "TIFF") for image in (modes["CMYK"], modes["P"], modes["F"], wide)),
        *(encoded(image, "TIFF", compression="group4") for image in _as_fax(lines)),
        encoded(wide, "TIFF", big_tiff=True),
        tiff_bytes(3),
        frames_tiff([(page, {}), (thumbnail, {254: 1}), (modes["L"], {254: 4})]),
        frames_tiff([(thumbnail, {255: 2}), (page, {})]),
    ]


def _as_fax(images: list[Image.Image]) -> list[Image.Image]:
    return [image.convert("1") for image in images]


def _pdfs(modes: dict[str, Image.Image]) -> list[bytes]:
    text = b"BT /F 12 Tf 20 40 Td (Name: Ann Berg) Tj ET"
    font = b"/Font<</F<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>>>"
    shading = (
        b"/Shading<</S<</ShadingType 2/ColorSpace/DeviceRGB/Coords[0 0 200 100]/Function<<"
        b"/FunctionType 2/Domain[0 1]/C0[1 0 0]/C1[0 0 1]/N 1>>>>>>"
    )
    form = b"/Type/XObject/Subtype/Form/BBox[0 0 200 100]"
    states = b"/AP<</N<</Yes 6 0 R/Off 7 0 R>>>>"
    needed = b"/NeedAppearances true"
    return [
        *(encoded(modes[mode], "PDF") for mode in ("RGB", "1", "P")),
        drawn_pdf(text, resources=font, entries=b"/Rotate 90/UserUnit 2/CropBox[9 9 150 80]"),
        drawn_pdf(b"/S sh", resources=shading),
        drawn_pdf(b"/X Do", stream(text, form), resources=b"/XObject<</X 5 0 R>>" + font),
        *(drawn_pdf(text, resources=font, box=box) for box in (b"0 0 1 9000", b"0 0 9000 1")),
        field_pdf(b"/FT/Tx/V(Ann)/AP<</N 6 0 R>>", BLACK),
        field_pdf(b"/FT/Tx/V(Ann)", acro_form=needed),
        field_pdf(b"/FT/Ch/Ff 131072/V(no)/Opt[[(no)(Norland)]]", acro_form=needed),
        field_pdf(b"/FT/Btn/V/Yes/AS/Off" + states, BLACK, NOTHING, acro_form=needed),
        choice_pdf(b"/Ff 49152/V/b", [b"/AS/Off", b"/AS/b"], need=True),
        layered(b"/FT/Tx/V(Ann)/OC 7 0 R", b"/BaseState/OFF/ON[6 0 R]"),
        jbig2_pdf(modes["1"]),
        xfa_pdf(b"Surname:", rendered_elsewhere=True, fields=b"5 0 R"),
        paged_pdf(3),
        locked_pdf(),
    ]


def _several(page: Image.Image, image_format: str) -> bytes:
    """An animation, or a picture with a preview."""
    return encoded(page, image_format, save_all=True, append_images=[page.rotate(90)])
