"""Log a model, register it once per content, give the first one its alias."""

from __future__ import annotations

import base64
import contextlib
import hashlib
import io
import json
import re
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import version as installed_version
from pathlib import Path
from typing import Any

import mlflow
import pandas as pd
from mlflow import MlflowClient
from mlflow.entities.model_registry import ModelVersion
from mlflow.exceptions import MlflowException
from mlflow.models import Model
from mlflow.tracking.fluent import _get_experiment_id  # nothing public tells before a run starts
from PIL import Image, ImageDraw, ImageFont

from ocr_model.config import ExtractorConfig, parse_config, with_new_names
from ocr_model.errors import ConfigError
from ocr_model.fields import WantedFields, described, pinned_fields
from ocr_model.finder import pinned_finder
from ocr_model.history import Change, Kind, acting, append_event, open_history
from ocr_model.lifecycle.run_description import as_markdown, prompt_link
from ocr_model.lifecycle.store import hold_store
from ocr_model.linker import pinned_linker
from ocr_model.model_files import RECORDED_AS, write_manifest
from ocr_model.prompts import PinnedPrompt, render
from ocr_model.pyfunc_model import (
    FINDER_ARTIFACT,
    LINKER_ARTIFACT,
    SIGNATURE,
    SNAPSHOT_ARTIFACT,
    snapshot_of,
)
from ocr_model.trace_content import TraceContent, holds_text, kept_here

# Of the snapshot in a model.
CALIBRATED_ON = "calibrated_on"

_CONTENT, _IMAGES = "trace_content", "trace_images"
_NOTHING: Mapping[str, object] = {}

MODEL_NAME = "ocr-extractor"
CHAMPION = "champion"

_PACKAGE = Path(__file__).parent.parent
# Code that cannot change an answer: editing it must not create a new model version.
_NOT_SERVED = frozenset(
    {
        "access",
        "bulk",
        "commands",
        "evaluation",
        "forgetting",
        "forms",
        "history",
        "isolated",
        "lifecycle",
        "model_files",
        "monitoring",
        "notebook.py",
        "optimization",
        "practice",
        "report",
        "review",
        "scoring",
        "training",
        "web",
    }
)

_REQUIRED = (
    *("mlflow", "cloudpickle", "numpy", "pandas", "pillow", "pydantic", "pypdfium2"),
    "rapidfuzz",
)
_REQUIRED_BY_ENGINE = {
    "local": ("rapidocr", "onnxruntime", "opencv-python-headless"),
    "llm": ("openai", "httpx2", "httpcore2"),
}


@dataclass(frozen=True, slots=True)
class NewVersion:
    """A model ready to be registered: everything that can be checked in advance was checked."""

    config: ExtractorConfig
    prompt: PinnedPrompt
    linker: bytes | None
    requirements: tuple[str, ...]
    name: str
    wanted: WantedFields | None = None
    finder: bytes | None = None
    # SHA-256 of the documents that its `confidence_calibration` was fitted to.
    calibrated_on: tuple[str, ...] = ()

    @property
    def digest(self) -> str:
        return content_sha256(self.config, self.prompt, self.requirements, self.calibrated_on)

    def known(self) -> ModelVersion | None:
        """The existing version with the same content."""
        return find_by_content(self.digest, self.name)

    def register(self) -> ModelVersion:
        """Log and register it, or return the existing version with the same content.

        The first version of a name becomes `champion`; this module never moves that alias later.
        """
        with hold_store():
            return self.known() or self._register()

    def log(self) -> str:
        """Log it without registering it, unless that was done before; its URI, `models:/m-…`."""
        known = mlflow.search_logged_models(
            [str(_get_experiment_id())],
            f"params.content_sha256 = '{self.digest}'",
            max_results=1,
            output_format="list",
        )
        if known:
            return f"models:/{known[0].model_id}"
        return self._log()

    def _log(self) -> str:
        with tempfile.TemporaryDirectory() as folder:
            artifacts = _artifacts(Path(folder), self)
            return _log_model(
                self.config, self.prompt, self.requirements, self._described(), artifacts
            )

    def _described(self) -> dict[str, Any]:
        config, prompt = self.config, self.prompt
        return {
            "engine": config.engine,
            "llm": config.llm if config.engine == "llm" else "",
            "prompt_uri": prompt.uri,
            "prompt_sha256": prompt.sha256,
            "linker": config.linker,
            "fields": config.fields,
            "finder": config.finder,
            "content_sha256": self.digest,
        }

    def _register(self) -> ModelVersion:
        prompt, name = self.prompt, self.name
        if not MlflowClient().search_model_versions(f"name = '{name}'", max_results=1):
            open_history(f"model {name}")  # it will be the champion
        registered = mlflow.register_model(self._log(), name, tags=self._described())
        client = MlflowClient()
        # On a server, another process may have logged the same meanwhile: the older one stays.
        oldest = self.known()
        if oldest is not None and int(oldest.version) < int(registered.version):
            with contextlib.suppress(MlflowException):  # only MANAGE may delete
                client.delete_model_version(name, registered.version)
            return oldest
        if told := _description(self):
            client.update_model_version(name, registered.version, told)
        if int(registered.version) == 1:
            change = Change(
                Kind.FIRST,
                "1",
                after="1",
                prompt_sha256=prompt.sha256,
                model_sha256=self.digest,
            )
            append_event(f"model {name}", change, acting())
            client.set_registered_model_alias(name, CHAMPION, registered.version)
        return client.get_model_version(name, registered.version)


