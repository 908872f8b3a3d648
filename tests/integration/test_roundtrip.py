"""A registered model in a process that has never heard of this checkout."""

from __future__ import annotations

import json
from pathlib import Path

import mlflow
import pytest

from tests.integration.conftest import Registered, run_python

pytestmark = pytest.mark.integration

PREDICT_EXAMPLE = """
import json, sys, mlflow
model = mlflow.pyfunc.load_model({uri!r})
rows = model.predict(model.input_example)
import ocr_model
records = json.loads(rows.to_json(orient="records"))
print(json.dumps({{"code": ocr_model.__file__, "rows": records}}))
"""

EXPECTED_PAIRS = {
    "Order no.:": ["4711"],
    "Customer:": ["Blue Heron Ltd."],
    "Delivery date:": ["14 May 2024"],
}


@pytest.mark.parametrize("reference", ["version", "alias"])
def test_registered_model_reads_its_example_with_its_own_code(
    registered: Registered, tmp_path: Path, reference: str
) -> None:
    uri = registered.model_uri if reference == "version" else "models:/ocr-extractor@champion"
    printed = run_python(PREDICT_EXAMPLE.format(uri=uri), registered.environment, tmp_path)
    told = json.loads(printed.splitlines()[-1])
    [row] = told["rows"]
    assert row["outcome"] == "ok"
    assert row["pairs"] == EXPECTED_PAIRS
    assert row["document_id"] == "example"
    assert row["prompt_uri"] == "prompts:/ocr-question-answer/3"
    assert row["prompt_tokens"] is None
    assert row["model_uri"] == registered.model_uri
    # The packaged copy, not the checkout's.
    assert "/code/ocr_model/" in told["code"]


PREDICT_PAGES = """
import base64, io, json, mlflow, pandas
from PIL import Image
model = mlflow.pyfunc.load_model({uri!r})
image = base64.b64decode(model.input_example["image"][0])
page, pdf = Image.open(io.BytesIO(image)).convert("RGB"), io.BytesIO()
page.save(pdf, "PDF", resolution=100, save_all=True, append_images=[page, page])
documents = pandas.DataFrame({{"image": [base64.b64encode(pdf.getvalue()).decode()]}})
rows = model.predict(documents, params={{"pages": "2-"}})
print(rows.to_json(orient="records"))
"""


def test_registered_model_reads_the_pages_of_a_pdf_that_are_asked_for(
    registered: Registered, tmp_path: Path
) -> None:
    code = PREDICT_PAGES.format(uri=registered.model_uri)
    printed = run_python(code, registered.environment, tmp_path)
    [row] = json.loads(printed.splitlines()[-1])
    assert (row["outcome"], row["error"], row["pages"]) == ("ok", None, 2)
    assert row["pairs"] == {key: values * 2 for key, values in EXPECTED_PAIRS.items()}
    assert {answer["page"] for answer in row["answers"]} == {2, 3}
    assert "2 of 3 pages asked for" in row["notes"]


def test_model_serves_with_the_registry_down(registered: Registered, tmp_path: Path) -> None:
    mlflow.set_tracking_uri(registered.tracking_uri)
    copy = mlflow.artifacts.download_artifacts(registered.model_uri, dst_path=str(tmp_path / "m"))
    mlflow.set_tracking_uri(None)
    unreachable = {
        **registered.environment,
        "MLFLOW_TRACKING_URI": "http://127.0.0.1:9",
        "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "0",
        "MLFLOW_TRACE_SAMPLING_RATIO": "0",
    }
    printed = run_python(PREDICT_EXAMPLE.format(uri=copy), unreachable, tmp_path)
    [row] = json.loads(printed.splitlines()[-1])["rows"]
    assert row["pairs"] == EXPECTED_PAIRS
    assert row["trace_id"] is None


PICKLE_AND_PREDICT = """
import json, cloudpickle, mlflow
model = mlflow.pyfunc.load_model({uri!r})
example = model.input_example
copy = cloudpickle.loads(cloudpickle.dumps(model.unwrap_python_model()))
print(json.dumps(copy.predict(None, example)["pairs"].tolist()))
"""


def test_loaded_instance_round_trips_through_cloudpickle(
    registered: Registered, tmp_path: Path
) -> None:
    code = PICKLE_AND_PREDICT.format(uri=registered.model_uri)
    printed = run_python(code, registered.environment, tmp_path)
    assert json.loads(printed.splitlines()[-1]) == [EXPECTED_PAIRS]


OVERRIDE = """
import mlflow
try:
    mlflow.pyfunc.load_model({uri!r}, model_config={override!r})
except Exception as error:
    print(type(error).__name__, error)
else:
    print("loaded")
"""


@pytest.mark.parametrize(
    ("override", "told"),
    [
        ({"prompt_uri": "prompts:/ocr-question-answer/1"}, "ConfigError This model pins"),
        ({"engine": "llm"}, "ConfigError This model pins"),
        ({"timeout_s": 5.0, "concurrency": 2}, "loaded"),
    ],
    ids=["prompt", "engine", "operational settings"],
)
def test_what_decides_an_answer_cannot_be_swapped_at_load(
    registered: Registered, tmp_path: Path, override: dict[str, object], told: str
) -> None:
    code = OVERRIDE.format(uri=registered.model_uri, override=override)
    printed = run_python(code, registered.environment, tmp_path)
    assert printed.splitlines()[-1].startswith(told)
