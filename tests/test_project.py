"""The files around the package say the same thing."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
import yaml

from ocr_model.config import ExtractorConfig
from ocr_model.registry import _NOT_SERVED

CHECKOUT = Path(__file__).parent.parent


@pytest.fixture
def project() -> dict[str, object]:
    return tomllib.loads((CHECKOUT / "pyproject.toml").read_text())["project"]


def test_conda_environment_has_the_versions_of_pyproject(project: dict[str, object]) -> None:
    conda = yaml.safe_load((CHECKOUT / "conda.yaml").read_text())
    [pip] = [entry["pip"] for entry in conda["dependencies"] if isinstance(entry, dict)]
    extras = project["optional-dependencies"]
    assert sorted(pip) == sorted([*project["dependencies"], *extras["local"]])
    assert f"python{project['requires-python']}" in conda["dependencies"]


def test_what_the_served_half_must_not_know_makes_no_new_model_version() -> None:
    settings = tomllib.loads((CHECKOUT / "pyproject.toml").read_text())
    contracts = settings["tool"]["importlinter"]["contracts"]
    [apart] = [contract for contract in contracts if contract["type"] == "forbidden"]
    exam = {f"{module.removeprefix('ocr_model.')}.py" for module in apart["forbidden_modules"]}
    assert exam == _NOT_SERVED - {"extraction_process.py", "registry.py"}


def test_ci_runs_the_commands_the_readme_shows() -> None:
    readme = (CHECKOUT / "README.md").read_text()
    ci = (CHECKOUT / ".ci" / "run").read_text()
    shown = re.findall(r"^python3 -m venv .*$", readme, flags=re.MULTILINE)
    assert len(shown) == 2
    assert all(command in ci for command in shown)


def test_every_parameter_of_the_entry_points_is_passed_and_described() -> None:
    text = (CHECKOUT / "MLproject").read_text()
    readme = (CHECKOUT / "README.md").read_text()
    for entry in yaml.safe_load(text)["entry_points"].values():
        passed = set(re.findall(r"\{(\w+)\}", entry["command"]))
        assert passed == entry["parameters"].keys()
        assert all("default" in parameter for parameter in entry["parameters"].values())
        assert all(f"`{name}`" in readme for name in entry["parameters"])


def test_every_setting_stands_in_the_readme() -> None:
    readme = (CHECKOUT / "README.md").read_text()
    assert [name for name in ExtractorConfig.model_fields if f"`{name}`" not in readme] == []
