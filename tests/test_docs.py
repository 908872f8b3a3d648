"""What the documents name is there: files, links, commands, settings."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from ocr_model.commands.cli import VERBS
from ocr_model.config import ExtractorConfig
from scripts.workshop.bench.__main__ import BENCHES

CHECKOUT = Path(__file__).parent.parent
PAGES = [
    CHECKOUT / "README.md",
    CHECKOUT / "CONTRIBUTING.md",
    CHECKOUT / "data" / "README.md",
    *sorted((CHECKOUT / "docs").glob("*.md")),
]
# The user's, which is called as the package is.
IN_THE_CACHE_FOLDER = {"ocr_model/replies.sqlite", "ocr_model/words"}
TOOLS = {path.stem for path in (CHECKOUT / "scripts").iterdir()}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_relative_link_leads_somewhere(page: Path) -> None:
    links = re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", page.read_text("utf-8"))
    relative = [link for link in links if "://" not in link]
    assert [link for link in relative if not (page.parent / link).exists()] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_file_of_the_package_that_is_named_exists(page: Path) -> None:
    named = re.findall(
        r"(?<![\w/])(?:ocr_model|scripts|tests)/[\w/.-]+\w/?", page.read_text("utf-8")
    )
    missing = [name for name in named if not (CHECKOUT / name).exists()]
    # The user's cache folder has a file of this name, and models carry the package.
    assert [
        name for name in missing if name not in {"ocr_model/replies.sqlite", "ocr_model/words"}
    ] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_command_that_is_named_exists(page: Path) -> None:
    text = page.read_text("utf-8")
    scripts = set(re.findall(r"python -m scripts\.(\w+)", text))
    benches = set(re.findall(r"python -m scripts\.bench ([a-z]+)", text))
    verbs = {verb.replace("-", "_") for verb in re.findall(r"\bocr-model ([a-z][a-z-]+)", text)}
    entries = set(re.findall(r"mlflow run \. -e (\w+)", text))
    assert scripts - TOOLS == set()
    assert benches - BENCHES.keys() == set()
    assert verbs - VERBS.keys() == set()
    assert entries - VERBS.keys() == set()


@pytest.mark.parametrize(
    "page",
    [*(CHECKOUT / "docs").glob("*.md"), CHECKOUT / "ocr_model" / "commands" / "cli" / "verbs.py"],
    ids=lambda page: page.name,
)
def test_every_run_of_mlflow_says_which_environment(page: Path) -> None:
    """Without it MLflow looks for conda."""
    runs = re.findall(r"mlflow run \. .*", page.read_text("utf-8"))
    assert [run for run in runs if "--env-manager" not in run] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_setting_given_as_json_exists(page: Path) -> None:
    given = re.findall(r"--settings '(\{[^']*\})'", page.read_text("utf-8"))
    named = {name for text in given for name in re.findall(r'"(\w+)":', text)}
    assert named - ExtractorConfig.model_fields.keys() == set()
