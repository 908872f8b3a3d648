"""Several codes of `ocr_model` in one process: each model runs what it was logged with."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import mlflow
import pytest

from tests.integration.conftest import CHECKOUT, Registered, run_python

pytestmark = pytest.mark.integration

LOAD = """
import json, sys, mlflow
{before}
models = [mlflow.pyfunc.load_model(folder) for folder in {folders!r}]
rows = [model.predict(model.input_example).iloc[0] for model in models]
print(json.dumps({{
    "engines": [row["engine"] for row in rows],
    "outcomes": [row["outcome"] for row in rows],
    "imported": sys.modules["ocr_model"].__file__,
}}))
"""


@pytest.fixture(scope="module")
def folders(registered: Registered, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, str]:
    """A model, and one whose code calls its engine by another name."""
    target = tmp_path_factory.mktemp("models")
    before = mlflow.get_tracking_uri()
    mlflow.set_tracking_uri(registered.tracking_uri)
    first = mlflow.artifacts.download_artifacts(registered.model_uri, dst_path=str(target / "a"))
    mlflow.set_tracking_uri(before)
    second = target / "b"
    shutil.copytree(first, second)
    face = second / "code" / "ocr_model" / "extraction" / "frame.py"
    called = '"engine": extractor.engine.name,'
    assert called in face.read_text()
    face.write_text(face.read_text().replace(called, '"engine": "another",'))
    return str(first), str(second)


@pytest.mark.parametrize(
    "before",
    ["", f"sys.path.insert(0, {str(CHECKOUT)!r}); import ocr_model.schema"],
    ids=["nothing imported", "checkout imported"],
)
@pytest.mark.slow
def test_each_model_runs_its_own_code_in_either_order(
    registered: Registered, folders: tuple[str, str], tmp_path: Path, before: str
) -> None:
    first, second = folders
    code = LOAD.format(before=before, folders=[second, first, second])
    told = json.loads(run_python(code, registered.environment, tmp_path).splitlines()[-1])
    assert told["engines"] == ["another", "local", "another"]
    assert told["outcomes"] == ["ok"] * 3
    if before:
        assert told["imported"] == str(CHECKOUT / "ocr_model" / "__init__.py")