def plan_version(
    config: ExtractorConfig,
    prompt: PinnedPrompt,
    name: str = MODEL_NAME,
    linker: bytes | None = None,
    wanted: WantedFields | None = None,
    finder: bytes | None = None,
) -> NewVersion:
    """Prepare a version without registering it.

    Its content is configuration, prompt text, served code with its weights, and requirements. The
    configuration names custom weights of a `linker`, the `wanted` fields, and the weights of their
    `finder` by digest.

    Raises:
        ConfigError: the prompt's variables do not fit, a required package is not installed, the
        name
            belongs to a prompt, or `linker`, `wanted` or `finder` do not match the configuration.
    """
    pinned_fields(config.fields, None if wanted is None else wanted.to_plain())
    if config.linker:
        pinned_linker(config.linker, linker)
    pinned_finder(config.finder, finder, wanted)
    render(prompt, config.prompt_values, described(wanted))
    planned = NewVersion(config, prompt, linker, _pinned_requirements(config), name, wanted, finder)
    _refuse_prompt_name(name)
    return planned


def register_model_once(
    config: ExtractorConfig,
    prompt: PinnedPrompt,
    name: str = MODEL_NAME,
    linker: bytes | None = None,
    wanted: WantedFields | None = None,
    finder: bytes | None = None,
) -> ModelVersion:
    """Log and register a model, or return the version that has this very content already.

    Raises:
        ConfigError: as `plan_version`.
    """
    return plan_version(config, prompt, name, linker, wanted, finder).register()


def content_sha256(
    config: ExtractorConfig,
    prompt: PinnedPrompt,
    requirements: tuple[str, ...],
    calibrated_on: tuple[str, ...] = (),
) -> str:
    """Digest of all content of a model version, and of the documents it learned from."""
    settings = config.model_dump(mode="json")
    # A model without fields keeps the digest from before fields existed.
    of_fields: tuple[str, ...] = () if config.fields else ("fields", "ask_again")
    of_fields += () if config.finder else ("finder",)
    settings = {name: value for name, value in settings.items() if name not in of_fields}
    content = {
        "config": settings,
        "prompt": prompt.sha256,
        "code": _served_code_sha256(),
        "requirements": requirements,
    }
    seen = {CALIBRATED_ON: sorted(calibrated_on), "prompt_on": sorted(prompt.documents_sha256)}
    content |= {name: documents for name, documents in seen.items() if documents}
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def find_by_content(digest: str, name: str = MODEL_NAME) -> ModelVersion | None:
    """The oldest version of this name with this content that was not deleted."""
    found = MlflowClient().search_model_versions(
        f"name = '{name}' and tags.content_sha256 = '{digest}'"
    )
    return min(found, key=lambda version: int(version.version), default=None)


def uri_of(version: ModelVersion) -> str:
    """models:/<name>/<version>"""
    return f"models:/{version.name}/{version.version}"


