"""What a notebook needs: load a model, extract a file, score rows against labelled forms.

model = ocr_model.load()
row = ocr_model.extract_file("scan.png", model)
forms = ocr_model.load_forms("my_forms")
rows = [ocr_model.extract_file(form.image_path, model) for form in forms]
ocr_model.score(rows, forms)["pair_f1_normalized"]
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, cast

import mlflow.pyfunc
import pandas as pd
from mlflow.pyfunc import PyFuncModel

from ocr_model.errors import DatasetError
from ocr_model.fields import load_fields
from ocr_model.forms import Form, labelled_forms
from ocr_model.lifecycle import find_champion, uri_of
from ocr_model.scoring import Rows, Scoring, run_metrics, score_rows


def load(model_uri: str = "") -> PyFuncModel:
    """The model of a URI, or the champion of the current MLflow store.

    Raises:
        ConfigError: there is no champion yet, or a package or secret of the model is missing.
    """
    if not model_uri:
        model_uri = uri_of(find_champion())
    model: PyFuncModel = mlflow.pyfunc.load_model(model_uri)
    return model


def extract_file(path: str | os.PathLike[str], model: PyFuncModel | None = None) -> dict[str, Any]:
    """The row of one document; `model` defaults to the champion.

    An unreadable document returns a row, too: check its `outcome` and `error`.
    """
    file = Path(path)
    model = load() if model is None else model
    asked = pd.DataFrame([{"image": file.read_bytes(), "document_id": file.name}])
    frame = cast(pd.DataFrame, model.predict(asked))
    row = {str(name): frame[name].iloc[0] for name in frame.columns}
    return {name: None if value is pd.NA else value for name, value in row.items()}


def score(
    rows: Sequence[Mapping[str, Any]],
    forms: Sequence[Form],
    fields: str | os.PathLike[str] | None = None,
) -> dict[str, float]:
    """Scores of rows against the forms they were read from, in the same order.

    The names are those of an evaluation; `<metric>/ci_low` and `<metric>/ci_high` bound it. For
    rows of a model with fields, `fields` is the fields file it was logged with.

    Raises:
        ConfigError: the fields file is invalid.
        DatasetError: there is not one row for each form, no form has a label for any field, or the
            rows have fields and no file was given.
    """
    if fields is None and any(len(row.get("fields", ())) for row in rows):
        raise DatasetError(
            "Expected the fields that these rows have, got none: their names are not the questions "
            'of the forms. Give score(rows, forms, fields="fields.yaml").'
        )
    wanted = None if fields is None else load_fields(Path(fields))
    labelled_forms(forms, wanted)
    seconds = sum(row["latency_ms"] for row in rows) / 1000
    records = Rows([dict(row) for row in rows], seconds)
    return run_metrics(records, score_rows(records, forms, Scoring(wanted=wanted)), forms)
