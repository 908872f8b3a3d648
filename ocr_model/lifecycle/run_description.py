"""Names, descriptions and links for runs, models and prompts in MLflow's UI.

Links are relative to wherever the UI is served.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Sequence
from urllib.parse import quote

import mlflow
from mlflow import MlflowClient
from mlflow.entities import LoggedModelInput, Run
from mlflow.exceptions import MlflowException
from mlflow.utils.mlflow_tags import MLFLOW_RUN_NAME, MLFLOW_RUN_NOTE

from ocr_model.config import ExtractorConfig
from ocr_model.errors import said_by_mlflow

_log = logging.getLogger(__name__)

_MODEL = re.compile(r"models:/(?P<name>[^/@]+)/(?P<version>\d+)")
_PROMPT = re.compile(r"prompts:/(?P<name>[^/@]+)/(?P<version>\d+)")
# The last judgement of a version of a prompt or a model.
EVIDENCE_TAG = "judged"
_LAST = "Judged last: "
_CONFIG_NAMES = ("temperature", "top_p", "max_tokens", "frequency_penalty", "presence_penalty")


def short_name(model_uri: str) -> str:
    """models:/ocr-extractor/3 -> v3; another URI unchanged."""
    found = _MODEL.fullmatch(model_uri)
    return f"v{found['version']}" if found else model_uri.removeprefix("models:/")


def name_run(name: str) -> None:
    """Name the active run, also one that `mlflow run` started with another name."""
    mlflow.set_tag(MLFLOW_RUN_NAME, name)


def describe_run(run_id: str, text: str) -> None:
    """Set the run's Description, in Markdown, unless the user has written one."""
    client = MlflowClient()
    if MLFLOW_RUN_NOTE not in client.get_run(run_id).data.tags:
        client.set_tag(run_id, MLFLOW_RUN_NOTE, text)


def link_models(run_id: str, model_uris: Sequence[str]) -> None:
    """Link the run to its models, and to their prompts if known."""
    client = MlflowClient()
    for uri in model_uris:
        model = mlflow.models.get_model_info(uri)
        if model.model_id is not None:
            client.log_inputs(run_id, models=[LoggedModelInput(model.model_id)])
        prompt_uri = (model.metadata or {}).get("prompt_uri")
        prompt = mlflow.genai.load_prompt(prompt_uri, allow_missing=True) if prompt_uri else None
        if prompt is not None:
            client.link_prompt_version_to_run(run_id, prompt)


def as_markdown(text: str) -> str:
    """Escape text of a document, which may look like a link or a heading."""
    return re.sub(r"([\\`*_{}\[\]()<>#+!|~])", r"\\\1", text)


def model_link(model_uri: str) -> str:
    """A link to a registered version; for another URI its text."""
    found = _MODEL.fullmatch(model_uri)
    if found is None:
        return f"`{model_uri}`"
    return f"[{model_uri}](#/models/{quote(found['name'])}/versions/{found['version']})"


def prompt_link(prompt_uri: str) -> str:
    """A link to this version of a prompt."""
    found = _PROMPT.fullmatch(prompt_uri)
    if found is None:
        return f"`{prompt_uri}`"
    page = f"#/prompts/{quote(found['name'])}?promptVersion={found['version']}"
    return f"[{prompt_uri}]({page})"


def run_link(run_id: str, experiment_id: str, text: str, artifact: str = "") -> str:
    """A link to a run, or to one of its artifacts."""
    below = f"/artifacts/{quote(artifact)}" if artifact else ""
    return f"[{text}](#/experiments/{experiment_id}/runs/{run_id}{below})"


def trace_page(trace_id: str, experiment_id: str, text: str) -> str:
    page = f"#/experiments/{experiment_id}/traces?selectedEvaluationId={trace_id}"
    return f"[{as_markdown(text)}]({page})"


def note_evidence(model_uri: str, config: ExtractorConfig, said: str, run: Run) -> None:
    """Write the last judgement to the pages of a model version and of its prompt.

    The prompt's page also names the LLM and its parameters. If the store refuses, a warning is
    logged.
    """
    run_id, experiment_id = run.info.run_id, run.info.experiment_id
    linked = f"{as_markdown(said)}: {run_link(run_id, experiment_id, 'the run')}."
    said = f"{said}, run {run_id}"
    try:
        if model := _MODEL.fullmatch(model_uri):
            name, version = model["name"], model["version"]
            client = MlflowClient()
            client.set_model_version_tag(name, version, EVIDENCE_TAG, said)
            before = client.get_model_version(name, version).description or ""
            # A person's text before or after it stays.
            others = [part for part in before.split("\n\n") if part and _LAST not in part]
            client.update_model_version(name, version, "\n\n".join([*others, _LAST + linked]))
        prompt = _PROMPT.fullmatch(config.prompt_uri)
        if prompt is None or config.engine != "llm":
            return
        name, version = prompt["name"], prompt["version"]
        mlflow.genai.set_prompt_version_tag(name, version, EVIDENCE_TAG, f"{said}, {model_uri}")
        mlflow.genai.set_prompt_model_config(name, version, _model_config(config))
    except (MlflowException, ValueError) as err:
        _log.warning(
            "%s: how it was judged could not be noted on its page: %s",
            model_uri,
            said_by_mlflow(err),
        )


def _model_config(config: ExtractorConfig) -> dict[str, object]:
    given = dict(config.llm_parameters)
    known = {name: given.pop(name) for name in _CONFIG_NAMES if name in given}
    limit = given.pop("max_completion_tokens", None)
    if limit is not None and "max_tokens" not in known:
        known["max_tokens"] = limit
    return {"model_name": config.llm, **known, **({"extra_params": given} if given else {})}
