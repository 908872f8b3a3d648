from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import cloudpickle
import mlflow
import pandas as pd
import pytest
from mlflow.pyfunc.model import PythonModelContext

from ocr_model.config import parse_config
from ocr_model.errors import ConfigError, PromptError
from ocr_model.prompts import Message, PinnedPrompt
from ocr_model.pyfunc_model import SIGNATURE, OcrModel, snapshot_of
from scripts.workshop.drawn_files import tiff_bytes
from tests.conftest import as_base64
from tests.support.endpoint import Endpoint, completion

PROMPT = PinnedPrompt("prompts:/test/1", (Message(role="system", content="Read."),))
SETTINGS = {"engine": "llm", "llm": "test-llm", "prompt_uri": PROMPT.uri}


def context_of(folder: Path, **overrides: Any) -> PythonModelContext:
    """What MLflow hands to load_context for a model logged with SETTINGS."""
    config = parse_config(SETTINGS)
    snapshot = folder / "snapshot.json"
    snapshot.write_text(json.dumps(snapshot_of(config, PROMPT)))
    loaded = {**config.model_dump(mode="json"), **overrides}
    return PythonModelContext({"snapshot": str(snapshot)}, loaded)


@pytest.fixture
def endpoint(monkeypatch: pytest.MonkeyPatch, mlflow_store: str) -> Any:
    with Endpoint() as endpoint:
        for name, value in endpoint.environment.items():
            monkeypatch.setenv(name, value)
        yield endpoint


@pytest.fixture
def model(endpoint: Endpoint, tmp_path: Path) -> OcrModel:
    model = OcrModel()
    model.load_context(context_of(tmp_path))
    return model


def test_row_has_the_columns_of_the_signature(model: OcrModel, form_png: bytes) -> None:
    frame = model.predict(None, pd.DataFrame({"image": [as_base64(form_png)]}))
    assert list(frame.columns) == SIGNATURE.outputs.input_names()
    [row] = frame.to_dict("records")
    assert row["pairs"] == {"Name:": ["Ann Berg"], "Date:": []}
    assert row["answers"] == [
        {"question": "Name:", "answer": "Ann Berg", "page": 1, "box": None, "confidence": None},
        {"question": "Date:", "answer": None, "page": 1, "box": None, "confidence": None},
    ]
    [quality] = row["quality"]
    assert (quality.pop("page"), quality.pop("text_source")) == (1, "pixels")
    assert quality == {"letter_height_px": None, "skew_deg": None, "unsure_share": None}
    assert (row["engine"], row["llm"], row["prompt_uri"]) == ("llm", "test-llm", PROMPT.uri)
    assert (row["outcome"], row["error"], row["prompt_tokens"]) == ("ok", None, 1200)


def test_row_of_the_embedded_engine_says_what_its_page_was_like_to_read(
    mlflow_store: str, tmp_path: Path, form_png: bytes
) -> None:
    config = parse_config({"prompt_uri": PROMPT.uri})
    snapshot = tmp_path / "snapshot.json"
    snapshot.write_text(json.dumps(snapshot_of(config, PROMPT)))
    model = OcrModel()
    logged = config.model_dump(mode="json")
    model.load_context(PythonModelContext({"snapshot": str(snapshot)}, logged))
    rows = model.predict(None, pd.DataFrame({"image": [as_base64(form_png), "?"]}))
    [quality], none = rows["quality"]
    assert none == []
    assert (quality["page"], quality["text_source"]) == (1, "pixels")
    assert 14 < quality["letter_height_px"] < 24
    assert abs(quality["skew_deg"]) < 1
    assert quality["unsure_share"] == 0


def test_bad_rows_keep_their_place(model: OcrModel, form_png: bytes) -> None:
    images = ["?", as_base64(form_png), None]
    frame = model.predict(None, pd.DataFrame({"image": images, "document_id": ["a", "b", None]}))
    assert frame["outcome"].tolist() == ["bad_input", "ok", "bad_input"]
    assert frame["document_id"].tolist() == ["a", "b", ""]
    assert frame["prompt_tokens"].isna().tolist() == [True, False, True]


