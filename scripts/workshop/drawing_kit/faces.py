"""The typefaces that forms are set in, and where their font files are."""

from __future__ import annotations

import io
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

from PIL import ImageFont

from ocr_model.errors import ConfigError

_TTF = ("matplotlib", "mpl-data/fonts/ttf")
_AS_MODULES = "pymupdf_fonts"


class Face(NamedTuple):
    """`file` in `folder` of `package`; pymupdf_fonts keeps its fonts as modules instead."""

    package: str
    folder: str
    file: str
    fixed_pitch: bool = False


FACES: dict[str, Face] = {
    "typewriter": Face(*_TTF, "cmtt10.ttf", True),
    "printer": Face(*_TTF, "DejaVuSansMono.ttf", True),
    "printer-bold": Face(*_TTF, "DejaVuSansMono-Bold.ttf", True),
    "terminal": Face(_AS_MODULES, "", "FiraMono_Regular", True),
    "terminal-bold": Face(_AS_MODULES, "", "FiraMono_Bold", True),
    "times": Face(*_TTF, "STIXGeneral.ttf"),
    "times-bold": Face(*_TTF, "STIXGeneralBol.ttf"),
    "times-italic": Face(*_TTF, "STIXGeneralItalic.ttf"),
    "cambria": Face("font_caladea", "files", "Caladea-Regular.ttf"),
    "cambria-bold": Face("font_caladea", "files", "Caladea-Bold.ttf"),
    "grotesque": Face("font_roboto", "files", "Roboto-Regular.ttf"),
    "grotesque-bold": Face("font_roboto", "files", "Roboto-Bold.ttf"),
    "dejavu": Face(*_TTF, "DejaVuSans.ttf"),
    "dejavu-bold": Face(*_TTF, "DejaVuSans-Bold.ttf"),
    "open": Face("ttf_opensans", "ttf", "OpenSans-Regular.ttf"),
    "open-bold": Face("ttf_opensans", "ttf", "OpenSans-Bold.ttf"),
    "hanken": Face("font_hanken_grotesk", "files", "HankenGrotesk-Regular.otf"),
    "hanken-bold": Face("font_hanken_grotesk", "files", "HankenGrotesk-Bold.otf"),
    "intuitive": Face("font_intuitive", "files", "Intuitive.ttf"),
    # Held-out style.
    "cascadia": Face(_AS_MODULES, "", "CascadiaMono_Regular", True),
    "cascadia-bold": Face(_AS_MODULES, "", "CascadiaMono_Bold", True),
    "space": Face(_AS_MODULES, "", "SpaceMono_Regular", True),
    "space-bold": Face(_AS_MODULES, "", "SpaceMono_Bold", True),
    "book": Face("font_source_serif_pro", "files", "SourceSerifPro-Regular.ttf"),
    "book-bold": Face("font_source_serif_pro", "files", "SourceSerifPro-Bold.ttf"),
    "dejavu-serif": Face(*_TTF, "DejaVuSerif.ttf"),
    "dejavu-serif-bold": Face(*_TTF, "DejaVuSerif-Bold.ttf"),
    "humanist": Face("font_source_sans_pro", "files", "SourceSansPro-Regular.ttf"),
    "humanist-bold": Face("font_source_sans_pro", "files", "SourceSansPro-Bold.ttf"),
    "fira": Face(_AS_MODULES, "", "FiraGO_Regular"),
    "fira-bold": Face(_AS_MODULES, "", "FiraGO_Bold"),
    "manrope": Face("font_manrope", "files", "Manrope-Regular.ttf"),
    "manrope-bold": Face("font_manrope", "files", "Manrope-Bold.ttf"),
}


@cache
def load_face(name: str, size_px: int) -> ImageFont.FreeTypeFont:
    """Raises ConfigError where the package that carries the face is not installed."""
    face = FACES[name]
    font = str(_font_file(face)) if face.package != _AS_MODULES else io.BytesIO(_font_module(face))
    # The basic layout engine is always built in; Raqm would make spacing depend on the machine.
    return ImageFont.truetype(font, size_px, layout_engine=ImageFont.Layout.BASIC)


def _font_file(face: Face) -> Path:
    spec = find_spec(face.package)
    folders = spec.submodule_search_locations if spec is not None else None
    path = Path(folders[0], face.folder, face.file) if folders else None
    if path is None or not path.is_file():
        raise _missing(face)
    return path


def _font_module(face: Face) -> bytes:
    try:
        content: bytes = import_module(f"{face.package}.{face.file}").fontbuffer
    except ModuleNotFoundError as err:
        raise _missing(face) from err
    return content


def _missing(face: Face) -> ConfigError:
    return ConfigError(
        f"Expected the font {face.file!r} in the package {face.package!r}, it is not there; run: "
        "pip install 'ocr_model[synthetic]'"
    )


def bold_of(face: str) -> str:
    """`times -> times-bold`; a face without a bold one stays: cmtt10 on a typewriter has none."""
    return f"{face}-bold" if f"{face}-bold" in FACES else face
