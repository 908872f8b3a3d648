"""python -m scripts.bench [NAME] [--help]

Speed, as ratios to a baseline measured in the same run: `local` (the default) the embedded engine,
`llm` the way to an endpoint and back, `batch` a thousand documents into one file,
`spark` documents on one and two cores, `serve` a model server. Also: what the embedded OCR reads of
other `languages`, how well the `boxes` of true answers are found on their pages, what is
found of `fields` that are given, what a
`calibration` on one's own forms is worth, and what `traces` take of a database.
"""

from __future__ import annotations

import sys

from scripts.workshop.bench import (
    batch,
    boxes,
    calibration,
    fields,
    languages,
    llm,
    local,
    serve,
    spark,
    traces,
)

BENCHES = {
    "local": local.main,
    "llm": llm.main,
    "batch": batch.main,
    "spark": spark.main,
    "languages": languages.main,
    "serve": serve.main,
    "boxes": boxes.main,
    "fields": fields.main,
    "calibration": calibration.main,
    "traces": traces.main,
}


def main(argv: list[str] | None = None) -> int:
    given = sys.argv[1:] if argv is None else argv
    if given and not given[0].startswith("-"):
        if given[0] not in BENCHES:
            print(f"Expected one of {', '.join(BENCHES)}, got {given[0]!r}.", file=sys.stderr)
            return 2
        return BENCHES[given[0]](given[1:])
    return BENCHES["local"](given)


if __name__ == "__main__":
    raise SystemExit(main())
