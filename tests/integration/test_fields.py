"""A model that pins fields gives them however it is asked: Python, REST, Parquet, Spark."""

from __future__ import annotations

import json
import math
import os
import shutil
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import matplotlib
import mlflow
import pandas as pd
import pytest
from mlflow import MlflowClient
from PIL import Image, ImageDraw, ImageFont

from ocr_model.commands import script
from scripts.workshop.model_server import Serving, served
from tests.conftest import as_base64, png_bytes
from tests.integration.conftest import CHECKOUT, Registered, run_python
from tests.integration.test_serve import ask
from tests.support.endpoint import Endpoint, completion

pytestmark = pytest.mark.integration

FILE = r"""
fields:
  - {name: invoice_number, labels: [Invoice No], required: true, pattern: 'INV-\d{4}'}
  - {name: date, labels: [Invoice date], type: date}
  - {name: due, labels: [Due date], type: date}
  - {name: total, type: currency}
  - {name: order_number, required: true}
  - name: items
    type: table
    columns:
      - {name: article}
      - {name: amount, type: currency}
checks:
  - {sum: [items.amount], equals: total}
"""
# name, row, column, status, value, text
EXPECTED = [
    ("invoice_number", None, None, "found", "INV-0042", "INV-0042"),
    ("date", None, None, "found", "2018-12-25", "25/12/2018"),
    ("due", None, None, "blank", None, None),
    ("total", None, None, "found", "19.50", "19.50"),
    ("order_number", None, None, "missing", None, None),
    ("items", 1, "article", "found", "Bolts", "Bolts"),
    ("items", 1, "amount", "found", "9.00", "9.00"),
    ("items", 2, "article", "found", "Nuts", "Nuts"),
    ("items", 2, "amount", "found", "10.50", "10.50"),
]
PAIRS = {
    "invoice_number": ["INV-0042"],
    "date": ["25/12/2018"],
    "total": ["19.50"],
    "items.article": ["Bolts", "Nuts"],
    "items.amount": ["9.00", "10.50"],
}


def invoice() -> bytes:
    page = Image.new("RGB", (900, 560), "white")
    pen = ImageDraw.Draw(page)
    fonts = Path(matplotlib.get_data_path()) / "fonts/ttf"
    font = ImageFont.truetype(str(fonts / "DejaVuSans.ttf"), 22)
    head = [("Invoice No.:", "INV-0042"), ("Invoice date:", "25/12/2018"), ("Due date:", "")]
    table = [("Article", "Amount"), ("Bolts", "9.00"), ("Nuts", "10.50"), ("Total", "19.50")]
    for row, (question, answer) in enumerate(head):
        pen.text((40, 40 + 50 * row), question, fill="black", font=font)
        pen.text((300, 40 + 50 * row), answer, fill="black", font=font)
    for row, (article, amount) in enumerate(table):
        pen.text((40, 290 + 50 * row), article, fill="black", font=font)
        pen.text((650, 290 + 50 * row), amount, fill="black", font=font)
    return png_bytes(page)


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Registered:
    """Logged by the command, in a store of its own, beside the documents `scans`."""
    folder = tmp_path_factory.mktemp("fields")
    (folder / "fields.yaml").write_text(FILE)
    (folder / "scans").mkdir()
    (folder / "scans" / "a.png").write_bytes(invoice())
    (folder / "scans" / "b.png").write_bytes(b"no page")
    uri = f"sqlite:///{folder}/mlflow.db"
    before = mlflow.get_tracking_uri()
    mlflow.set_tracking_uri(uri)
    experiment = mlflow.create_experiment("fields", artifact_location=str(folder / "artifacts"))
    mlflow.set_experiment(experiment_id=experiment)
    assert script("log_model", ["--fields", str(folder / "fields.yaml")]) == 0
    mlflow.set_tracking_uri(before)
    return Registered(uri, "models:/ocr-extractor/1")


# What an LLM says of the same page.
SAID = {
    "invoice_number": "INV-0042",
    "date": "25/12/2018",
    "due": "",
    "total": "19.50",
    "order_number": None,
    "items": [{"article": "Bolts", "amount": "9.00"}, {"article": "Nuts", "amount": "10.50"}],
}


