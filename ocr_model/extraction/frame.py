"""Extractions -> a frame with one row each, as MLflow, Spark and people read it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import asdict
from typing import Any

import numpy as np
import pandas as pd

from ocr_model.extraction.extractor import Extractor
from ocr_model.extraction.review import needs_review
from ocr_model.schema import Answer, Box, Extraction, FieldValue


class NullableLongs(pd.arrays.IntegerArray):
    """`Int64` that keeps its nulls when it is cast to `int64`.

    `mlflow.pyfunc.spark_udf` asks every column of longs for it, and one row without tokens among
    others with them would end the whole Spark job.
    """

    @classmethod
    def of(cls, values: list[int | None]) -> NullableLongs:
        return cls(
            np.array([0 if value is None else value for value in values], dtype="int64"),
            np.array([value is None for value in values], dtype="bool"),
        )

    def astype(self, dtype: Any, copy: bool = True) -> Any:
        if dtype == "int64" and self.isna().any():
            return self.copy() if copy else self
        return _as_objects(self) if dtype is object else super().astype(dtype, copy)

    def __getitem__(self, item: Any) -> Any:
        return _or_none(super().__getitem__(item))

    def __iter__(self) -> Iterator[int | None]:
        return map(_or_none, super().__iter__())

    def tolist(self) -> list[int | None]:
        return list(self)


class NullableTexts(pd.arrays.StringArray):
    """`string` that keeps its nulls when it is cast to NumPy's text.

    `mlflow.pyfunc.spark_udf` asks every column of strings for it, and a row without an error would
    have the error 'nan'.
    """

    @classmethod
    def of(cls, values: list[str | None]) -> NullableTexts:
        return cls(np.array([pd.NA if value is None else value for value in values], dtype=object))

    def astype(self, dtype: Any, copy: bool = True) -> Any:
        if isinstance(dtype, np.dtype) and dtype.kind == "U":
            return self.copy() if copy else self
        return _as_objects(self) if dtype is object else super().astype(dtype, copy)

    def __getitem__(self, item: Any) -> Any:
        return _or_none(super().__getitem__(item))

    def __iter__(self) -> Iterator[str | None]:
        return map(_or_none, super().__iter__())

    def tolist(self) -> list[str | None]:
        return list(self)


def _or_none(value: Any) -> Any:
    """None for pandas' NA, because `if row.error:` raises for NA."""
    return None if value is pd.NA else value


def _as_objects(values: Iterable[object]) -> np.ndarray[Any, Any]:
    return np.array(list(values), dtype=object)


def to_frame(
    extractions: list[Extraction],
    columns: list[str],
    extractor: Extractor,
    threshold: float | None,
    model_uri: str | None = None,
) -> pd.DataFrame:
    """Rows with the columns of the signature; nullable columns are pandas' `Int64` and `string`."""
    rows = [
        _to_row(extraction, extractor)
        | {"needs_review": needs_review(extraction, threshold), "model_uri": model_uri}
        for extraction in extractions
    ]
    frame = pd.DataFrame(rows, columns=columns)
    for name in ("prompt_tokens", "completion_tokens"):
        frame[name] = NullableLongs.of([row[name] for row in rows])
    for name in ("error", "llm", "trace_id", "model_uri"):
        frame[name] = NullableTexts.of([row[name] for row in rows])
    return frame


def _to_row(extraction: Extraction, extractor: Extractor) -> dict[str, Any]:
    return {
        "document_id": extraction.document_id,
        "outcome": extraction.outcome.value,
        "error": extraction.error,
        "pairs": extraction.pairs,
        "answers": [_answer_row(answer) for answer in extraction.answers],
        "pages": extraction.pages,
        "fields": [_field_row(value) for value in extraction.fields],
        "quality": [asdict(quality) for quality in extraction.quality],
        "engine": extractor.engine.name,
        "llm": extractor.engine.llm,
        "prompt_uri": extractor.config.prompt_uri,
        "prompt_tokens": extraction.usage.prompt_tokens,
        "completion_tokens": extraction.usage.completion_tokens,
        "latency_ms": extraction.latency_ms,
        "cached": extraction.cached,
        "notes": list(extraction.notes),
        "trace_id": extraction.trace_id,
    }


def _whole_pixels(box: Box) -> list[int]:
    """The box rounded to pixels, at least one pixel wide and high."""
    left, top, right, bottom = map(round, box)
    return [left, top, max(right, left + 1), max(bottom, top + 1)]


def _answer_row(answer: Answer) -> dict[str, Any]:
    return {
        "question": answer.question,
        "answer": answer.answer,
        "page": answer.page,
        "box": None if answer.box is None else _whole_pixels(answer.box),
        "confidence": answer.confidence,
    }


def _field_row(value: FieldValue) -> dict[str, Any]:
    box = None if value.box is None else _whole_pixels(value.box)
    return asdict(value) | {"status": value.status.value, "box": box}