def is_missing(err: MlflowException) -> bool:
    """Whether the error means "not found", and not that the store cannot be reached."""
    return err.error_code in ("RESOURCE_DOES_NOT_EXIST", "INVALID_PARAMETER_VALUE")


def files_sha256_of(version: ModelVersion) -> str | None:
    """The digest of its manifest, recorded when it was logged; None for older models."""
    logged = re.fullmatch(r"models:/(m-[0-9a-f]+)", version.source or "")
    if logged is None:
        return None
    recorded: str | None = MlflowClient().get_logged_model(logged[1]).params.get(RECORDED_AS)
    return recorded


def download_version(version: ModelVersion, into: Path) -> Path:
    """Download the files of a version into the new folder `into`, without running its code."""
    into.mkdir()
    uri = uri_of(version)
    return Path(mlflow.artifacts.download_artifacts(artifact_uri=uri, dst_path=str(into)))


def config_of_model(model_uri: str) -> ExtractorConfig:
    """The settings a model was logged with.

    Raises:
        ConfigError: there is no such model, it is not one of ours, or its settings are no longer
            valid.
    """
    return parse_config(_logged_settings(model_uri), logged=True)


def _logged_settings(model_uri: str) -> dict[str, Any]:
    try:
        flavors = mlflow.models.get_model_info(model_uri).flavors
    except MlflowException as err:
        if not is_missing(err):
            raise
        raise ConfigError(f"Expected {model_uri} to be a logged model, got none.") from err
    settings = flavors.get("python_function", {}).get("config")
    if not isinstance(settings, dict):
        raise ConfigError(
            f"Expected {model_uri} to carry the settings of an extractor, got none. "
            "Log it with python -m scripts.log_model."
        )
    return settings


def content_kept(model_uri: str, settings: Mapping[str, object] = _NOTHING) -> TraceContent:
    """How much of a page is stored when this model reads with these settings on this machine."""
    logged: TraceContent = config_of_model(model_uri).trace_content
    content: TraceContent = with_new_names({_CONTENT: logged, **settings})[_CONTENT]
    return kept_here(content)


def settings_for(
    model_uri: str, settings: Mapping[str, object], content: TraceContent
) -> tuple[dict[str, object], bool]:
    """Operational settings by the names that the model's own code knows, and whether to trace it.

    Code of earlier commits stores text in every trace, and replies in the cache: if `content`
    allows no text, it runs without traces and stores no reply.
    """
    given = {name: value for name, value in with_new_names(settings).items() if name != _CONTENT}
    known = _logged_settings(model_uri)
    if _CONTENT in known:
        return {**given, _CONTENT: content}, True
    if _IMAGES in known:
        given[_IMAGES] = "full" if content == "full" else "none"
    if not holds_text(content) and given.get("cache") == "read-write":
        given["cache"] = "off"
    return given, holds_text(content)


def _served_code_sha256() -> str:
    digest = hashlib.sha256()
    served = [*_PACKAGE.rglob("*.py"), *_PACKAGE.rglob("*.npz")]
    for file in sorted(served):
        inside = file.relative_to(_PACKAGE)
        if inside.parts[0] not in _NOT_SERVED:
            digest.update(inside.as_posix().encode())
            digest.update(file.read_bytes())
    return digest.hexdigest()


def _pinned_requirements(config: ExtractorConfig) -> tuple[str, ...]:
    """Exact versions of required packages; the LLM engine may need the OCR, too."""
    engines = {config.engine} | ({"local"} if config.reads_words else set())
    names = (*_REQUIRED, *(name for e in sorted(engines) for name in _REQUIRED_BY_ENGINE[e]))
    try:
        return tuple(f"{name}=={installed_version(name)}" for name in names)
    except ModuleNotFoundError as err:
        raise ConfigError(
            f"The {config.engine} engine with page_input {config.page_input!r} and answer_boxes "
            f"{config.answer_boxes!r} needs {', '.join(names)}; {err.name} is not installed. "
            f"Install them with pip install 'ocr_model{'[local]' if 'local' in engines else ''}'."
        ) from err