def test_rows_keep_the_index_of_the_frame_they_answer(model: OcrModel, form_png: bytes) -> None:
    asked = pd.DataFrame({"image": [as_base64(form_png), "?", as_base64(form_png)]})
    chosen = asked.iloc[[2, 1]]
    frame = model.predict(None, chosen)
    assert frame.index.tolist() == [2, 1]
    assert chosen.join(frame)["outcome"].to_dict() == {2: "ok", 1: "bad_input"}


def test_a_dict_of_lists_is_a_document_per_entry(model: OcrModel, form_png: bytes) -> None:
    """As MLflow hands `predict({"image": [...], "document_id": [...]})` over: one row of lists."""
    image = as_base64(form_png)
    frame = model.predict(None, pd.DataFrame([{"image": [image, "?"], "document_id": ["a", "b"]}]))
    assert frame["document_id"].tolist() == ["a", "b"]
    assert frame["outcome"].tolist() == ["ok", "bad_input"]
    with pytest.raises(ConfigError, match="as many document_ids as images"):
        model.predict(None, pd.DataFrame([{"image": [image, "?"], "document_id": ["a"]}]))


def test_what_is_absent_is_none_however_a_row_is_reached(model: OcrModel, form_png: bytes) -> None:
    frame = model.predict(None, pd.DataFrame({"image": [as_base64(form_png), "?"]}))
    assert [row["error"] is None for _, row in frame.iterrows()] == [True, False]
    assert [row.error is None for row in frame.itertuples()] == [True, False]
    assert [row["error"] is None for row in frame.to_dict("records")] == [True, False]
    assert [bool(frame["error"].iloc[n]) for n in (0, 1)] == [False, True]
    assert frame["prompt_tokens"].tolist() == [1200, None]


def test_a_setting_that_came_after_the_model_was_logged_has_its_default(
    endpoint: Endpoint, tmp_path: Path
) -> None:
    context = context_of(tmp_path)
    path = Path(context.artifacts["snapshot"])
    snapshot = json.loads(path.read_text())
    del snapshot["settings"]["second_opinion"]
    path.write_text(json.dumps(snapshot))
    OcrModel().load_context(context)
    context.model_config["second_opinion"] = "on"
    with pytest.raises(ConfigError, match="second_opinion: logged 'off', got 'on'"):
        OcrModel().load_context(context)


def test_a_model_logged_before_text_was_read_goes_on_without(
    mlflow_store: str, tmp_path: Path
) -> None:
    logged = parse_config({"prompt_uri": PROMPT.uri}).model_dump(mode="json")
    del logged["read_text"]
    snapshot = snapshot_of(parse_config(logged, logged=True), PROMPT)
    del snapshot["settings"]["read_text"]
    path = tmp_path / "snapshot.json"
    path.write_text(json.dumps(snapshot))
    OcrModel().load_context(PythonModelContext({"snapshot": str(path)}, logged))
    with pytest.raises(ConfigError, match="read_text: logged 'never', got 'auto'"):
        OcrModel().load_context(
            PythonModelContext({"snapshot": str(path)}, {**logged, "read_text": "auto"})
        )


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({}, None),
        ({"MLmodel": "metadata: {content_sha256: abc}"}, "sha256:abc"),
        (
            {
                "MLmodel": "metadata: {content_sha256: abc}",
                "registered_model_meta": "model_name: ocr-extractor\nmodel_version: '3'",
            },
            "models:/ocr-extractor/3",
        ),
    ],
    ids=["unknown", "content", "version"],
)
def test_a_row_says_which_model_answered(
    endpoint: Endpoint, tmp_path: Path, files: dict[str, str], expected: str | None
) -> None:
    (tmp_path / "artifacts").mkdir()
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    model = OcrModel()
    model.load_context(context_of(tmp_path / "artifacts"))
    row = model.predict(None, pd.DataFrame({"image": ["?"]})).iloc[0]
    assert row["model_uri"] == expected


