"""python -m scripts.bench [NAME] [--help]

Speed, as ratios to a baseline measured in the same run: `local` (the default) the embedded engine,
`llm` the way to an endpoint and back, `batch` a thousand documents into one file, `serve` a model
server. Also: what the embedded OCR reads of other `languages`, what the `text` of digital PDFs is
worth, how well the `boxes` of true answers are found on their pages, what is found of `fields` that
are given, what a `finder` learns of them from a few documents, what a `calibration` on one's own
forms is worth, what the most awkward `pages` take of time and memory, what it takes a person to
`review` a page, and the embedded engine `paired` with that of another checkout.
"""

from __future__ import annotations

import sys
from collections.abc import Callable

from scripts.workshop.bench import (
    batch,
    boxes,
    calibration,
    fields,
    finder,
    languages,
    llm,
    local,
    pages,
    paired,
    review,
    serve,
    text,
)

_MODULES = (
    local,
    llm,
    batch,
    languages,
    serve,
    boxes,
    fields,
    finder,
    calibration,
    pages,
    text,
    review,
    paired,
)
BENCHES: dict[str, Callable[[list[str]], int]] = {
    module.__name__.rpartition(".")[2]: module.main for module in _MODULES
}
_GONE = ("spark", "traces")


def main(argv: list[str] | None = None) -> int:
    given = sys.argv[1:] if argv is None else argv
    if not given or given[0].startswith("-"):
        return BENCHES["local"](given)
    if given[0] not in BENCHES:
        print(f"Expected one of {', '.join(BENCHES)}, got {given[0]!r}.", file=sys.stderr)
        if given[0] in _GONE:
            print(
                "That bench is gone; docs/ has its results and the commit that measured them.",
                file=sys.stderr,
            )
        return 2
    return BENCHES[given[0]](given[1:])


if __name__ == "__main__":
    raise SystemExit(main())
