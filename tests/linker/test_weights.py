"""Weights as bytes: the same ones back, nothing else let in; and which of them a model names."""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace

import numpy as np
import pytest

from ocr_model.errors import ConfigError
from ocr_model.linker.pinned import pinned_linker, setting_of
from ocr_model.linker.weights import (
    bundled_bytes,
    documents_in,
    from_bytes,
    sha256_of,
    to_bytes,
)

WORD_NODES = 11_600  # of the bundled weights


def changed(**arrays: np.ndarray) -> bytes:
    """The bundled weights with some arrays replaced."""
    with np.load(io.BytesIO(bundled_bytes())) as file:
        known = {name: file[name] for name in file.files}
    buffer = io.BytesIO()
    np.savez_compressed(buffer, **{**known, **arrays})
    return buffer.getvalue()


def unpacks_to(size: int) -> bytes:
    """A bomb: 65 kB that become 65 MB."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("word/feature.npy", b"\0" * size)
    return buffer.getvalue()


def claims_a_shape(count: int) -> bytes:
    """A header that asks for a petabyte, and nothing after it."""
    head = io.BytesIO()
    shape = {"descr": "<f4", "fortran_order": False, "shape": (count,)}
    np.lib.format.write_array_header_1_0(head, shape)
    buffer = io.BytesIO(bundled_bytes())
    with zipfile.ZipFile(buffer, "a") as file:
        file.writestr("more.npy", head.getvalue())
    return buffer.getvalue()


def test_bundled_weights_are_small_and_come_back_as_they_were() -> None:
    data = bundled_bytes()
    assert len(data) <= 2_000_000
    assert to_bytes(from_bytes(data)) == data


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"not a zip",
        bundled_bytes()[:5000],
        changed(calibration=np.array([None])),
        changed(calibration=np.full((2, 9), np.nan)),
        changed(calibration=np.array(["x"])),
        unpacks_to(65_000_000),
        claims_a_shape(1 << 50),
        changed(**{"word/right": np.full(WORD_NODES, 200, np.uint8)}),
        changed(**{"word/roots": np.full(400, WORD_NODES, np.int32)}),
        changed(**{"word/roots": np.full(400, -1, np.int32)}),
        changed(**{"word/number": np.full(WORD_NODES, np.nan, np.float32)}),
        changed(**{"word/feature": np.zeros(3, np.uint16)}),
        changed(**{"word/baseline": np.zeros(0)}),
        changed(documents_sha256=np.array([1.5])),
    ],
    ids=[
        *("empty", "text", "cut off", "pickled objects", "no points", "texts", "unpacks to much"),
        *("claims to be large", "leads out of its tree", "begins elsewhere", "begins before"),
        *("no numbers", "parts missing", "no classes", "no digests"),
    ],
)
def test_anything_else_is_refused(data: bytes) -> None:
    with pytest.raises(ConfigError, match="Expected the weights of a linker"):
        from_bytes(data)


def test_weights_that_look_beyond_the_features_are_refused_when_they_are_used() -> None:
    """Without the check a row would be judged by the features of another."""
    linker = from_bytes(changed(**{"word/feature": np.full(WORD_NODES, 60_000, np.uint16)}))
    with pytest.raises(ConfigError, match="got some that look at number 60001"):
        linker.forests["word"].probabilities(np.zeros((2, 40)))


def test_weights_for_other_features_are_refused() -> None:
    with pytest.raises(ConfigError, match="trained by another version of this package"):
        from_bytes(changed(format=np.array([99, 1])))


def test_a_setting_names_weights_by_their_digest() -> None:
    data = bundled_bytes()
    assert setting_of(data) == f"sha256:{sha256_of(data)}"
    assert pinned_linker(setting_of(data), data) is from_bytes(data)


def test_no_setting_means_the_bundled_weights() -> None:
    assert pinned_linker("", None) is from_bytes(bundled_bytes())


def test_weights_that_do_not_travel_along_are_missed() -> None:
    with pytest.raises(ConfigError, match=r"beside the settings, got none"):
        pinned_linker(setting_of(bundled_bytes()), None)


def test_weights_that_were_exchanged_are_refused() -> None:
    other = changed(calibration=np.array([[0.0, 1.0], [0.0, 1.0]], dtype=np.float32))
    with pytest.raises(ConfigError, match="files were changed after it was logged"):
        pinned_linker(setting_of(bundled_bytes()), other)


def test_weights_say_which_documents_they_were_fitted_to() -> None:
    digests = (64 * "a", 64 * "b")
    data = to_bytes(replace(from_bytes(bundled_bytes()), documents_sha256=digests[::-1]))
    assert from_bytes(data).documents_sha256 == digests
    assert documents_in(data) == digests
    assert documents_in(bundled_bytes()) == ()
    # Those of another version of this package cannot be used, and still say it.
    other = changed(format=np.array([1, 1]), documents_sha256=np.array(digests, dtype="S64"))
    assert documents_in(other) == digests
    with pytest.raises(ConfigError, match="Expected the weights of a linker"):
        documents_in(b"not a zip")
