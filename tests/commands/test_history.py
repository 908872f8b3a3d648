from __future__ import annotations

import pytest
from mlflow import MlflowClient

from ocr_model.commands.cli import run
from ocr_model.history import Actor
from ocr_model.lifecycle import MODEL_NAME, note_judgement, promote_version, roll_back

ANN = Actor("ann", "stated")


@pytest.fixture
def client(mlflow_store: str) -> MlflowClient:
    """Three versions, the first of them champion; nobody looks inside them here."""
    client = MlflowClient()
    client.create_registered_model(MODEL_NAME)
    for _ in range(3):
        client.create_model_version(MODEL_NAME, "file:///nowhere")
    client.set_registered_model_alias(MODEL_NAME, "champion", "1")
    return client


def judge(client: MlflowClient, verdict: str, run_id: str) -> None:
    first, second = (client.get_model_version(MODEL_NAME, n) for n in ("1", "2"))
    judgement = {"gate_verdict": verdict, "gate_run_id": run_id, "gate_reasons": f"is {verdict}"}
    if verdict == "promote":
        promote_version(second, first, judgement, ANN)
    else:
        note_judgement(second, first, judgement, ANN)


def test_store_of_before_is_no_error(
    client: MlflowClient, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("history") == 0
    assert "no history yet; it starts with the next change" in capsys.readouterr().out


def test_every_verdict_is_kept_where_the_tag_says_the_last(
    client: MlflowClient, capsys: pytest.CaptureFixture[str]
) -> None:
    judge(client, "worse", "run-1")
    judge(client, "promote", "run-2")
    roll_back(ANN, reason="complaints")
    assert client.get_model_version(MODEL_NAME, "2").tags["gate_run_id"] == "run-2"
    assert run("history") == 0
    said = capsys.readouterr().out
    for expected in ("run: run-1", "run: run-2", "is worse", "by ann (stated)", "complaints"):
        assert expected in said


def test_alias_moved_by_hand_ends_with_3_until_it_is_accepted(
    client: MlflowClient, capsys: pytest.CaptureFixture[str]
) -> None:
    judge(client, "promote", "run-1")
    client.set_registered_model_alias(MODEL_NAME, "champion", "3")
    assert run("history") == 3
    assert "The champion is 3, event 1 left it at 2" in capsys.readouterr().out
    assert run("history", accept="trial", user="bea") == 0
    said = capsys.readouterr().out
    assert "by bea (stated)" in said
    assert "accepted: Between events 1 and 2 the champion was moved from 2 to 3" in said
