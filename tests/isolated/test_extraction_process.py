from __future__ import annotations

from ocr_model.isolated import extraction, extraction_process
from ocr_model.schema import INTERRUPTED


def test_what_the_process_repeats_is_what_the_package_says() -> None:
    """It imports nothing of ours, so that the packaged code runs and not the checkout's."""
    assert set(INTERRUPTED) == extraction_process._ENDPOINT_FAULTS
    assert extraction_process._GAVE_UP == extraction.GAVE_UP
