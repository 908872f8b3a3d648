from __future__ import annotations

from pathlib import Path

import mlflow
import pytest
from mlflow import MlflowClient
from PIL import Image

from ocr_model.config import parse_config
from ocr_model.forms.funsd import Form, QAPair
from ocr_model.lifecycle.registry import plan_version
from ocr_model.prompts import load_prompt, register_bundled_prompts
from ocr_model.report.report_files import log_report_files, trace_link
from ocr_model.report.report_views import reported_form
from tests.report.test_html_report import METRICS, ROW


@pytest.mark.parametrize(
    ("uri", "expected"),
    [
        ("sqlite:///mlflow.db", None),
        ("file:///runs", None),
        ("runs", None),
        ("databricks", None),
        ("http://host:5000", "http://host:5000/#/experiments/7/traces?selectedEvaluationId="),
        ("https://host/ml/", "https://host/ml/#/experiments/7/traces?selectedEvaluationId="),
        ("http://ann:secret@host", "http://host/#/experiments/7/traces?selectedEvaluationId="),
    ],
)
def test_trace_link_needs_a_server_and_drops_its_password(uri: str, expected: str | None) -> None:
    assert trace_link(uri, "7") == expected


def test_report_is_an_artefact_of_the_run(mlflow_store: str, tmp_path: Path) -> None:
    prompt = load_prompt(register_bundled_prompts()[0])
    config = parse_config({"engine": "local", "prompt_uri": prompt.uri})
    version = plan_version(config, prompt).register()
    page = tmp_path / "page.png"
    Image.new("RGB", (120, 80), "white").save(page)
    form = Form("form", page, (QAPair("Date", "5 May"),))
    with mlflow.start_run(run_name="quiet-owl") as run:
        uri = f"models:/{version.name}/{version.version}"
        log_report_files(run.info.run_id, uri, METRICS, [reported_form(form, ROW, {}, 0.0)])
    client = MlflowClient()
    report = Path(client.download_artifacts(run.info.run_id, "report.html")).read_text("utf-8")
    for fact in (uri, "local", prompt.uri, f"quiet-owl ({run.info.run_id})"):
        assert f"<dd>{fact}</dd>" in report