def _refuse_prompt_name(name: str) -> None:
    """Refuse a prompt's name: MLflow would accept it and then break prompts:/<name>@latest."""
    try:
        taken = mlflow.genai.load_prompt(f"prompts:/{name}@latest", allow_missing=True)
    except MlflowException:
        return  # the name is a model's, or nobody's
    if taken is not None:
        raise ConfigError(
            f"Expected a name for the model, got {name!r}, which is a registered prompt. "
            f"Use another name, for example {MODEL_NAME!r}."
        )


class _UncalledModel(Model):
    """A model whose files are digested, and which is not called with its input example.

    `mlflow.pyfunc.log_model` always makes such a call, which may be billed, wait or fail: whether
    an endpoint responds today is not a property of the model.
    """

    def get_serving_input(self, path: str) -> str | None:
        """MLflow calls this last, when all files exist and none is uploaded.

        In MLflow, parameters of a logged model can be written once; tags may be changed.
        """
        assert self.model_id is not None
        recorded = {RECORDED_AS: write_manifest(Path(path))}
        MlflowClient().log_model_params(self.model_id, recorded)
        return None


def _description(planned: NewVersion) -> str:
    """The description of a version on the model's page in MLflow, next to its tags."""
    prompt = prompt_link(planned.prompt.uri)
    if planned.config.engine == "local":
        told = [f"Reads with the embedded OCR, which reads no prompt: {prompt} is pinned only."]
    else:
        told = [f"Asks {as_markdown(planned.config.llm)} with {prompt}."]
    if planned.config.fields and planned.wanted is not None:
        names = [
            f"`{field.name}` ({field.type}{', required' if field.required else ''})"
            for field in planned.wanted.fields
        ]
        told.append(f"Gives {len(names)} fields: {', '.join(names)}.")
    return "\n\n".join(told)


def _artifacts(folder: Path, planned: NewVersion) -> dict[str, str]:
    """Files stored inside the model: the snapshot of prompt, settings and fields, and weights, if
    any.
    """
    snapshot = folder / "snapshot.json"
    content = snapshot_of(planned.config, planned.prompt, planned.wanted)
    if planned.calibrated_on:
        content[CALIBRATED_ON] = sorted(planned.calibrated_on)
    snapshot.write_text(json.dumps(content, indent=2), encoding="utf-8")
    artifacts = {SNAPSHOT_ARTIFACT: str(snapshot)}
    if planned.config.linker and planned.linker is not None:
        weights = folder / "linker.npz"
        weights.write_bytes(planned.linker)
        artifacts[LINKER_ARTIFACT] = str(weights)
    if planned.config.finder and planned.finder is not None:
        learned = folder / "finder.npz"
        learned.write_bytes(planned.finder)
        artifacts[FINDER_ARTIFACT] = str(learned)
    return artifacts


def _log_model(
    config: ExtractorConfig,
    prompt: PinnedPrompt,
    requirements: tuple[str, ...],
    metadata: dict[str, Any],
    artifacts: dict[str, str],
) -> str:
    info = _UncalledModel.log(
        artifact_path=None,
        name=MODEL_NAME,
        flavor=mlflow.pyfunc,
        python_model=str(_PACKAGE / "model_code.py"),
        code_paths=[str(_PACKAGE)],
        artifacts=artifacts,
        model_config=config.model_dump(mode="json"),
        signature=SIGNATURE,
        input_example=input_example(),
        pip_requirements=list(requirements),
        prompts=[prompt.uri],
        metadata=metadata,
        params=metadata,
    )
    return str(info.model_uri)


def input_example() -> pd.DataFrame:
    """One small drawn form, so that a served model can be tried without other files."""
    form = Image.new("RGB", (560, 200), "white")
    pen = ImageDraw.Draw(form)
    font = ImageFont.load_default(size=22)
    lines = ("Order no.:  4711", "Customer:  Blue Heron Ltd.", "Delivery date:  14 May 2024")
    for row, line in enumerate(lines):
        pen.text((30, 30 + 50 * row), line, fill="black", font=font)
    buffer = io.BytesIO()
    form.save(buffer, format="PNG")
    image = base64.b64encode(buffer.getvalue()).decode("ascii")
    return pd.DataFrame({"image": [image], "document_id": ["example"]})
