from __future__ import annotations

import json

import mlflow
import pandas as pd
import pytest
from PIL import Image

from ocr_model.config import parse_config
from ocr_model.lifecycle.registry import plan_version
from ocr_model.prompts import load_prompt, register_bundled_prompts
from ocr_model.scoring.mlflow_metric import key_value_accuracy_metric
from tests.conftest import as_base64, png_bytes
from tests.support.endpoint import Endpoint, Reply, Seen, completion

# By the width of the page.
READ_AS = {100: ["Ann"], 101: ["Bob"], 102: ["Cleo"]}


def reads(seen: Seen) -> Reply:
    pair = {"key": "Name:", "value": READ_AS[seen.image.width]}
    return completion(json.dumps({"pairs": [pair]}))


# What MLflow 3.17's classic evaluation says of itself.
@pytest.mark.filterwarnings("ignore::FutureWarning:mlflow")
@pytest.mark.filterwarnings("ignore::UserWarning:mlflow")
def test_models_evaluate_takes_the_metric(
    mlflow_store: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    prompt = load_prompt(register_bundled_prompts()[1])
    settings = {"engine": "llm", "llm": "test-llm", "prompt_uri": prompt.uri, "timeout_s": 5}
    images = [as_base64(png_bytes(Image.new("RGB", (width, 80), "white"))) for width in READ_AS]
    references = [{"NAME": ["Ann"]}, {"Name": ["Bob", "Rob"]}, {"Name": ["Dora"]}]
    with Endpoint(reads) as endpoint:
        for name, value in endpoint.environment.items():
            monkeypatch.setenv(name, value)
        version = plan_version(parse_config({**settings, "image_format": "png"}), prompt).register()
        result = mlflow.models.evaluate(
            f"models:/{version.name}/{version.version}",
            pd.DataFrame({"image": images, "references": references}),
            targets="references",
            predictions="pairs",
            extra_metrics=[key_value_accuracy_metric()],
        )
    assert result.metrics["key_value_accuracy/mean"] == pytest.approx(0.5)
    assert result.metrics["key_value_accuracy/p90"] == 1
    table = result.tables["eval_results_table"]
    assert table["key_value_accuracy/score"].tolist() == [1, 0.5, 0]