def test_pages_are_asked_for_by_params(model: OcrModel) -> None:
    frame = pd.DataFrame({"image": [as_base64(tiff_bytes(5)), as_base64(tiff_bytes(1))]})
    rows = model.predict(None, frame, {"pages": "1,4-", "max_pages": 0})
    assert rows["pages"].tolist() == [3, 1]
    assert sorted({answer["page"] for answer in rows["answers"][0]}) == [1, 4, 5]


@pytest.mark.parametrize(
    ("params", "outcome", "message"),
    [
        ({"pages": "all"}, "bad_input", "Expected pages like '1-3,5'"),
        ({"pages": "6"}, "bad_input", "which has 5"),
        ({"max_pages": 2}, "too_large", "at most 2 pages per document, got 5"),
        ({"max_pages": -2}, "bad_input", "max_pages of 1 or more"),
    ],
    ids=["nonsense", "beyond the end", "too many", "negative"],
)
def test_params_that_cannot_be_met_are_typed_rows(
    model: OcrModel, params: dict[str, Any], outcome: str, message: str
) -> None:
    rows = model.predict(None, pd.DataFrame({"image": [as_base64(tiff_bytes(5))]}), params)
    assert rows["outcome"].tolist() == [outcome]
    assert message in rows["error"][0]


def test_signature_lets_params_through_and_names_their_defaults() -> None:
    assert SIGNATURE.params.to_dict() == [
        {"name": "pages", "type": "string", "default": "", "shape": None},
        {"name": "max_pages", "type": "long", "default": 0, "shape": None},
        {"name": "review_threshold", "type": "double", "default": None, "shape": None},
    ]


@pytest.mark.parametrize(
    ("settings", "params", "expected"),
    [({}, {}, False), ({"review_threshold": 0.5}, {}, True), ({}, {"review_threshold": 0.5}, True)],
    ids=["no threshold", "threshold of the model", "threshold of the call"],
)
def test_answers_of_unknown_confidence_are_for_review_where_there_is_a_threshold(
    endpoint: Endpoint,
    tmp_path: Path,
    form_png: bytes,
    settings: dict[str, Any],
    params: dict[str, Any],
    expected: bool,
) -> None:
    model = OcrModel()
    model.load_context(context_of(tmp_path, **settings))
    rows = model.predict(None, pd.DataFrame({"image": [as_base64(form_png)]}), params)
    assert rows["needs_review"].tolist() == [expected]


def test_a_threshold_that_is_no_share_is_refused(model: OcrModel, form_png: bytes) -> None:
    frame = pd.DataFrame({"image": [as_base64(form_png)]})
    with pytest.raises(ConfigError, match="from 0 to 1, got 70"):
        model.predict(None, frame, {"review_threshold": 70.0})


def test_no_rows_give_no_rows(model: OcrModel) -> None:
    frame = model.predict(None, pd.DataFrame({"image": []}))
    assert (len(frame), list(frame.columns)) == (0, SIGNATURE.outputs.input_names())


def test_row_index_of_the_input_does_not_matter(model: OcrModel, form_png: bytes) -> None:
    frame = pd.DataFrame({"image": [as_base64(form_png)] * 2}, index=[7, 3])
    assert len(model.predict(None, frame)) == 2


@pytest.mark.parametrize(
    "override",
    [
        {"prompt_uri": "prompts:/test/2"},
        {"llm": "another"},
        {"image_quality": 90},
        {"llm_parameters": {"temperature": 1}},
        {"engine": "local"},
    ],
    ids=lambda override: next(iter(override)),
)
def test_pinned_setting_cannot_be_swapped_at_load(
    endpoint: Endpoint, tmp_path: Path, override: dict[str, Any]
) -> None:
    with pytest.raises(ConfigError, match=f"{next(iter(override))}: logged .* got "):
        OcrModel().load_context(context_of(tmp_path, **override))


