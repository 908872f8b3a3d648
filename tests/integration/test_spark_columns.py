"""Spark gives the same columns of fields as `extract` writes; no model, three literal rows."""

from __future__ import annotations

import json
import os
from pathlib import Path

from ocr_model.fields import in_columns
from tests.fields.test_columns import FIELDS, ROW, WANTED, said
from tests.integration.conftest import CHECKOUT, run_python
from tests.integration.test_spark import pytestmark as needs_spark

pytestmark = needs_spark

ROWS = [
    {**ROW, "fields": FIELDS},
    {**ROW, "document_id": "b", "needs_review": False, "error": "late", "fields": []},
    {
        **ROW,
        "document_id": "c",
        "fields": [
            said("total", "blank"),
            said("due", "found", "2026-04-03"),
            said("phones", "found", "1"),
            said("phones", "invalid"),
            said("phones", "found", 'a "b"'),
            said("items", "missing"),
        ],
    },
]
CODE = """
import json, os, sys
os.environ["PYSPARK_PYTHON"] = sys.executable
from pyspark.sql import SparkSession
import ocr_model
spark = SparkSession.builder.master("local[1]").config("spark.ui.enabled", "false").getOrCreate()
field = "name string, status string, value string, row long, column string"
schema = f"document_id string, outcome string, needs_review boolean, error string, "
schema += f"fields array<struct<{field}>>"
rows = spark.createDataFrame(json.load(open("rows.json")), schema)
frame = ocr_model.field_columns(rows, ocr_model.load_fields("fields.yaml"))
print(json.dumps([row.asDict() for row in frame.collect()]))
"""


def test_spark_gives_the_columns_that_extract_writes(tmp_path: Path) -> None:
    (tmp_path / "rows.json").write_text(json.dumps(ROWS))
    (tmp_path / "fields.yaml").write_text(json.dumps(WANTED.to_plain()))
    environment = {**os.environ, "PYTHONPATH": str(CHECKOUT), "SPARK_LOCAL_IP": "127.0.0.1"}
    told = run_python(CODE, environment, tmp_path).splitlines()[-1]
    assert json.loads(told) == [in_columns(row, WANTED) for row in ROWS]
