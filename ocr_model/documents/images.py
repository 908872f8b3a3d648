"""Pages of PNG, JPEG, WEBP, GIF, BMP and TIFF files, by Pillow.

Sizes are checked against headers, before anything is unpacked: a few kB may claim gigabytes.
"""

from __future__ import annotations

import io
import math
import struct
import threading
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps, UnidentifiedImageError

from ocr_model.documents.headers import check_headers, check_pixels
from ocr_model.documents.limits import Limits
from ocr_model.documents.thumbnails import possible_thumbnails, shows
from ocr_model.documents.tiff import SMALLER_COPY, Frame, frames_of, no_pages_among, with_first
from ocr_model.errors import DocumentError
from ocr_model.schema import Outcome, Page

_WIDE_MODES = ("I", "I;16", "I;16B", "I;16L", "I;16N", "F")
# Values that scanners of 8, 12 and 16 bits write into 16: the smallest that holds all is white.
_WHITE_OF_16_BIT = (255, 4095, 65535)

_BAND_PIXELS = 1_000_000

# Where Pillow puts the resolution; the last two say how across and down compare, and no more.
_RESOLUTIONS = ("dpi", "resolution", "aspect", "jfif_density")
_ORIENTATION = 274
_ON_ITS_SIDE = (5, 6, 7, 8)

_OF_BROKEN_BYTES = (
    OSError,
    ValueError,
    TypeError,
    SyntaxError,
    EOFError,
    LookupError,
    struct.error,
)


class ImagePages:
    """An opened image file: one page, or one per frame of a TIFF.

    Every read decodes the page again, so that no decoded page stays in memory.
    """

    def __init__(self, data: bytes, file_format: str, limits: Limits) -> None:
        """Read the header.

        Raises:
            DocumentError: damaged (`bad_input`), or over a limit (`too_large`).
        """
        self.format = file_format
        self._data = data
        self._limits = limits
        self._frames: Sequence[Frame] = ()
        if file_format == "TIFF":
            self._frames = frames_of(data, limits)
        else:
            check_headers(data, file_format, limits)
        self.page_count = max(1, len(self._frames))
        self._lock = threading.Lock()
        self._first: Image.Image | None = None
        self.left_out: Mapping[int, str] = self._no_pages()
        with _pillow_faults(limits):
            first = self._opened(1)
            self._pixels = first.width * first.height
            self.notes = (*_left_out_notes(self.left_out), *_other_pictures(first))
        # The header of a file may be long: it is not read twice to read a page once.
        self._first = first

    def read(self, number: int) -> Page:
        with _pillow_faults(self._limits), self._taken(number) as image:
            check_pixels(image.width, image.height, self._limits)
            # First: turning a picture upright takes the orientation from it.
            pixel_height = _pixel_height(image)
            return Page(number, _to_rgb(image), pixel_height=pixel_height)

    def pixels(self, number: int) -> int:
        return self._frames[number - 1].pixels if self._frames else self._pixels

    def close(self) -> None:
        self._data = b""
        self._first = None

    def _no_pages(self) -> Mapping[int, str]:
        found = no_pages_among(self._frames)
        for number, other in possible_thumbnails(self._frames):
            # A frame that cannot be read says so when it is read as a page.
            with suppress(DocumentError):
                if not {number, other} & found.keys() and shows(
                    self.read(number).image, self.read(other).image
                ):
                    found[number] = SMALLER_COPY
        return dict(sorted(found.items()))

    def _taken(self, number: int) -> Image.Image:
        """The file, opened for this page only."""
        if number == 1:
            with self._lock:
                first, self._first = self._first, None
            if first is not None:
                return first
        return self._opened(number)

    def _opened(self, number: int) -> Image.Image:
        data = self._data if number == 1 else with_first(self._data, self._frames[number - 1])
        image = _opened_without_limit(data, self.format)
        # Of a TIFF, a page that is too large costs itself.
        if not self._frames:
            check_pixels(image.width, image.height, self._limits)
        return image


def _opened_without_limit(data: bytes, file_format: str) -> Image.Image:
    """As `Image.open` does, but for its own limit of 179 million pixels, which is for the whole
    process and knows nothing of `max_page_pixels`.
    """
    Image.preinit()
    if file_format not in Image.OPEN:
        Image.init()
    factory, _ = Image.OPEN[file_format]
    try:
        return factory(io.BytesIO(data), "")
    except (SyntaxError, IndexError, TypeError, struct.error) as err:
        raise UnidentifiedImageError(str(err)) from err


