"""What is said before a server is asked; what it then does: tests/integration/test_access.py."""

from __future__ import annotations

import pytest

from ocr_model.commands import script


def test_a_store_without_users_is_no_place_for_roles(
    mlflow_store: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert script("access", ["--reader", "ann", "--grant"]) == 2
    said = capsys.readouterr().err
    assert "a server that is started with --app-name basic-auth, got no login" in said
    assert said.count("error: ") == 1
