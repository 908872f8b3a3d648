"""The linker's weights: plain arrays in an .npz, read without pickle, named by digest."""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ocr_model.errors import ConfigError
from ocr_model.linker.boxes import Floats
from ocr_model.linker.phrases import TEXT_FEATURES
from ocr_model.linker.stages import STAGES, Forest

# Raised with every change of features: older weights would read the wrong columns.
FORMAT = 2
_BUNDLED = "linker.npz"
# What reading a file raises that holds none.
_NO_WEIGHTS = (
    *(AttributeError, KeyError, TypeError, ValueError, OSError, EOFError, MemoryError),
    *(NotImplementedError, zipfile.BadZipFile),
)
# Ours are of 1 MB, and unpack to 2 MB.
_MOST_BYTES, _MOST_UNPACKED = 32_000_000, 64_000_000


@dataclass(frozen=True, slots=True)
class Linker:
    """Fitted stages. `calibration` (2, n): raw confidence of a pair -> share that is right.

    `ticks_choose`: answer with the option where the fitted forms have its drawn tick.
    `documents_sha256` name the documents it was fitted to, where it says so: they may not judge it.
    """

    forests: Mapping[str, Forest]
    confidence: Forest
    calibration: Floats
    ticks_choose: bool = False
    documents_sha256: tuple[str, ...] = ()


def to_bytes(linker: Linker) -> bytes:
    """The same linker gives the same bytes, whatever the versions of Python and numpy."""
    arrays: dict[str, Any] = {
        "format": np.array([FORMAT, TEXT_FEATURES]),
        "calibration": linker.calibration.astype(np.float32),
        "ticks_choose": np.array(linker.ticks_choose),
    }
    if linker.documents_sha256:
        arrays["documents_sha256"] = np.array(sorted(linker.documents_sha256), dtype="S64")
    for name, forest in [*linker.forests.items(), ("confidence", linker.confidence)]:
        arrays |= forest.to_arrays(name)
    return npz_bytes(arrays)


def npz_bytes(arrays: Mapping[str, NDArray[np.generic]]) -> bytes:
    """Equal arrays give equal bytes, whatever the versions of Python and numpy."""
    buffer = io.BytesIO()
    # Not `np.savez`: what it leaves to zipfile differs between releases of Python.
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as file:
        for name, array in arrays.items():
            file.writestr(_entry(f"{name}.npy"), _npy(array))
    return buffer.getvalue()


def _entry(name: str) -> zipfile.ZipInfo:
    """An entry without a date, as Unix writes it."""
    entry = zipfile.ZipInfo(name)
    entry.create_system, entry.compress_type = 3, zipfile.ZIP_DEFLATED
    return entry


def _npy(array: NDArray[np.generic]) -> bytes:
    buffer = io.BytesIO()
    np.lib.format.write_array(buffer, array, version=(1, 0), allow_pickle=False)
    return buffer.getvalue()


@lru_cache(maxsize=4)
def from_bytes(data: bytes) -> Linker:
    """Read weights back.

    Raises:
        ConfigError: not weights of a linker, or of another version of this package.
    """
    try:
        arrays = npz_arrays(data, _MOST_BYTES, _MOST_UNPACKED)
        written = tuple(int(number) for number in arrays["format"])
        if written != (FORMAT, TEXT_FEATURES):
            raise ConfigError(
                f"Expected a linker of format {(FORMAT, TEXT_FEATURES)}, got {written}: it was "
                "trained by another version of this package. Train it again with "
                "`python -m scripts.train`."
            )
        return Linker(
            {stage: Forest.from_arrays(arrays, stage) for stage in STAGES},
            Forest.from_arrays(arrays, "confidence"),
            _points(arrays["calibration"]),
            bool(arrays["ticks_choose"]),
            _digests(arrays),
        )
    except _NO_WEIGHTS as err:
        raise ConfigError(_not_weights(data)) from err


def documents_in(data: bytes) -> tuple[str, ...]:
    """The documents that weights of any format say they were fitted to.

    Raises:
        ConfigError: not weights of a linker.
    """
    try:
        return _digests(npz_arrays(data, _MOST_BYTES, _MOST_UNPACKED))
    except _NO_WEIGHTS as err:
        raise ConfigError(_not_weights(data)) from err


def npz_arrays(data: bytes, most_bytes: int, most_unpacked: int) -> dict[str, NDArray[Any]]:
    """The arrays of an .npz, read without pickle.

    Raises:
        ValueError: it is larger than that, or unpacks to more; of no .npz, see `_NO_WEIGHTS`.
    """
    if len(data) > most_bytes:
        raise ValueError("too large")
    with zipfile.ZipFile(io.BytesIO(data)) as file:
        if sum(entry.file_size for entry in file.infolist()) > most_unpacked:
            raise ValueError("unpacks to too much")
    with np.load(io.BytesIO(data), allow_pickle=False) as loaded:
        return {name: loaded[name] for name in loaded.files}


def _points(calibration: NDArray[Any]) -> Floats:
    points = calibration.astype(np.float64)
    if points.ndim != 2 or len(points) != 2 or not np.isfinite(points).all():
        raise ValueError("no calibration")
    return points


def _digests(arrays: Mapping[str, Any]) -> tuple[str, ...]:
    """None in weights of earlier commits."""
    found = arrays.get("documents_sha256", ())
    return tuple(digest.decode() for digest in found)


def _not_weights(data: bytes) -> str:
    return (
        "Expected the weights of a linker (.npz written by `python -m scripts.train`), got "
        f"{len(data)} bytes that are none."
    )


def bundled_bytes() -> bytes:
    """The weights that come with the package, trained on synthetic forms only."""
    return (resources.files("ocr_model.linker") / _BUNDLED).read_bytes()


def sha256_of(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
