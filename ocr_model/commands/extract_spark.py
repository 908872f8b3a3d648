"""Read documents with Spark, one row per document."""

from __future__ import annotations

import json
import os
import sys
from typing import Any

import mlflow
from pyspark.errors import PySparkException
from pyspark.sql import Column, DataFrame, SparkSession
from pyspark.sql import functions as F  # noqa: N812 - as everybody calls them

from ocr_model.bulk import usd_per_token
from ocr_model.commands.cli import ExtractSpark
from ocr_model.commands.models import json_object
from ocr_model.config import ExtractorConfig, parse_config
from ocr_model.console import say
from ocr_model.errors import ConfigError, where_looked
from ocr_model.lifecycle import config_of_model
from ocr_model.schema import READ, Outcome


def extract_spark(given: ExtractSpark) -> int:
    settings = json_object("settings", given.settings or "{}")
    config = config_of_model(given.model_uri)
    settings = {"concurrency": 1} | settings if config.engine == "local" else settings
    config = parse_config({**config.model_dump(), **settings}, logged=True)
    spark = start_session(given.master)
    try:
        if given.requests_per_minute:
            settings["requests_per_minute"] = share_of(given.requests_per_minute, spark)
        set_sizes(spark, given.per_task, given.per_batch)
        rows = extract(spark, given.input, given.model_uri, settings, config)
        rows.write.parquet(given.output)
        return report(spark.read.parquet(given.output))
    except PySparkException as err:
        told = str(err).partition("\n")[0]
        raise ConfigError(f"Spark refused: {told}{where_looked(given.input)}") from err
    finally:
        spark.stop()


def start_session(master: str) -> SparkSession:
    # Workers on this machine use the same Python.
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    builder = SparkSession.builder.appName("ocr_model extract")
    if master:
        builder = builder.master(master)
    return (
        builder.config("spark.speculation", "false")  # a second copy of a task would pay again
        .config("spark.python.worker.reuse", "true")  # or every task would load the model
        .getOrCreate()
    )


def share_of(requests_per_minute: int, spark: SparkSession) -> int:
    """The requests per minute of one task slot, because each has its own process and counter."""
    slots: int = spark.sparkContext.defaultParallelism
    return max(1, requests_per_minute // slots)


def set_sizes(spark: SparkSession, per_task: int, per_batch: int) -> None:
    """Limit what a task repeats when its executor is lost, and the memory of a batch."""
    task_bytes = 128 * 1024 * 1024
    spark.conf.set("spark.sql.files.maxPartitionBytes", task_bytes)
    spark.conf.set("spark.sql.files.openCostInBytes", task_bytes // max(per_task, 1))
    spark.conf.set("spark.sql.execution.arrow.maxRecordsPerBatch", per_batch)


def extract(
    spark: SparkSession,
    documents: str,
    model_uri: str,
    settings: dict[str, Any],
    config: ExtractorConfig,
) -> DataFrame:
    """One row per document; a failure is an `outcome`, not a failure of the job."""
    read = mlflow.pyfunc.spark_udf(
        spark,
        model_uri,
        env_manager="local",
        # On a cluster MLflow does not pass `model_config` to executors; this reaches all of them.
        extra_env={
            "MLFLOW_PYFUNC_INFERENCE_CONFIG": json.dumps(settings),
            "MLFLOW_TRACE_SAMPLING_RATIO": "0",
        },
    )
    files = spark.read.format("binaryFile").option("recursiveFileLookup", "true").load(documents)
    limit = config.max_document_bytes
    # Spark's reader applies this filter itself: files that are too large are never opened.
    small = files.where(F.col("length") <= limit).select(
        read(F.base64("content"), F.col("path")).alias("row")
    )
    large = files.where(F.col("length") > limit).select(
        _too_large(read(F.lit(""), F.col("path")), limit).alias("row")
    )
    return small.unionByName(large).select("row.*")


def _too_large(row: Column, limit: int) -> Column:
    """The model's row for zero bytes, which has all columns, marked as too large."""
    told = (
        f"Expected at most {limit:,} bytes per document, got more. Send a smaller scan or raise "
        "max_document_bytes."
    )
    outcome = F.lit(Outcome.TOO_LARGE.value)
    return row.withField("outcome", outcome).withField("error", F.lit(told))


def report(rows: DataFrame) -> int:
    """Print outcomes, tokens and cost; the exit code."""
    outcomes = {row["outcome"]: row["count"] for row in rows.groupBy("outcome").count().collect()}
    say("Documents  " + ", ".join(f"{count:,} {name}" for name, count in outcomes.items()))
    spent = rows.where("not cached and llm is not null").groupBy("llm")
    for row in spent.agg(F.sum("prompt_tokens"), F.sum("completion_tokens")).collect():
        llm, prompt, completion = row
        prices = usd_per_token(llm)
        cost = "unknown"
        if prices is not None and prompt is not None and completion is not None:
            cost = f"${prompt * prices[0] + completion * prices[1]:,.4f}"
        say(f"Tokens     {prompt} in, {completion} out of {llm}, cost {cost}")
    if Outcome.ABORTED in outcomes or not outcomes.keys() & READ:
        first = rows.where("error is not null").select("error").first()
        told = first["error"] if first else "there are no documents"
        say(f"error: the documents could not be read: {told}", file=sys.stderr)
        return 1
    return 0