def folder_of(model: Registered) -> Path:
    return Path(model.tracking_uri.removeprefix("sqlite:///")).parent


def assert_right(row: dict[str, Any], other: dict[str, Any]) -> None:
    """The row of the invoice, and that of the file that is no page."""
    told = [plain(field) for field in row["fields"]]
    names = ("name", "row", "column", "status", "value", "text")
    assert [tuple(field[name] for name in names) for field in told] == EXPECTED
    assert {key: list(values) for key, values in dict(row["pairs"]).items()} == PAIRS
    found = [text for *_, status, _, text in EXPECTED if status == "found"]
    assert [answer["answer"] for answer in row["answers"]] == found
    assert told[0]["page"] == 1
    assert told[0]["box"] == pytest.approx([300, 43, 401, 63], abs=8)
    assert 0.5 < told[0]["confidence"] <= 1
    assert told[4]["reason"] == "nothing on the page asks it"
    assert row["needs_review"]
    assert "order_number is required: nothing on the page asks it" in list(row["notes"])
    assert (other["outcome"], list(other["fields"])) == ("bad_input", [])


def plain(field: dict[str, Any]) -> dict[str, Any]:
    """Numbers of a frame that are absent are NaN, arrays of Parquet are NumPy's."""
    told = {
        key: None if isinstance(value, float) and math.isnan(value) else value
        for key, value in field.items()
    }
    return told | {"box": None if told["box"] is None else list(told["box"])}


PREDICT = """
import base64, json, mlflow, pandas
from pathlib import Path
files = [Path("scans", name).read_bytes() for name in ("a.png", "b.png")]
images = [base64.b64encode(file).decode() for file in files]
rows = mlflow.pyfunc.load_model({uri!r}).predict(pandas.DataFrame({{"image": images}}))
import ocr_model
told = json.loads(rows.to_json(orient="records"))
print(json.dumps({{"code": ocr_model.__file__, "rows": told}}))
"""


def test_from_python_with_the_code_and_the_fields_that_the_model_carries(
    model: Registered,
) -> None:
    code = PREDICT.format(uri=model.model_uri)
    printed = run_python(code, model.environment, folder_of(model))
    told = json.loads(printed.splitlines()[-1])
    assert "/code/ocr_model/" in told["code"]
    assert_right(*told["rows"])


