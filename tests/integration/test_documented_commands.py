"""Every command of README and docs runs as it stands; the rules are those of `doc_commands`."""

from __future__ import annotations

import base64
import json
import shutil
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from PIL import Image

from ocr_model.engines.llm.preflight import page_with
from ocr_model.ocr import WordReader
from tests.support.doc_commands import (
    CHECKOUT,
    Reader,
    commands_of,
    fresh_clone,
    is_passed_over,
    is_server,
)
from tests.support.endpoint import Endpoint, Played, Seen, completion

pytestmark = pytest.mark.integration

README = CHECKOUT / "README.md"
PAGES = [README, *sorted((CHECKOUT / "docs").glob("*.md"))]
PAGES_WITH_COMMANDS = [
    page
    for page in PAGES
    if any(not is_passed_over(command) for command in commands_of(page.read_text("utf-8")))
]

# What the readers of a page have done before, beside the quick start. A block that needs what
# nobody has here (recorded replies, a contract, a server with passwords) is `sh`, and not run.
BEFORE = {
    "monitor.md": "python -m scripts.extract --input 'scans/[a-d]*' --output rows.parquet",
    # With the packages at hand: an environment of its own takes minutes.
    "serving.md": "mlflow models serve -m models:/ocr-extractor@champion --env-manager local "
    "--port 5001",
}


def answers(seen: Seen) -> Played:
    """The fax cover's pairs; to the preflight, the number on its test page."""
    if seen.data_urls and seen.image.size == page_with("0").size:
        words = word_reader().read(seen.image.convert("RGB")).words
        numbers = [word.text for word in words if word.text.isdecimal()]
        return completion(json.dumps({"pairs": [{"key": "Number:", "value": numbers}]}))
    return completion()


@cache
def word_reader() -> WordReader:
    return WordReader()


@pytest.fixture
def reader(tmp_path: Path) -> Iterator[Reader]:
    clone = fresh_clone(tmp_path / "ocr_model")
    # Who reads of batches has scans of their own.
    shutil.copytree(clone / "data" / "sample" / "images", clone / "scans")
    with Image.open(clone / "scans" / "fax_cover.png") as page:
        page.convert("RGB").save(clone / "scan.pdf")
    image = base64.b64encode((clone / "scans" / "fax_cover.png").read_bytes()).decode()
    (clone / "documents.csv").write_text(f"image\n{image}\n")
    with Endpoint(answers, lints=False) as endpoint:
        reader = Reader(clone, tmp_path / "tools", endpoint.environment)
        try:
            yield reader
        finally:
            reader.stop_servers()


@pytest.mark.slow
@pytest.mark.parametrize("page", PAGES_WITH_COMMANDS, ids=lambda page: page.name)
def test_every_command_of_a_page_runs_top_to_bottom(page: Path, reader: Reader) -> None:
    if page != README:
        # Who reads docs has been through the quick start.
        reader.run("python -m scripts.evaluate --n 2")
    if page.name in BEFORE:
        reader.run(BEFORE[page.name])
    for command in commands_of(page.read_text("utf-8")):
        if not is_passed_over(command):
            reader.run(command)


def test_commands_are_split_at_their_ends() -> None:
    page = """
```bash
one --a 1   # a note
two \\
  --b 2
# nothing
echo "{
}" |
  cat
```
```python
three
```
```bash
four && . five
```
"""
    assert commands_of(page) == [
        "one --a 1   # a note",
        "two \\\n  --b 2",
        'echo "{\n}" |\n  cat',
        "four && . five",
    ]


@pytest.mark.parametrize(
    ("command", "passed_over"),
    [
        ("export OPENAI_API_KEY=…", True),
        ('pip install -q -e ".[spark]"', True),
        (
            'python3 -m venv .venv && pip install -q -e ".[local]" && python -m scripts.evaluate',
            False,
        ),
        ("python -m scripts.evaluate --data data/funsd/dataset/training_data", True),
        ("mlflow run . -e evaluate --env-manager uv", True),
        ("mlflow run . -e evaluate --env-manager local", False),
        ("python -m scripts.bench serve", True),
        ("scripts/curl_client data/sample/images/fax_cover.png", False),
    ],
)
def test_what_takes_a_network_or_measures_is_passed_over(command: str, passed_over: bool) -> None:
    assert is_passed_over(command) == passed_over


@pytest.mark.parametrize(
    ("command", "serves"),
    [
        ("mlflow models serve -m models:/ocr-extractor@champion --port 5001", True),
        ("python -m scripts.verify --folder served && mlflow models serve -m served", True),
        ("mlflow ui", True),
        ("python -m scripts.demo", True),
        ("mlflow models predict -m models:/m/1", False),
    ],
)
def test_what_serves_is_told_from_what_ends(command: str, serves: bool) -> None:
    assert is_server(command) == serves