def test_operational_setting_may_differ_at_load(endpoint: Endpoint, tmp_path: Path) -> None:
    OcrModel().load_context(context_of(tmp_path, timeout_s=5, concurrency=1, trace_images="full"))


def test_snapshot_that_was_edited_is_refused(endpoint: Endpoint, tmp_path: Path) -> None:
    context = context_of(tmp_path)
    snapshot = tmp_path / "snapshot.json"
    snapshot.write_text(snapshot.read_text().replace("Read.", "Invent."))
    with pytest.raises(PromptError, match="changed after it was logged"):
        OcrModel().load_context(context)


def test_missing_key_raises_at_load(
    monkeypatch: pytest.MonkeyPatch, endpoint: Endpoint, tmp_path: Path
) -> None:
    monkeypatch.delenv("OPENAI_API_KEY")
    monkeypatch.delenv("OPENAI_BASE_URL")
    with pytest.raises(ConfigError, match="OPENAI_API_KEY"):
        OcrModel().load_context(context_of(tmp_path))


def test_bare_instance_says_how_to_get_a_loaded_one() -> None:
    with pytest.raises(ConfigError, match="Load it with"):
        OcrModel().predict(None, pd.DataFrame({"image": ["x"]}))


def test_loaded_instance_round_trips_through_cloudpickle(model: OcrModel, form_png: bytes) -> None:
    copy = cloudpickle.loads(cloudpickle.dumps(model))
    frame = copy.predict(None, pd.DataFrame({"image": [as_base64(form_png)]}))
    assert frame["outcome"].tolist() == ["ok"]


def test_pickled_instance_carries_no_key(model: OcrModel, endpoint: Endpoint) -> None:
    assert endpoint.api_key.encode() not in cloudpickle.dumps(model)


def test_a_model_that_pins_a_secret_goes_on_working_and_shows_it_to_nobody(
    endpoint: Endpoint, tmp_path: Path, form_png: bytes
) -> None:
    pinned = {"max_tokens": 9, "api_key": "canary-1234"}
    config = parse_config({**SETTINGS, "llm_parameters": pinned}, logged=True)
    snapshot = tmp_path / "snapshot.json"
    snapshot.write_text(json.dumps(snapshot_of(config, PROMPT)))
    logged = config.model_dump(mode="json")
    model = OcrModel()
    model.load_context(PythonModelContext({"snapshot": str(snapshot)}, logged))
    [row] = model.predict(None, pd.DataFrame({"image": [as_base64(form_png)]})).to_dict("records")
    assert (row["outcome"], endpoint.requests[0].body["api_key"]) == ("ok", "canary-1234")
    trace = mlflow.get_trace(row["trace_id"])
    assert trace is not None
    shown = json.dumps(trace.to_dict())
    assert "max_tokens" in shown
    assert "canary" not in shown
    other = {**logged, "llm_parameters": {"api_key": "canary-5678"}}
    with pytest.raises(ConfigError, match=r"cannot be changed.*llm_parameters: logged") as caught:
        OcrModel().load_context(PythonModelContext({"snapshot": str(snapshot)}, other))
    assert "canary" not in str(caught.value)


def test_a_pair_that_was_left_out_makes_a_row_for_review(
    monkeypatch: pytest.MonkeyPatch, mlflow_store: str, tmp_path: Path, form_png: bytes
) -> None:
    text = '{"pairs": [{"key": "Name", "value": ["Ann"]}, {"key": "Born", "value": {"day": 1}}]}'
    with Endpoint([completion(text)]) as endpoint:
        for name, value in endpoint.environment.items():
            monkeypatch.setenv(name, value)
        model = OcrModel()
        model.load_context(context_of(tmp_path))
        frame = model.predict(None, pd.DataFrame({"image": [as_base64(form_png)]}))
    [row] = frame.to_dict("records")
    assert (row["outcome"], row["pairs"], row["needs_review"]) == ("ok", {"Name": ["Ann"]}, True)
    assert "{'day': '1'}" in row["notes"][0]
