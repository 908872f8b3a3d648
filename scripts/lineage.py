"""python -m scripts.lineage <trace id or run id>

Print what a trace or run belongs to: run, model version, prompt version, dataset.
"""

from __future__ import annotations

import argparse
import sys

from ocr_model.errors import OcrModelError
from ocr_model.lifecycle import lineage_of
from scripts.settings import quiet_mlflow


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("identifier", help="tr-… or the id of a run")
    args = parser.parse_args(argv)
    quiet_mlflow()
    try:
        chain = lineage_of(args.identifier)
    except OcrModelError as err:
        print(f"error: {err}", file=sys.stderr)
        return 2
    for link in chain:
        print(f"{link.kind:<10}  {link.told}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
