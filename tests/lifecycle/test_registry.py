from __future__ import annotations

import ast
import base64
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import mlflow
import pytest
import yaml
from mlflow import MlflowClient
from mlflow.entities.model_registry import ModelVersion

import ocr_model
from ocr_model.config import parse_config
from ocr_model.documents import decode_pages
from ocr_model.errors import ConfigError, PromptError
from ocr_model.lifecycle.registry import (
    CHAMPION,
    MODEL_NAME,
    NewVersion,
    find_by_content,
    input_example,
    plan_version,
)
from ocr_model.prompts import PROMPT_NAME, load_prompt, register_bundled_prompts
from tests.support.endpoint import Endpoint


@pytest.fixture
def llm_key(monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("OPENAI_API_KEY", "canary-key-5150")
    return "canary-key-5150"


def planned(prompt_version: int = 2, **settings: Any) -> NewVersion:
    prompt = load_prompt(register_bundled_prompts()[prompt_version - 1])
    config = {"engine": "llm", "prompt_uri": prompt.uri, **settings}
    return plan_version(parse_config(config), prompt)


def register(prompt_version: int = 2, **settings: Any) -> ModelVersion:
    return planned(prompt_version, **settings).register()


def files_of(version: ModelVersion) -> Path:
    return Path(mlflow.artifacts.download_artifacts(f"models:/{version.name}/{version.version}"))


def test_first_version_becomes_champion_and_later_ones_do_not(
    mlflow_store: str, llm_key: str
) -> None:
    first, second = register(), register(llm="another")
    assert (int(first.version), int(second.version)) == (1, 2)
    assert int(MlflowClient().get_model_version_by_alias(MODEL_NAME, CHAMPION).version) == 1


def test_same_content_is_registered_once(mlflow_store: str, llm_key: str) -> None:
    first = register()
    register(llm="another")
    assert register().version == first.version
    assert len(mlflow.search_logged_models(output_format="list")) == 2


@pytest.mark.parametrize(
    "change",
    [
        {"prompt_version": 1},
        {"image_quality": 80},
        {"page_input": "image+text"},
        {"llm_parameters": {"temperature": 0}},
    ],
    ids=["prompt", "image", "page_input", "parameters"],
)
def test_other_content_is_another_version(
    mlflow_store: str, llm_key: str, change: dict[str, Any]
) -> None:
    assert register(**change).version != register().version


def test_moved_champion_is_left_where_it_was_put(mlflow_store: str, llm_key: str) -> None:
    register()
    second = register(llm="another")
    client = MlflowClient()
    client.set_registered_model_alias(MODEL_NAME, CHAMPION, second.version)
    register()
    assert client.get_model_version_by_alias(MODEL_NAME, CHAMPION).version == second.version


def test_model_tells_its_prompt_llm_and_digests(mlflow_store: str, llm_key: str) -> None:
    version = register(llm="some-llm")
    prompt = load_prompt(f"prompts:/{PROMPT_NAME}/2")
    info = mlflow.models.get_model_info(f"models:/{MODEL_NAME}/{version.version}")
    assert info.prompts == [prompt.uri]
    assert info.metadata["prompt_sha256"] == prompt.sha256 == version.tags["prompt_sha256"]
    assert (info.metadata["engine"], info.metadata["llm"]) == ("llm", "some-llm")


def test_requirements_are_exact_and_only_what_the_engine_needs(
    mlflow_store: str, llm_key: str
) -> None:
    lines = (files_of(register()) / "requirements.txt").read_text().splitlines()
    assert all("==" in line for line in lines)
    names = {line.partition("==")[0] for line in lines}
    assert names >= {"openai", "pillow", "pypdfium2"}
    assert not names & {"rapidocr", "onnxruntime", "opencv-python-headless"}


def test_an_llm_that_is_sent_text_requires_the_ocr_packages_too(
    mlflow_store: str, llm_key: str
) -> None:
    lines = (files_of(register(page_input="text")) / "requirements.txt").read_text().splitlines()
    names = {line.partition("==")[0] for line in lines}
    assert names >= {"openai", "httpx2", "rapidocr", "onnxruntime", "opencv-python-headless"}


@pytest.mark.skipif(find_spec("openvino") is not None, reason="the extra `openvino` is installed")
def test_a_runtime_that_is_not_installed_is_named_before_anything_is_logged(
    mlflow_store: str, llm_key: str
) -> None:
    with pytest.raises(ConfigError, match=r"needs .*openvino.*pip install 'ocr_model\[openvino\]'"):
        register(page_input="text", ocr_runtime="openvino")


SERVED = ("documents", "ocr", "linker", "grounding", "engines", "extraction")
# What a model requires, by the name it is imported under, and what MLflow and rapidocr bring along.
REQUIRED = {
    *("mlflow", "cloudpickle", "numpy", "pandas", "PIL", "pydantic", "pypdfium2", "yaml", "scipy"),
    *("rapidocr", "omegaconf", "onnxruntime", "openvino", "cv2", "rapidfuzz"),
    *("openai", "httpx2", "httpcore2"),
}


@pytest.mark.parametrize("room", SERVED)
def test_what_a_served_room_imports_is_required_by_the_model(room: str) -> None:
    """A server builds its environment from these alone: a checkout's has more."""
    imported = set()
    for file in (Path(ocr_model.__file__).parent / room).rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.Import):
                imported |= {alias.name.partition(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module:
                imported.add(node.module.partition(".")[0])
    # The process that draws PDFs imports its neighbours as files.
    drawing = Path(ocr_model.__file__).parent / "documents" / "drawing"
    ours = {"ocr_model", *(file.stem for file in drawing.glob("*.py"))}
    assert imported - sys.stdlib_module_names - REQUIRED - ours == set()


def test_key_is_nowhere_in_the_logged_model(mlflow_store: str, llm_key: str) -> None:
    folder = files_of(register())
    holding = [f for f in folder.rglob("*") if f.is_file() and llm_key.encode() in f.read_bytes()]
    assert holding == []


def test_logging_a_model_sends_nothing_to_the_endpoint(
    mlflow_store: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Endpoint() as endpoint:
        for name, value in endpoint.environment.items():
            monkeypatch.setenv(name, value)
        folder = files_of(register())
    assert endpoint.requests == []
    assert (folder / "serving_input_example.json").is_file()


def test_config_of_the_model_is_complete(mlflow_store: str, llm_key: str) -> None:
    """MLflow lets `model_config` override only keys that were logged."""
    flavors = yaml.safe_load((files_of(register()) / "MLmodel").read_text())["flavors"]
    logged = flavors["python_function"]["config"]
    assert logged.keys() == parse_config(logged).model_dump().keys()


def test_prompt_without_its_values_is_refused_before_anything_is_logged(
    mlflow_store: str, llm_key: str
) -> None:
    with pytest.raises(PromptError, match="missing variables: additional_rules"):
        register(prompt_version=3)
    assert mlflow.search_logged_models(output_format="list") == []


def test_name_of_a_prompt_is_refused_for_a_model(mlflow_store: str, llm_key: str) -> None:
    prompt = load_prompt(register_bundled_prompts()[0])
    config = parse_config({"engine": "llm", "prompt_uri": prompt.uri})
    with pytest.raises(ConfigError, match="is a registered prompt"):
        plan_version(config, prompt, name=PROMPT_NAME).register()


def test_input_example_is_a_readable_page() -> None:
    [image] = input_example()["image"]
    [page] = decode_pages(base64.b64decode(image), 100_000, 1_000_000)
    assert page.image.size == (560, 200)


def test_of_two_that_log_the_same_at_once_the_older_stays(
    mlflow_store: str, llm_key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second has looked before the first registered, and looks again afterwards."""
    first = register()
    answers: list[None] = [None]

    def look(digest: str, name: str = MODEL_NAME) -> ModelVersion | None:
        return answers.pop() if answers else find_by_content(digest, name)

    monkeypatch.setattr("ocr_model.lifecycle.registry.find_by_content", look)
    assert register().version == first.version
    versions = MlflowClient().search_model_versions(f"name = '{MODEL_NAME}'")
    assert [version.version for version in versions] == [first.version]


def test_a_model_that_is_logged_alone_is_logged_once_and_is_no_version(
    mlflow_store: str, llm_key: str
) -> None:
    first, second = planned().log(), planned().log()
    assert first == second
    assert first.startswith("models:/m-")
    assert MlflowClient().search_registered_models() == []
    # Whoever may registers the same content.
    assert planned().register().tags["content_sha256"] == planned().digest
