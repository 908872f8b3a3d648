"""A finder as plain arrays in an .npz, read without pickle, named by digest."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ocr_model.errors import ConfigError
from ocr_model.finder.candidates import EVIDENCE_WIDTH
from ocr_model.finder.describing import WIDTH
from ocr_model.finder.finding import (
    Finder,
    FirstStep,
    FirstSteps,
    Judgement,
    Points,
    SecondStep,
    Trust,
)
from ocr_model.finder.memory import PLACES, Values, Words
from ocr_model.linker import Forest, npz_arrays, npz_bytes

# Raised with every change of features: older weights would read the wrong columns.
FORMAT = 1
MOST_BYTES = 4_000_000
# Unpacked; a file that claims more is not ours.
_MOST_UNPACKED = 64_000_000
_FIRST = ("inside", "begins", "ends")


def to_bytes(finder: Finder) -> bytes:
    """Equal finders give equal bytes."""
    words = finder.first.words
    arrays: dict[str, NDArray[np.generic]] = {
        "words/hashes": words.hashes,
        "words/documents": np.minimum(words.documents, 65535).astype(np.uint16),
        "words/shares": words.shares.astype(np.float32),
        "words/prior": words.prior,
        "about": np.frombuffer(json.dumps(_about(finder), sort_keys=True).encode(), dtype=np.uint8),
    }
    for number, (first, second) in enumerate(zip(finder.first.fields, finder.second, strict=True)):
        for name, forest in zip(_FIRST, first.forests, strict=True):
            arrays |= forest.to_arrays(f"{number}/{name}")
        arrays |= second.forest.to_arrays(f"{number}/run")
    return npz_bytes(arrays)


def _about(finder: Finder) -> dict[str, Any]:
    judgement = finder.judgement
    return {
        "format": FORMAT,
        "fields": [
            {
                "name": name,
                "type": kind,
                "lines": first.lines.texts,
                "values": second.values.texts,
                "longest": second.longest,
                "trust": [trust.fills, trust.overruled, trust.against, trust.alone],
            }
            for (name, kind), first, second, trust in zip(
                finder.fields, finder.first.fields, finder.second, judgement.trust, strict=True
            )
        ],
        "calibration": judgement.calibration,
        "others": judgement.others,
        "documents_sha256": finder.documents_sha256,
    }


@lru_cache(maxsize=4)
def from_bytes(data: bytes) -> Finder:
    """Read weights back.

    Raises:
        ConfigError: not weights of a finder, too large, or of another version of this package.
    """
    try:
        arrays = npz_arrays(data, MOST_BYTES, _MOST_UNPACKED)
        about = json.loads(arrays["about"].tobytes())
        if about["format"] != FORMAT:
            raise ConfigError(
                f"Expected a finder of format {FORMAT}, got {about['format']!r}: it was trained by "
                "another version of this package. Train it again with `python -m scripts.train`."
            )
        return _finder(arrays, about)
    except (
        KeyError, ValueError, TypeError, AttributeError, OSError, EOFError, zipfile.BadZipFile,
        RecursionError, NotImplementedError, MemoryError,
    ) as err:  # fmt: skip
        raise ConfigError(
            "Expected the weights of a finder (finder.npz, written by `python -m scripts.train "
            f"--fields`), got {len(data)} bytes that are none."
        ) from err


def _finder(arrays: Mapping[str, NDArray[Any]], about: Mapping[str, Any]) -> Finder:
    fields = about["fields"]
    words = Words(
        arrays["words/hashes"].astype(np.uint32),
        arrays["words/documents"].astype(np.float64),
        arrays["words/shares"].astype(np.float64),
        arrays["words/prior"].astype(np.float64),
    )
    count = len(words.hashes)
    _expect(
        words.documents.shape == (count,)
        and words.shares.shape == (count, len(fields))
        and words.prior.shape == (len(fields),)
        and bool((np.diff(words.hashes.astype(np.int64)) > 0).all())
    )
    width = WIDTH + 2 * len(PLACES) + 3 + len(fields)
    firsts, seconds, trust = [], [], []
    for number, field in enumerate(fields):
        inside, begins, ends = (_forest(arrays, f"{number}/{n}", width) for n in _FIRST)
        firsts.append(FirstStep((inside, begins, ends), Values(_texts(field["lines"]))))
        run = _forest(arrays, f"{number}/run", EVIDENCE_WIDTH)
        seconds.append(SecondStep(run, Values(_texts(field["values"])), int(field["longest"])))
        fills, overruled, against, alone = field["trust"]
        trust.append(Trust(bool(fills), bool(overruled), float(against), float(alone)))
    calibration = _points(about["calibration"])
    _expect(bool(calibration))
    return Finder(
        tuple((str(field["name"]), str(field["type"])) for field in fields),
        FirstSteps(words, tuple(firsts)),
        tuple(seconds),
        Judgement(calibration, tuple(trust), _points(about["others"])),
        _texts(about["documents_sha256"]),
    )


def _forest(arrays: Mapping[str, NDArray[Any]], name: str, width: int) -> Forest:
    """Trees that end, and look only at features that there are."""
    forest = Forest.from_arrays(arrays, name)
    _expect(forest.baseline.shape == (1,) and forest.widest < width)
    return forest


def _points(said: Any) -> Points:
    points = tuple((float(score), float(share)) for score, share in said)
    _expect(bool((np.diff([score for score, _ in points]) >= 0).all()))
    return points


def _texts(said: Any) -> tuple[str, ...]:
    _expect(isinstance(said, list) and all(isinstance(text, str) for text in said))
    return tuple(said)


def _expect(holds: bool) -> None:
    if not holds:
        raise ValueError("not as it was written")