def test_of_an_llm_that_is_asked_for_them(
    model: Registered, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Endpoint(lambda _: completion(json.dumps(SAID))) as endpoint:
        for name, value in endpoint.environment.items():
            monkeypatch.setenv(name, value)
        monkeypatch.setenv("MLFLOW_EXPERIMENT_NAME", "fields")
        before = mlflow.get_tracking_uri()
        mlflow.set_tracking_uri(model.tracking_uri)
        argv = ["--engine", "llm", "--llm", "test-llm", "--fields"]
        assert script("log_model", [*argv, str(folder_of(model) / "fields.yaml")]) == 0
        images = [
            as_base64((folder_of(model) / "scans" / name).read_bytes())
            for name in ("a.png", "b.png")
        ]
        loaded = mlflow.pyfunc.load_model("models:/ocr-extractor/2")
        frame = loaded.predict(pd.DataFrame({"image": images}))
        mlflow.set_tracking_uri(before)
    row, other = json.loads(frame.to_json(orient="records"))
    names = ("name", "row", "column", "status", "value", "text")
    assert [tuple(field[name] for name in names) for field in row["fields"]] == EXPECTED
    assert (row["pairs"], row["llm"], row["needs_review"]) == (PAIRS, "test-llm", True)
    assert "order_number is required: the LLM did not find it" in row["notes"]
    assert (other["outcome"], other["fields"]) == ("bad_input", [])
    assert len(endpoint.requests) == 1


def test_served(model: Registered, tmp_path: Path) -> None:
    images = [
        as_base64((folder_of(model) / "scans" / name).read_bytes()) for name in ("a.png", "b.png")
    ]
    with served(Serving(model.model_uri, model.environment), tmp_path) as running:
        rows = ask(running.url, {"instances": [{"image": image} for image in images]})
    assert_right(*rows)


@pytest.mark.parametrize("suffix", ["parquet", pytest.param("jsonl", marks=pytest.mark.slow)])
def test_in_a_file_of_rows(model: Registered, tmp_path: Path, suffix: str) -> None:
    output = tmp_path / f"rows.{suffix}"
    code = (
        "from ocr_model.commands import script; import sys; "
        f"sys.exit(script('extract', ['--input', 'scans', '--output', {str(output)!r}]))"
    )
    environment = {**model.environment, "PYTHONPATH": str(CHECKOUT)}
    run_python(code, environment, folder_of(model))
    rows = pd.read_parquet(output) if suffix == "parquet" else pd.read_json(output, lines=True)
    assert_right(*rows.to_dict("records"))


@pytest.mark.slow  # what is written is what tests/bulk/test_output.py says
def test_in_a_csv_file_with_a_column_per_field(model: Registered, tmp_path: Path) -> None:
    output = tmp_path / "rows.csv"
    code = (
        "from ocr_model.commands import script; import sys; "
        f"sys.exit(script('extract', ['--input', 'scans', '--output', {str(output)!r}]))"
    )
    environment = {**model.environment, "PYTHONPATH": str(CHECKOUT)}
    said = run_python(code, environment, folder_of(model))
    assert f'pandas.read_csv("{output}")' in said
    rows = pd.read_csv(output, dtype=str, keep_default_na=False).to_dict("records")
    assert [row["invoice_number"] for row in rows] == ["INV-0042", ""]
    assert rows[0]["items"].startswith('[{"article":"Bolts","amount":"9.00"}')
    assert [row["order_number_status"] for row in rows] == ["missing", ""]
    assert [row["needs_review"] for row in rows] == ["true", "true"]


@pytest.mark.skipif(
    find_spec("pyspark") is None or not (shutil.which("java") or os.environ.get("JAVA_HOME")),
    reason="no pyspark or no Java: SPARK NOT TESTED",
)
@pytest.mark.slow  # two sessions of Spark: test_spark.py has one
def test_with_spark(model: Registered, tmp_path: Path) -> None:
    code = (
        "from ocr_model.commands import script; import sys; "
        "sys.exit(script('extract_spark', ['--input', 'scans', '--output', "
        f"{str(tmp_path / 'rows')!r}, '--model-uri', {model.model_uri!r}, '--master', 'local[1]']))"
    )
    environment = {
        **model.environment,
        "PYTHONPATH": str(CHECKOUT),
        "SPARK_LOCAL_IP": "127.0.0.1",
    }
    run_python(code, environment, folder_of(model))
    rows = pd.read_parquet(tmp_path / "rows").sort_values("document_id")
    assert_right(*rows.to_dict("records"))


@pytest.mark.slow
def test_evaluated_on_a_folder_of_images_and_true_fields(model: Registered, tmp_path: Path) -> None:
    for part in ("images", "fields"):
        (tmp_path / "invoices" / part).mkdir(parents=True)
    (tmp_path / "invoices" / "images" / "a.png").write_bytes(invoice())
    truth = {"invoice_number": "INV-0042", "date": "25 Dec 2018", "due": None, "order_number": "7"}
    (tmp_path / "invoices" / "fields" / "a.json").write_text(json.dumps(truth))
    code = (
        "from ocr_model.commands import script; import sys; "
        "sys.exit(script('evaluate', ['--fields', 'fields.yaml', '--data', "
        f"{str(tmp_path / 'invoices')!r}]))"
    )
    environment = {**model.environment, "PYTHONPATH": str(CHECKOUT)}
    said = run_python(code, environment, folder_of(model))
    assert f"Model   {model.model_uri}" in said
    # Found are number and date, there are these and the order number; right is the number.
    assert "Look at field_f1_normalized 0.400 [0.400, 0.400] first" in said
    assert "date            0.000  [0.000, 0.000]      0.000   0.000  0.000  1.000" in said
    client = MlflowClient(model.tracking_uri)
    experiments = [found.experiment_id for found in client.search_experiments()]
    [run] = client.search_runs(experiments, "params.evaluated_model_uri != ''")
    assert run.data.params["model_fields"].startswith("sha256:")
    champion = client.get_model_version_by_alias("ocr-extractor", "champion")
    assert run.data.params["model_fields"] == champion.tags["fields"]
    assert run.data.metrics["field_f1_typed/date"] == 1
