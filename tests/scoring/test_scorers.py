from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from mlflow.genai.judges.base import Judge

from ocr_model.errors import ConfigError
from ocr_model.scoring.scorers import load_scorers

EXAMPLES = re.findall(
    r"```python\n(.*?)```",
    (Path(__file__).parents[2] / "docs" / "scorers.md").read_text("utf-8"),
    flags=re.DOTALL,
)


@pytest.fixture
def working_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", [*sys.path])
    known = set(sys.modules)
    yield tmp_path
    for name in set(sys.modules) - known:
        del sys.modules[name]


def test_functions_of_the_guide_are_loaded_and_score(working_folder: Path) -> None:
    (working_folder / "checks.py").write_text(EXAMPLES[0], encoding="utf-8")
    dates, short = load_scorers("checks:has_a_date, checks:short_answers")
    assert [dates.name, short.name] == ["has_a_date", "short_answers"]
    outputs = {"pairs": {"Date:": ["5 May"], "Name": ["Ann Marie Berg"]}}
    assert dates(outputs=outputs) is True
    assert dates(outputs={"outcome": "timeout"}) is False
    expectations = {"pairs": {"Date": ["15 May"]}}
    assert short(outputs=outputs, expectations=expectations) == 0.5
    assert short(outputs={"outcome": "timeout"}, expectations=expectations) is None


def test_judge_of_the_guide_is_taken_as_it_is(working_folder: Path) -> None:
    (working_folder / "judges.py").write_text(EXAMPLES[1], encoding="utf-8")
    [judge] = load_scorers("judges:plausible")
    assert isinstance(judge, Judge)
    assert judge.name == "plausible"


def test_nothing_named_is_nothing_loaded() -> None:
    assert load_scorers("") == []


@pytest.mark.parametrize(
    ("spec", "match"),
    [
        ("checks", "as module:name, for example checks:dates, got 'checks'"),
        (":dates", "got ':dates'"),
        ("checks:", "got 'checks:'"),
        ("absent_module:dates", "No module named 'absent_module'"),
        ("checks:absent", "as checks:absent, got NoneType"),
        ("checks:LIMIT", "as checks:LIMIT, got int"),
        ("broken:dates", "No module named 'not_there'"),
    ],
)
def test_what_is_no_scorer_is_refused(working_folder: Path, spec: str, match: str) -> None:
    (working_folder / "checks.py").write_text("LIMIT = 5\n", encoding="utf-8")
    (working_folder / "broken.py").write_text("import not_there\n", encoding="utf-8")
    with pytest.raises(ConfigError, match=match):
        load_scorers(spec)
