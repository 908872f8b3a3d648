"""python -m scripts.bench finder --receipts FOLDER [--sizes 10,25,50,100] [--draws 3] [--words DIR]

What a finder is worth that learned from a few documents, on the rest of them: receipts in `images/`
and `keys/` (company, date, address, total). For each size and draw it is fitted as `train` does,
without a model or a store. F1 of letters and digits alone (case, blanks and punctuation aside), of
the text on the page or its value. What was read is kept in the cache of `train`, or in `--words`.
"""

from __future__ import annotations

import argparse
import json
import random
import re
from collections.abc import Sequence
from pathlib import Path
from time import process_time

import numpy as np

from ocr_model.fields import PageContent
from ocr_model.finder import decide, to_bytes
from ocr_model.forms import FieldTruth, Form
from ocr_model.schema import FieldStatus, FieldValue
from ocr_model.training import default_cache
from ocr_model.training.finder import example_of, fit_finder, read_documents
from scripts.workshop.bench.fields import RECEIPT

_FOLDS = 5
_NAMES = [field.name for field in RECEIPT.fields]
_NOT_SIGN = re.compile(r"[\W_]+")
Fields = Sequence[FieldValue]


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--receipts", type=Path, required=True, help="images/ and keys/")
    parser.add_argument("--sizes", default="10,25,50,100", help="documents to learn from")
    parser.add_argument("--draws", type=int, default=3)
    parser.add_argument("--words", type=Path, default=default_cache(), help="keeps what was read")
    args = parser.parse_args(argv)
    forms = _receipts(args.receipts)
    truths = [form.fields or {} for form in forms]
    read = read_documents(forms, RECEIPT, args.words)
    examples = [
        example_of(document.form.name, document.sha256, document.contents, truth, RECEIPT)
        for document, truth in zip(read, truths, strict=True)
    ]
    print(f"{len(forms)} receipts; F1 over all fields, {', '.join(_NAMES)}")
    for size in map(int, args.sizes.split(",")):
        rows = []
        for draw in range(args.draws):
            learned = random.Random(100 * size + draw).sample(range(len(forms)), size)  # noqa: S311
            tested = [i for i in range(len(forms)) if i not in set(learned)]
            fitted = fit_finder([examples[i] for i in learned], _FOLDS, draw)
            started = process_time()
            found = [decide(RECEIPT, read[i].contents, fitted.finder).values for i in tested]
            with_it = process_time() - started
            started = process_time()
            without = [_decided(read[i].contents) for i in tested]
            ms = 1000 * (with_it - (process_time() - started)) / len(tested)
            true = [truths[i] for i in tested]
            rows.append(_f1(found, true))
            unseen = _f1(fitted.unseen, [truths[i] for i in learned])[0]
            print(
                f"{size:>4} draw {draw}  {_told(rows[-1])}  cross-validated {unseen:.3f}, "
                f"without {_f1(without, true)[0]:.3f}, {ms:.0f} CPU ms more a page, "
                f"{len(to_bytes(fitted.finder)):,} bytes",
                flush=True,
            )
        print(f"{size:>4} mean    {_told(np.mean(rows, axis=0).tolist())}", flush=True)
    return 0


def _decided(contents: Sequence[PageContent]) -> Fields:
    return decide(RECEIPT, contents).values


def _receipts(folder: Path) -> list[Form]:
    images = sorted((folder / "images").glob("*.jpg"))
    keys = [json.loads((folder / "keys" / f"{i.stem}.json").read_text("utf-8")) for i in images]
    return [
        Form(i.stem, i, (), fields=k, annotated=False) for i, k in zip(images, keys, strict=True)
    ]


def _f1(found: Sequence[Fields], true: Sequence[FieldTruth]) -> list[float]:
    """Over all fields, then of each."""
    rows = [
        [_counts(value, truth[value.name]) for value in values]
        for values, truth in zip(found, true, strict=True)
    ]
    counts = np.array(rows, dtype=np.float64).sum(axis=0)
    return [_share(counts.sum(axis=0)), *map(_share, counts)]


def _counts(value: FieldValue, true: object) -> tuple[int, int]:
    """Twice the right ones, and found ones and true ones together."""
    is_found = value.status is FieldStatus.FOUND
    said = {_signs(text) for text in (value.text, value.value) if text}
    return 2 * (is_found and _signs(str(true)) in said), is_found + 1


def _share(counts: np.ndarray) -> float:
    return float(counts[0] / counts[1])


def _signs(text: str) -> str:
    return _NOT_SIGN.sub("", text.casefold())


def _told(f1: Sequence[float]) -> str:
    return f"{f1[0]:.3f}  " + "  ".join(
        f"{name} {one:.3f}" for name, one in zip(_NAMES, f1[1:], strict=True)
    )


if __name__ == "__main__":
    raise SystemExit(main())
