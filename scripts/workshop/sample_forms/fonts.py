"""Find the font files of the installed font packages; knows nothing about drawing."""

from __future__ import annotations

from functools import cache
from importlib.util import find_spec
from pathlib import Path

from PIL import ImageFont

from ocr_model.errors import ConfigError

_MATPLOTLIB = ("matplotlib", "mpl-data/fonts/ttf")
_SANS = ("font_source_sans_pro", "files")
_SERIF = ("font_source_serif_pro", "files")

FACES: dict[str, tuple[tuple[str, str], str]] = {
    "typewriter": (_MATPLOTLIB, "cmtt10.ttf"),
    "printer": (_MATPLOTLIB, "DejaVuSansMono.ttf"),
    "printer-bold": (_MATPLOTLIB, "DejaVuSansMono-Bold.ttf"),
    "dejavu": (_MATPLOTLIB, "DejaVuSans.ttf"),
    "dejavu-bold": (_MATPLOTLIB, "DejaVuSans-Bold.ttf"),
    "times": (_MATPLOTLIB, "STIXGeneral.ttf"),
    "times-bold": (_MATPLOTLIB, "STIXGeneralBol.ttf"),
    "times-italic": (_MATPLOTLIB, "STIXGeneralItalic.ttf"),
    "grotesque": (("font_roboto", "files"), "Roboto-Regular.ttf"),
    "grotesque-bold": (("font_roboto", "files"), "Roboto-Bold.ttf"),
    "humanist": (_SANS, "SourceSansPro-Regular.ttf"),
    "humanist-bold": (_SANS, "SourceSansPro-Bold.ttf"),
    "book": (_SERIF, "SourceSerifPro-Regular.ttf"),
    "book-bold": (_SERIF, "SourceSerifPro-Bold.ttf"),
    "cambria": (("font_caladea", "files"), "Caladea-Regular.ttf"),
    "cambria-bold": (("font_caladea", "files"), "Caladea-Bold.ttf"),
    "cambria-italic": (("font_caladea", "files"), "Caladea-Italic.ttf"),
}


def font_path(face: str) -> Path:
    """Raises ConfigError where the package that carries the face is not installed."""
    (package, folder), name = FACES[face]
    return packaged_file(package, folder, name)


def packaged_file(package: str, folder: str, name: str, extra: str = "sample") -> Path:
    """A file inside an installed package; ConfigError names the `extra` that would bring it."""
    spec = find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        raise ConfigError(
            f"expected the font package {package!r} for {name!r}, it is not installed; "
            f"run: pip install 'ocr_model[{extra}]'"
        )
    path = Path(spec.submodule_search_locations[0], folder, name)
    if not path.is_file():
        raise ConfigError(
            f"expected the font file {name!r} in the package {package!r}, it is not there; "
            f"reinstall with: pip install --force-reinstall 'ocr_model[{extra}]'"
        )
    return path


def missing_faces() -> list[str]:
    """One sentence per face that cannot be drawn here; empty when all can."""
    problems: list[str] = []
    for face in FACES:
        try:
            font_path(face)
        except ConfigError as err:
            problems.append(str(err))
    return problems


@cache
def load_font(face: str, size_px: int) -> ImageFont.FreeTypeFont:
    # The basic layout engine is always built in; Raqm would make spacing depend on the machine.
    path = str(font_path(face))
    return ImageFont.truetype(path, size_px, layout_engine=ImageFont.Layout.BASIC)
