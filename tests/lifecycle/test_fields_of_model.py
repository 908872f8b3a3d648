"""Fields on their way from a file into a model, and out of it when it is loaded."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import mlflow
import pytest
from mlflow import MlflowClient
from mlflow.entities.model_registry import ModelVersion

from ocr_model.commands import script
from ocr_model.commands.cli import Candidate
from ocr_model.commands.models.candidate import plan_candidate
from ocr_model.config import parse_config
from ocr_model.errors import ConfigError
from ocr_model.fields import WantedFields, fields_setting, parse_fields
from ocr_model.lifecycle.champion import find_champion
from ocr_model.lifecycle.fields_of_model import wanted_of_model
from ocr_model.lifecycle.lineage import lineage_of
from ocr_model.lifecycle.registry import (
    _served_code_sha256,
    config_of_model,
    content_sha256,
    input_example,
    plan_version,
)
from ocr_model.prompts import Message, PinnedPrompt, load_prompt, register_bundled_prompts
from ocr_model.pyfunc_model import SIGNATURE
from tests.support.given import given

FILE = """
fields:
  - {name: order_number, labels: [Order no], required: true}
  - {name: delivery, labels: [Delivery date], type: date}
  - {name: total, type: currency}
"""
WANTED = parse_fields(FILE)


def register(wanted: WantedFields | None) -> ModelVersion:
    prompt = load_prompt(register_bundled_prompts()[0])
    settings = {"prompt_uri": prompt.uri, "fields": fields_setting(wanted)}
    return plan_version(parse_config(settings), prompt, wanted=wanted).register()


def uri_of(version: ModelVersion) -> str:
    return f"models:/{version.name}/{version.version}"


def test_the_logged_model_gives_its_fields(mlflow_store: str) -> None:
    model = mlflow.pyfunc.load_model(uri_of(register(WANTED)))
    [row] = model.predict(input_example()).to_dict("records")
    assert [(f["name"], f["status"], f["value"], f["text"]) for f in row["fields"]] == [
        ("order_number", "found", "4711", "4711"),
        ("delivery", "found", "2024-05-14", "14 May 2024"),
        ("total", "missing", None, None),
    ]
    assert row["fields"][0].keys() == {
        member.name for member in SIGNATURE.outputs.input_dict()["fields"].type.dtype.properties
    }
    assert row["pairs"] == {"order_number": ["4711"], "delivery": ["14 May 2024"]}
    assert not row["needs_review"]


def test_fields_are_part_of_what_a_version_is(mlflow_store: str) -> None:
    plain, own = register(None), register(WANTED)
    assert plain.version != own.version
    assert register(parse_fields(f"# the same\n{FILE}")).version == own.version
    assert register(parse_fields(FILE.replace("total", "sum"))).version != own.version
    assert own.tags["fields"] == f"sha256:{WANTED.digest}"
    assert (
        "Gives 3 fields: `order_number` (text, required), `delivery` (date), `total` (currency)."
        in (own.description or "")
    )
    info = mlflow.models.get_model_info(uri_of(own))
    assert mlflow.get_logged_model(info.model_id).params["fields"] == own.tags["fields"]
    assert wanted_of_model(uri_of(own), own.tags["fields"]) == WANTED
    assert wanted_of_model(uri_of(plain), "") is None


def test_model_without_fields_is_the_content_it_was_before_there_were_any() -> None:
    prompt = PinnedPrompt("prompts:/p/1", (Message(role="system", content="Read."),))
    config = parse_config({"prompt_uri": prompt.uri})
    before = {
        "config": config.model_dump(mode="json", exclude={"fields", "ask_again", "finder"}),
        "prompt": prompt.sha256,
        "code": _served_code_sha256(),
        "requirements": (),
    }
    digest = hashlib.sha256(json.dumps(before, sort_keys=True).encode()).hexdigest()
    assert content_sha256(config, prompt, ()) == digest


def test_fields_changed_in_the_store_are_refused_at_load(mlflow_store: str) -> None:
    folder = Path(mlflow.artifacts.download_artifacts(uri_of(register(WANTED))))
    snapshot = folder / "artifacts" / "snapshot.json"
    snapshot.write_text(snapshot.read_text().replace("Order no", "Order number"))
    with pytest.raises(Exception, match="files were changed after it was logged"):
        mlflow.pyfunc.load_model(str(folder))


def test_fields_cannot_be_left_out_when_the_model_is_loaded(mlflow_store: str) -> None:
    version = register(WANTED)
    with pytest.raises(Exception, match="cannot be changed when it is loaded"):
        mlflow.pyfunc.load_model(uri_of(version), model_config={"fields": ""})


def test_settings_without_their_fields_are_not_registered(mlflow_store: str) -> None:
    prompt = load_prompt(register_bundled_prompts()[0])
    config = parse_config({"prompt_uri": prompt.uri, "fields": fields_setting(WANTED)})
    with pytest.raises(ConfigError, match="beside the settings, got none"):
        plan_version(config, prompt).register()


def test_the_command_logs_a_model_with_the_fields(
    mlflow_store: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "fields.yaml").write_text(FILE)
    assert script("log_model", ["--fields", str(tmp_path / "fields.yaml")]) == 0
    uri = capsys.readouterr().out.split()[0]
    assert config_of_model(uri).fields == fields_setting(WANTED)


def test_a_candidate_keeps_the_champions_fields_unless_it_brings_its_own(
    mlflow_store: str, tmp_path: Path
) -> None:
    register(WANTED)
    champion = find_champion()
    same = plan_candidate(given(Candidate, "--settings", '{"concurrency": 1}'), champion)
    assert not isinstance(same, ModelVersion)
    assert (same.config.fields, same.wanted) == (fields_setting(WANTED), WANTED)
    (tmp_path / "own.yaml").write_text("fields: [{name: total}]")
    other = plan_candidate(given(Candidate, "--fields", str(tmp_path / "own.yaml")), champion)
    assert not isinstance(other, ModelVersion)
    assert [field.name for field in other.wanted.fields] == ["total"]  # type: ignore[union-attr]
    without = plan_candidate(given(Candidate, "--settings", '{"fields": ""}'), champion)
    assert not isinstance(without, ModelVersion)
    assert without.config.fields == ""
    asked = plan_candidate(given(Candidate, "--engine", "llm"), champion)
    assert not isinstance(asked, ModelVersion)
    assert (asked.config.engine, asked.wanted) == ("llm", WANTED)


def test_lineage_names_the_fields(mlflow_store: str) -> None:
    model = mlflow.pyfunc.load_model(uri_of(register(WANTED)))
    mlflow.set_active_model(model_id=model.model_id)
    [row] = model.predict(input_example()).to_dict("records")
    mlflow.set_active_model(name="another")
    [told] = [member.text for member in lineage_of(row["trace_id"]) if member.kind == "fields"]
    assert told.startswith(f"sha256:{WANTED.digest}")
    assert MlflowClient().get_model_version("ocr-extractor", "1").tags["fields"] in told
