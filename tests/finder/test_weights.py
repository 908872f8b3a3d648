"""Weights as bytes: the same ones back, nothing else let in; and which of them a model names."""

from __future__ import annotations

import io
import json
import zipfile

import numpy as np
import pytest

from ocr_model.errors import ConfigError
from ocr_model.fields import parse_fields
from ocr_model.finder import documents_of, finder_setting, from_bytes, pinned_finder, to_bytes
from ocr_model.finder.weights import MOST_BYTES
from ocr_model.linker.weights import bundled_bytes
from tests.finder.slips import WANTED, fitted


def weights() -> bytes:
    return to_bytes(fitted().finder)


def changed(**arrays: object) -> bytes:
    """The weights with some arrays replaced, `_` for `/`."""
    with np.load(io.BytesIO(weights())) as file:
        known = {name: file[name] for name in file.files}
    buffer = io.BytesIO()
    given = {name.replace("__", "/"): array for name, array in arrays.items()}
    np.savez_compressed(buffer, **{**known, **given})  # type: ignore[arg-type]
    return buffer.getvalue()


def about(**said: object) -> np.ndarray:
    with np.load(io.BytesIO(weights())) as file:
        known = json.loads(file["about"].tobytes())
    return np.frombuffer(json.dumps({**known, **said}).encode(), dtype=np.uint8)


def bomb() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("about.npy", b"\0" * 65_000_000)
    return buffer.getvalue()


def test_weights_come_back_as_they_were() -> None:
    data = weights()
    assert len(data) < MOST_BYTES
    assert to_bytes(from_bytes(data)) == data


def test_documents_they_learned_from_are_known_by_digest() -> None:
    assert documents_of(weights()) == tuple(f"{seed:064x}" for seed in range(8))


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"not a zip",
        weights()[:3000],
        bundled_bytes(),
        bomb(),
        b"x" * (MOST_BYTES + 1),
        changed(words__prior=np.array([None])),
        changed(words__hashes=np.array([2, 1], dtype=np.uint32)),
        changed(**{"0__inside__feature": np.full(3, 9999)}),
        changed(**{"0__run__roots": np.array([10_000_000])}),
        changed(**{"0__run__baseline": np.array([np.nan])}),
        changed(about=about(calibration=[])),
        changed(about=about(documents_sha256=[1])),
        changed(about=about(fields=[{"name": "shop"}])),
        changed(about=np.frombuffer(b"[" * 100_000, dtype=np.uint8)),
    ],
    ids=[
        "empty", "text", "cut off", "a linker", "unpacks to too much", "too large",
        "pickled objects", "words out of order", "features that are not", "trees that are not",
        "no number", "no calibration", "no digests", "no such field", "nested without end",
    ],
)  # fmt: skip
def test_anything_else_is_refused(data: bytes) -> None:
    with pytest.raises(ConfigError, match="Expected the weights of a finder"):
        from_bytes(data)


def test_weights_of_other_features_are_refused() -> None:
    with pytest.raises(ConfigError, match="trained by another version of this package"):
        from_bytes(changed(about=about(format=99)))


def test_a_setting_names_weights_by_their_digest() -> None:
    data = weights()
    assert pinned_finder(finder_setting(data), data, WANTED) is from_bytes(data)
    assert pinned_finder("", None, None) is None


def test_weights_that_do_not_travel_along_are_missed() -> None:
    with pytest.raises(ConfigError, match=r"beside the settings, got none"):
        pinned_finder(finder_setting(weights()), None, WANTED)


def test_weights_that_were_exchanged_are_refused() -> None:
    with pytest.raises(ConfigError, match="changed after it was logged"):
        pinned_finder(f"sha256:{'0' * 64}", weights(), WANTED)


@pytest.mark.parametrize("said", ["{name: store}", "{name: shop, type: number}"])
def test_a_finder_of_other_fields_is_refused(said: str) -> None:
    others = parse_fields(f"fields: [{said}]")
    with pytest.raises(ConfigError, match=r"got one that learned shop \(text\)"):
        pinned_finder(finder_setting(weights()), weights(), others)
