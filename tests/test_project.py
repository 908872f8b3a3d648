"""The files around the package say the same thing."""

from __future__ import annotations

import ast
import json
import re
import tomllib
from importlib.metadata import requires
from pathlib import Path

import pytest
import yaml

from ocr_model.commands.cli import VERBS
from ocr_model.config import ExtractorConfig, parse_config
from ocr_model.lifecycle.registry import _NOT_SERVED

CHECKOUT = Path(__file__).parent.parent
DOCUMENTED = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)


@pytest.fixture
def project() -> dict[str, object]:
    return tomllib.loads((CHECKOUT / "pyproject.toml").read_text())["project"]


def test_conda_environment_has_the_versions_of_pyproject(project: dict[str, object]) -> None:
    conda = yaml.safe_load((CHECKOUT / "conda.yaml").read_text())
    [pip] = [entry["pip"] for entry in conda["dependencies"] if isinstance(entry, dict)]
    extras = project["optional-dependencies"]
    needed = [*project["dependencies"], *extras["local"], *extras["optimize"]]
    assert sorted(pip) == sorted(needed)
    assert f"python{project['requires-python']}" in conda["dependencies"]


def test_the_search_for_prompts_brings_no_other_client_of_llms(project: dict[str, object]) -> None:
    assert project["optional-dependencies"]["optimize"] == ["gepa>=0.1.4,<0.2"]  # type: ignore[index]
    assert [needed for needed in requires("gepa") or () if "extra ==" not in needed] == []


def test_what_the_served_half_must_not_know_makes_no_new_model_version() -> None:
    settings = tomllib.loads((CHECKOUT / "pyproject.toml").read_text())
    contracts = settings["tool"]["importlinter"]["contracts"]
    [apart] = [contract for contract in contracts if contract["type"] == "forbidden"]
    exam = {module.removeprefix("ocr_model.") for module in apart["forbidden_modules"]}
    assert exam == {name.removesuffix(".py") for name in _NOT_SERVED}
    assert all((CHECKOUT / "ocr_model" / name).exists() for name in _NOT_SERVED)


def test_every_folder_with_modules_is_a_package_that_is_installed() -> None:
    settings = tomllib.loads((CHECKOUT / "pyproject.toml").read_text())
    assert settings["tool"]["setuptools"]["packages"]["find"] == {"include": ["ocr_model*"]}
    folders = {file.parent for file in (CHECKOUT / "ocr_model").rglob("*.py")}
    assert all((folder / "__init__.py").is_file() for folder in folders)


def test_every_room_has_a_door_that_says_what_it_gives_and_few_files() -> None:
    for door in (CHECKOUT / "ocr_model").rglob("__init__.py"):
        module = ast.parse(door.read_text())
        assert ast.get_docstring(module), door
        # Commands has a module per verb, and two that several of them use.
        most = len(VERBS) + 2 if door.parent.name == "commands" else 16
        assert len(list(door.parent.glob("*.py"))) - 1 <= most, door.parent


def test_ci_runs_the_commands_the_readme_shows() -> None:
    readme = (CHECKOUT / "README.md").read_text()
    ci = (CHECKOUT / ".ci" / "run").read_text()
    shown = re.findall(r"^python3 -m venv .*$", readme, flags=re.MULTILINE)
    assert len(shown) == 2
    assert all(command in ci for command in shown)


def test_every_parameter_of_the_entry_points_is_passed_and_described() -> None:
    text = (CHECKOUT / "MLproject").read_text()
    pages = [CHECKOUT / "README.md", *(CHECKOUT / "docs").glob("*.md")]
    documented = "".join(page.read_text() for page in pages)
    for entry in yaml.safe_load(text)["entry_points"].values():
        passed = set(re.findall(r"\{(\w+)\}", entry["command"]))
        assert passed == entry["parameters"].keys()
        assert all("default" in parameter for parameter in entry["parameters"].values())
        assert all(f"`{name}`" in documented for name in entry["parameters"])


def test_every_setting_stands_on_its_page() -> None:
    page = (CHECKOUT / "docs" / "configuration.md").read_text()
    assert [name for name in ExtractorConfig.model_fields if f"`{name}`" not in page] == []


def test_the_readme_is_short() -> None:
    assert len((CHECKOUT / "README.md").read_bytes()) <= 15_000


VENDORS = ("azure", "vllm", "ollama", "llama", "lmstudio", "lm_studio", "litellm", "gemini")
VENDORS += ("google", "anthropic", "claude", "mistral", "groq", "deepseek", "qwen")


@pytest.mark.parametrize(
    "file", sorted((CHECKOUT / "ocr_model").rglob("*.py")), ids=lambda f: f.stem
)
def test_code_names_no_vendor(file: Path) -> None:
    """Comments may say where something was seen; what is done follows what a server says."""
    tree = ast.parse(file.read_text())
    for node in ast.walk(tree):
        if isinstance(node, DOCUMENTED) and ast.get_docstring(node) is not None:
            node.body[0] = ast.Pass()
    code = ast.unparse(tree).lower()
    assert [vendor for vendor in VENDORS if vendor in code] == []
    if file.name != "endpoint.py":
        assert "openai.com" not in code


def settings_of_the_documented_servers() -> list[tuple[str, str, str]]:
    """Server, parameters, settings: the rows of the table of docs/endpoints.md."""
    text = (CHECKOUT / "docs" / "endpoints.md").read_text()
    table = text.partition("| server | OPENAI_BASE_URL |")[2].partition("\n\n")[0]
    rows = [[cell.strip(" `") for cell in line.split("|")[1:-1]] for line in table.splitlines()[2:]]
    return [(row[0], row[3], row[4]) for row in rows]


@pytest.mark.parametrize(("server", "parameters", "settings"), settings_of_the_documented_servers())
def test_documented_settings_are_taken(server: str, parameters: str, settings: str) -> None:
    given = json.loads(settings or "{}")
    if parameters:
        given["llm_parameters"] = json.loads(parameters)
    config = parse_config({"engine": "llm", "prompt_uri": "prompts:/p/1", **given})
    assert all(getattr(config, name) == value for name, value in given.items())


def test_every_server_the_readme_names_has_its_row() -> None:
    servers = " ".join(server for server, _, _ in settings_of_the_documented_servers())
    named = ("OpenAI", "Azure", "vLLM", "Ollama", "llama.cpp", "LM Studio", "LiteLLM", "Gateway")
    assert [name for name in named if name not in servers] == []