def _left_out_notes(left_out: Mapping[int, str]) -> Iterator[str]:
    """Frames that are alike are named together."""
    for what in dict.fromkeys(left_out.values()):
        numbers = [str(number) for number, other in left_out.items() if other == what]
        yield f"page{'s' if len(numbers) > 1 else ''} {', '.join(numbers)} left out: {what}"


def _other_pictures(image: Image.Image) -> Iterator[str]:
    """Notes about further images in the file, without scanning all of it."""
    if image.format == "MPO":
        others = getattr(image, "n_frames", 1) - 1
        yield f"{others} more picture{'s' if others > 1 else ''} of the file left out: previews"
    elif image.format != "TIFF" and getattr(image, "is_animated", False):
        yield "only the first picture of an animation read"


def _pixel_height(image: Image.Image) -> float:
    """Pixel height over pixel width of the upright image, as the file claims; 1.0 by default.

    204 x 98 dpi -> 2.08; the same lying on its side -> 0.48
    """
    claimed = next((image.info[key] for key in _RESOLUTIONS if key in image.info), None)
    try:
        across, down = (float(value) for value in claimed or ())
        height = across / down
    except (TypeError, ValueError, ZeroDivisionError):
        return 1.0
    if not 0 < height < math.inf:
        return 1.0
    return 1 / height if image.getexif().get(_ORIENTATION, 1) in _ON_ITS_SIDE else height


@contextmanager
def _pillow_faults(limits: Limits) -> Iterator[None]:
    try:
        with warnings.catch_warnings():
            # Pillow warns of broken metadata and of sizes we check ourselves.
            warnings.simplefilter("ignore")
            yield
    except (Image.DecompressionBombError, MemoryError) as err:
        raise DocumentError(
            f"Expected at most {limits.max_page_pixels:,} pixels per page, got more, or more than "
            "there is memory for. Send a smaller page.",
            Outcome.TOO_LARGE,
        ) from err
    except UnidentifiedImageError as err:
        raise DocumentError(
            "Expected a complete image, got one whose header breaks off or is damaged.",
            Outcome.BAD_INPUT,
        ) from err
    # Pillow's decoders raise whatever the broken bytes lead them into.
    except _OF_BROKEN_BYTES as err:
        if "Decompressed data too large" in str(err):
            raise DocumentError(
                "Expected a picture, got a PNG whose text or colour profile is far larger.",
                Outcome.TOO_LARGE,
            ) from err
        raise DocumentError(
            "Expected a complete image, got one that breaks off or is damaged.",
            Outcome.BAD_INPUT,
        ) from err


def _to_rgb(image: Image.Image) -> Image.Image:
    """Upright, on white. A large image is in memory once, and one band of it twice."""
    image.load()
    turned = image.getexif().get(_ORIENTATION, 1) != 1
    upright = ImageOps.exif_transpose(image) if turned else image
    if upright.mode == "RGB" and not upright.has_transparency_data:
        return upright
    if upright.mode in _WIDE_MODES:
        convert = _eight_bits_of(upright)
    elif upright.has_transparency_data:
        convert = _on_white
    else:
        return upright.convert("RGB")
    page = Image.new("RGB", upright.size)
    for top, band in _bands(upright):
        page.paste(convert(band), (0, top))
    return page


def _bands(image: Image.Image) -> Iterator[tuple[int, Image.Image]]:
    rows = max(1, _BAND_PIXELS // image.width)
    for top in range(0, image.height, rows):
        yield top, image.crop((0, top, image.width, min(top + rows, image.height)))


def _on_white(band: Image.Image) -> Image.Image:
    """Composite transparent pixels on white."""
    paper = Image.new("RGBA", band.size, "white")
    return Image.alpha_composite(paper, band.convert("RGBA"))


def _eight_bits_of(image: Image.Image) -> Callable[[Image.Image], Image.Image]:
    """Pillow clips wide grey at 255, which turns a scan white.

    16 bits have a known white; 32 bits and fractions have none, so white is their brightest value.
    """
    ends = [(float(grey.min()), float(grey.max())) for grey in map(_grey, _bands(image))]
    low, high = min(0.0, *(low for low, _ in ends)), max(high for _, high in ends)
    if low == 0.0 and image.mode != "F":
        high = next((white for white in _WHITE_OF_16_BIT if high <= white), high)

    def scaled(band: Image.Image) -> Image.Image:
        grey = (_grey((0, band)) - low) * (255.0 / ((high - low) or 1.0))
        return Image.fromarray((grey + 0.5).clip(0, 255).astype(np.uint8)).convert("RGB")

    return scaled


def _grey(band: tuple[int, Image.Image]) -> NDArray[np.float32]:
    return np.nan_to_num(np.asarray(band[1], dtype=np.float32), posinf=0.0, neginf=0.0)
