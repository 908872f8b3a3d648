"""The column `fields` of a Spark frame -> one column per field, without Python on the executors.

frame = ocr_model.field_columns(rows, ocr_model.load_fields("fields.yaml"))
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ocr_model.fields import LEADING, Field, WantedFields, column_names
from ocr_model.schema import FieldStatus

if TYPE_CHECKING:
    from pyspark.sql import Column, DataFrame

_FOUND, _BLANK = FieldStatus.FOUND.value, FieldStatus.BLANK.value


def field_columns(frame: DataFrame, wanted: WantedFields) -> DataFrame:
    """The columns that `extract` writes with `columns=fields`, from the rows of `spark_udf`.

    Raises:
        ConfigError: two columns would have the same name.
    """
    from pyspark.sql import functions as F  # noqa: N812 - an extra, as everybody calls it

    columns = [
        *(F.col(name) for name in LEADING),
        *(_value(field) for field in wanted.fields),
        *(_status(field) for field in wanted.fields),
    ]
    return frame.select(
        *(column.alias(name) for column, name in zip(columns, column_names(wanted), strict=True))
    )


def _own(field: Field) -> Column:
    from pyspark.sql import functions as F  # noqa: N812

    return F.filter("fields", lambda said: said["name"] == field.name)


def _value(field: Field) -> Column:
    from pyspark.sql import functions as F  # noqa: N812

    found = F.filter(_own(field), lambda said: said["status"] == _FOUND)
    values = F.transform(found, lambda said: said["value"])
    if field.type == "list":
        return F.when(F.size(values) > 0, F.to_json(values))
    if field.type != "table":
        return F.try_element_at(values, F.lit(1))
    cells = F.filter(_own(field), lambda said: said["row"].isNotNull())
    last = F.array_max(F.transform(cells, lambda cell: cell["row"]))
    rows = F.transform(
        F.sequence(F.lit(1).cast("long"), last.cast("long")),
        lambda number: F.map_from_entries(
            F.transform(
                F.filter(found, lambda cell: cell["row"] == number),
                lambda cell: F.struct(cell["column"], cell["value"]),
            )
        ),
    )
    return F.when(F.size(cells) > 0, F.to_json(rows))


def _status(field: Field) -> Column:
    from pyspark.sql import functions as F  # noqa: N812

    given = F.transform(_own(field), lambda said: said["status"])
    faulty = F.filter(given, lambda status: ~status.isin(_FOUND, _BLANK))
    return (
        F.when(F.size(faulty) > 0, F.try_element_at(faulty, F.lit(1)))
        .when(F.array_contains(given, _FOUND), _FOUND)
        .otherwise(F.try_element_at(given, F.lit(1)))
    )
