"""The MLflow adapter of the extractor: signature, load, predict. Thin on purpose."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pandas as pd
import yaml
from mlflow.models import ModelSignature
from mlflow.pyfunc.model import PythonModel, PythonModelContext
from mlflow.types import ColSpec, DataType, ParamSchema, ParamSpec, Schema
from mlflow.types.schema import Array, Map, Object, Property
from pydantic_core import to_jsonable_python

from ocr_model.config import (
    ExtractorConfig,
    parse_config,
    pinned_settings,
    without_retired,
    without_secrets,
)
from ocr_model.documents import PageRequest
from ocr_model.errors import ConfigError
from ocr_model.extraction import Document, Extractor, to_frame
from ocr_model.fields import WantedFields
from ocr_model.prompts import PinnedPrompt, from_snapshot, to_snapshot

SNAPSHOT_ARTIFACT = "snapshot"
LINKER_ARTIFACT = "linker"
FINDER_ARTIFACT = "finder"
# Of the snapshot.
FIELDS = "fields"

_ANSWER = Object(
    [
        Property("question", DataType.string),
        Property("answer", DataType.string, required=False),
        Property("page", DataType.long),
        Property("box", Array(DataType.double), required=False),
        Property("confidence", DataType.double, required=False),
    ]
)

_FIELD = Object(
    [
        Property("name", DataType.string),
        Property("status", DataType.string),
        Property("value", DataType.string, required=False),
        Property("text", DataType.string, required=False),
        Property("page", DataType.long, required=False),
        Property("box", Array(DataType.double), required=False),
        Property("confidence", DataType.double, required=False),
        Property("reason", DataType.string, required=False),
        Property("row", DataType.long, required=False),
        Property("column", DataType.string, required=False),
    ]
)

_QUALITY = Object(
    [
        Property("page", DataType.long),
        Property("text_source", DataType.string),
        Property("letter_height_px", DataType.double, required=False),
        Property("skew_deg", DataType.double, required=False),
        Property("unsure_share", DataType.double, required=False),
    ]
)

SIGNATURE = ModelSignature(
    inputs=Schema(
        [
            ColSpec(DataType.string, "image"),
            ColSpec(DataType.string, "document_id", required=False),
        ]
    ),
    outputs=Schema(
        [
            ColSpec(DataType.string, "document_id"),
            ColSpec(DataType.string, "outcome"),
            ColSpec(DataType.string, "error", required=False),
            ColSpec(Map(Array(DataType.string)), "pairs"),
            ColSpec(Array(_ANSWER), "answers"),
            ColSpec(Array(_FIELD), "fields"),
            ColSpec(DataType.boolean, "needs_review"),
            ColSpec(DataType.long, "pages"),
            ColSpec(Array(_QUALITY), "quality"),
            ColSpec(DataType.string, "engine"),
            ColSpec(DataType.string, "llm", required=False),
            ColSpec(DataType.string, "prompt_uri"),
            ColSpec(DataType.long, "prompt_tokens", required=False),
            ColSpec(DataType.long, "completion_tokens", required=False),
            ColSpec(DataType.long, "latency_ms"),
            ColSpec(DataType.boolean, "cached"),
            ColSpec(Array(DataType.string), "notes"),
            ColSpec(DataType.string, "trace_id", required=False),
            ColSpec(DataType.string, "model_uri", required=False),
        ]
    ),
    params=ParamSchema(
        [
            ParamSpec("pages", DataType.string, ""),
            ParamSpec("max_pages", DataType.long, 0),
            ParamSpec("review_threshold", DataType.double, None),
        ]
    ),
)


class OcrModel(PythonModel):
    """Page images in, one row per document out.

    The prompt comes from the snapshot logged with the model, so loading fetches nothing. A copy
    made by cloudpickle builds its engine again at the first call.
    """

    def __init__(self) -> None:
        self._config: ExtractorConfig | None = None
        self._prompt: PinnedPrompt | None = None
        self._linker: bytes | None = None
        self._finder: bytes | None = None
        self._fields: object = None
        self._extractor: Extractor | None = None
        self._model_uri: str | None = None

    def load_context(self, context: PythonModelContext) -> None:
        """Check what was loaded against what was logged, then build the engine.

        Raises:
            ConfigError: settings that decide an answer differ from the logged ones, or the engine
                lacks a package or a secret.
        """
        snapshot_file = Path(context.artifacts[SNAPSHOT_ARTIFACT])
        snapshot = json.loads(snapshot_file.read_text("utf-8"))
        self._model_uri = _uri_of(snapshot_file.parents[1])
        self._config = parse_config(dict(context.model_config or {}), logged=True)
        self._prompt = from_snapshot(snapshot["prompt"])
        _check_pinned(self._config, snapshot["settings"], self._prompt.uri)
        if LINKER_ARTIFACT in context.artifacts:
            self._linker = Path(context.artifacts[LINKER_ARTIFACT]).read_bytes()
        if FINDER_ARTIFACT in context.artifacts:
            self._finder = Path(context.artifacts[FINDER_ARTIFACT]).read_bytes()
        self._fields = snapshot.get(FIELDS)
        self._extractor = self._built(self._config, self._prompt)

    def predict(
        self,
        context: PythonModelContext | None,  # noqa: ARG002 - MLflow passes it by name
        model_input: pd.DataFrame,
        params: dict[str, Any] | None = None,
    ) -> pd.DataFrame:
        """Extract every row; a row that fails says so in `outcome` and `error`.

        `params`: `pages`, as in "1-3,5" or "4-", counted from 1; `max_pages`, below the setting;
        `review_threshold`, instead of the setting.

        Raises:
            ConfigError: the threshold is not in [0, 1], or the numbers of ids and images differ.
        """
        extractor = self._ready_extractor()
        model_input = _one_document_per_row(model_input)
        ids = model_input.get("document_id", pd.Series([None] * len(model_input)))
        documents = [
            Document(image, _text_or_none(document_id))
            for image, document_id in zip(model_input["image"], ids, strict=True)
        ]
        given = params or {}
        asked = PageRequest(given.get("pages") or "", given.get("max_pages") or 0)
        threshold = _threshold(given.get("review_threshold"), extractor.config)
        extractions = extractor.extract_many(documents, asked)
        columns = SIGNATURE.outputs.input_names()
        frame = to_frame(extractions, columns, extractor, threshold, self._model_uri)
        # The caller may join the rows to its own frame, which may be filtered or reordered.
        return frame.set_axis(model_input.index, axis="index")

    def _ready_extractor(self) -> Extractor:
        if self._extractor is None:
            if self._config is None or self._prompt is None:
                raise ConfigError(
                    "Expected a loaded model, got a bare OcrModel. Load it with "
                    "mlflow.pyfunc.load_model('models:/ocr-extractor@champion')."
                )
            self._extractor = self._built(self._config, self._prompt)
        return self._extractor

    def _built(self, config: ExtractorConfig, prompt: PinnedPrompt) -> Extractor:
        return Extractor(config, prompt, self._linker, self._fields, self._finder)

    def __getstate__(self) -> dict[str, Any]:
        """Engines hold sockets and native sessions, which cannot be pickled."""
        return {**self.__dict__, "_extractor": None}


def _uri_of(model: Path) -> str | None:
    """The URI of the model in this folder: its version if the registry wrote it, else its content.

    MLflow adds the file with the version when it downloads a registered version.
    """
    for name, read in (("registered_model_meta", _version_in), ("MLmodel", _content_in)):
        if (model / name).is_file():
            found = read(yaml.safe_load((model / name).read_text("utf-8")))
            if found is not None:
                return found
    return None


def _version_in(meta: dict[str, Any]) -> str | None:
    return f"models:/{meta['model_name']}/{meta['model_version']}" if meta else None


def _content_in(meta: dict[str, Any]) -> str | None:
    digest = (meta.get("metadata") or {}).get("content_sha256")
    return f"sha256:{digest}" if digest else None


def snapshot_of(
    config: ExtractorConfig, prompt: PinnedPrompt, wanted: WantedFields | None = None
) -> dict[str, Any]:
    """What is frozen into the model, in addition to its (overridable) MLflow model config."""
    fields = {FIELDS: wanted.to_plain()} if config.fields and wanted is not None else {}
    return {"prompt": to_snapshot(prompt), "settings": pinned_settings(config), **fields}


def _check_pinned(config: ExtractorConfig, logged: dict[str, Any], prompt_uri: str) -> None:
    loaded = pinned_settings(config)
    # A setting that was added after the model was logged had its default then, too.
    defaults = {
        key: to_jsonable_python(
            ExtractorConfig.model_fields[key].get_default(call_default_factory=True)
        )
        for key in loaded.keys() - logged.keys()
    }
    logged = defaults | without_retired(logged)
    changed = sorted(
        key for key in loaded.keys() | logged.keys() if loaded.get(key) != logged.get(key)
    )
    if changed:
        details = "; ".join(
            f"{key}: logged {without_secrets(logged.get(key))!r}, "
            f"got {without_secrets(loaded.get(key))!r}"
            for key in changed
        )
        raise ConfigError(
            f"This model pins {prompt_uri} and its settings; they cannot be changed when it is "
            f"loaded ({details}). Log a new model with the settings you want."
        )


def _one_document_per_row(asked: pd.DataFrame) -> pd.DataFrame:
    """MLflow turns `{"image": [a, b]}` into one row; a client means two documents."""
    names = [
        name
        for name in ("image", "document_id")
        if name in asked and asked[name].map(lambda cell: isinstance(cell, list)).any()
    ]
    if not names:
        return asked
    try:
        return asked.explode(names, ignore_index=True)
    except ValueError as err:
        raise ConfigError(
            "Expected as many document_ids as images where they are given as lists, got others."
        ) from err


def _threshold(given: float | None, config: ExtractorConfig) -> float | None:
    if given is None:
        return config.review_threshold
    if not 0 <= given <= 1:
        raise ConfigError(f"Expected a review_threshold from 0 to 1, got {given!r}.")
    return given


def _text_or_none(value: object) -> str | None:
    return value if isinstance(value, str) and value else None
