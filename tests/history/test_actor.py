from __future__ import annotations

import pytest

from ocr_model.history.actor import acting


def test_stated_user_goes_before_that_of_the_system(
    mlflow_store: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert acting().kind == "os_user"
    assert acting("ann") == ("ann", "stated")
    monkeypatch.setenv("OCR_MODEL_USER", "bob")
    assert acting() == ("bob", "stated")


def test_name_of_a_login_that_no_server_checked_is_only_stated(
    mlflow_store: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MLFLOW_TRACKING_USERNAME", "eve")
    assert acting() == ("eve", "stated")
