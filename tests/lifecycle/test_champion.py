from __future__ import annotations

import pytest
from mlflow import MlflowClient
from mlflow.entities.model_registry import ModelVersion

from ocr_model.errors import ConfigError
from ocr_model.lifecycle.champion import (
    find_champion,
    find_version,
    promote_version,
    record_judgement,
    roll_back,
)
from ocr_model.lifecycle.registry import CHAMPION, MODEL_NAME

JUDGEMENT = {"gate_verdict": "promote", "gate_run_id": "run-1"}


@pytest.fixture
def versions(mlflow_store: str) -> list[ModelVersion]:
    """Three registered versions, the first of them champion; nobody looks inside them here."""
    client = MlflowClient()
    client.create_registered_model(MODEL_NAME)
    made = [client.create_model_version(MODEL_NAME, "file:///nowhere") for _ in range(3)]
    client.set_registered_model_alias(MODEL_NAME, CHAMPION, made[0].version)
    return made


def champion() -> int:
    return int(find_champion().version)


def tags_of(version: int) -> dict[str, str]:
    return dict(MlflowClient().get_model_version(MODEL_NAME, str(version)).tags)


def test_promotion_moves_the_alias_and_remembers_what_and_whom(
    versions: list[ModelVersion],
) -> None:
    promote_version(versions[1], versions[0], JUDGEMENT)
    assert champion() == 2
    assert tags_of(2) == {**JUDGEMENT, "previous_champion": "1"}


def test_judgement_against_a_candidate_leaves_the_alias(versions: list[ModelVersion]) -> None:
    record_judgement(versions[1], {"gate_verdict": "worse"})
    assert champion() == 1
    assert tags_of(2) == {"gate_verdict": "worse"}


def test_promoting_again_changes_nothing(versions: list[ModelVersion]) -> None:
    for _ in range(2):
        promote_version(versions[1], versions[0], JUDGEMENT)
    assert champion() == 2
    assert tags_of(2)["previous_champion"] == "1"


def test_champion_that_changed_during_the_judgement_stays(versions: list[ModelVersion]) -> None:
    MlflowClient().set_registered_model_alias(MODEL_NAME, CHAMPION, versions[2].version)
    with pytest.raises(ConfigError, match="meanwhile version 3 has become champion"):
        promote_version(versions[1], versions[0], JUDGEMENT)
    assert champion() == 3


class Killed(BaseException):
    """As a signal would: no handler of ours may catch it."""


WRITES = ["set_model_version_tag", "set_registered_model_alias"]


@pytest.mark.parametrize("write", WRITES)
def test_death_at_any_write_of_a_promotion_leaves_the_old_champion_until_it_is_repeated(
    versions: list[ModelVersion], monkeypatch: pytest.MonkeyPatch, write: str
) -> None:
    def die(*_: object) -> None:
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(MlflowClient, write, die)
        with pytest.raises(Killed):
            promote_version(versions[1], versions[0], JUDGEMENT)
    assert champion() == 1
    promote_version(versions[1], versions[0], JUDGEMENT)
    assert champion() == 2


@pytest.mark.parametrize("write", WRITES)
def test_death_at_any_write_of_a_rollback_leaves_the_champion_until_it_is_repeated(
    versions: list[ModelVersion], monkeypatch: pytest.MonkeyPatch, write: str
) -> None:
    def die(*_: object) -> None:
        raise Killed

    promote_version(versions[1], versions[0], JUDGEMENT)
    with monkeypatch.context() as patched:
        patched.setattr(MlflowClient, write, die)
        with pytest.raises(Killed):
            roll_back("ann")
    assert champion() == 2
    roll_back("ann")
    assert champion() == 1


def test_tags_are_written_before_the_alias(
    versions: list[ModelVersion], monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[dict[str, str]] = []
    move = MlflowClient.set_registered_model_alias

    def look(client: MlflowClient, name: str, alias: str, version: str) -> None:
        seen.append(tags_of(int(version)))
        move(client, name, alias, version)

    monkeypatch.setattr(MlflowClient, "set_registered_model_alias", look)
    promote_version(versions[1], versions[0], JUDGEMENT)
    assert seen == [tags_of(2)]


def test_rollback_returns_to_the_champion_before_and_says_who(
    versions: list[ModelVersion],
) -> None:
    promote_version(versions[1], versions[0], JUDGEMENT)
    old, new = roll_back("ann")
    assert (int(old.version), int(new.version), champion()) == (2, 1, 1)
    tags = tags_of(1)
    assert (tags["rollback_from"], tags["rollback_by"]) == ("2", "ann")
    assert tags["rollback_at"].endswith("+00:00")


def test_rollback_that_is_repeated_does_not_go_back_twice(versions: list[ModelVersion]) -> None:
    promote_version(versions[1], versions[0], JUDGEMENT)
    promote_version(versions[2], versions[1], JUDGEMENT)
    roll_back("ann")
    assert champion() == 2
    old, new = roll_back("ann")
    assert old.version == new.version
    assert champion() == 2


def test_rollback_to_a_named_version_goes_further(versions: list[ModelVersion]) -> None:
    promote_version(versions[1], versions[0], JUDGEMENT)
    promote_version(versions[2], versions[1], JUDGEMENT)
    roll_back("ann", to="1")
    assert champion() == 1
    roll_back("ann", to="1")
    assert champion() == 1


def test_version_that_is_promoted_again_after_a_rollback_can_be_rolled_back_again(
    versions: list[ModelVersion],
) -> None:
    promote_version(versions[1], versions[0], JUDGEMENT)
    roll_back("ann")
    promote_version(versions[2], versions[0], JUDGEMENT)
    promote_version(versions[0], versions[2], JUDGEMENT)
    assert tags_of(1)["rollback_from"] == ""
    roll_back("ann")
    assert champion() == 3


def test_rollback_without_a_past_says_what_to_do(versions: list[ModelVersion]) -> None:
    with pytest.raises(ConfigError, match="Name a version to return to"):
        roll_back("ann")
    assert champion() == 1


def test_rollback_to_a_deleted_version_leaves_the_champion(versions: list[ModelVersion]) -> None:
    promote_version(versions[1], versions[0], JUDGEMENT)
    MlflowClient().delete_model_version(MODEL_NAME, "1")
    with pytest.raises(ConfigError, match="to be registered"):
        roll_back("ann")
    assert champion() == 2


def test_store_without_a_champion_says_how_to_get_one(mlflow_store: str) -> None:
    with pytest.raises(ConfigError, match=r"python -m scripts\.evaluate"):
        find_champion()


def test_version_is_found_by_number_and_by_alias(versions: list[ModelVersion]) -> None:
    assert int(find_version(f"models:/{MODEL_NAME}/3").version) == 3
    assert int(find_version(f"models:/{MODEL_NAME}@champion").version) == 1


@pytest.mark.parametrize(
    "uri",
    ["models:/m-0123", "models:/other/1", "runs:/1/model", "models:/ocr-extractor", "3"],
)
def test_uri_that_cannot_carry_the_alias_is_refused(versions: list[ModelVersion], uri: str) -> None:
    with pytest.raises(ConfigError, match="can carry the alias"):
        find_version(uri)


def test_version_that_is_not_registered_is_named(versions: list[ModelVersion]) -> None:
    with pytest.raises(ConfigError, match="models:/ocr-extractor/9 to be registered"):
        find_version("models:/ocr-extractor/9")
