"""python -m scripts.rollback

Return the alias `champion` to the version that had it before the last promotion, or to a version
that is named. Running it again does nothing. Same as `mlflow run . -e rollback`.

Exit codes: 0 done, or done before; 2 there is nothing to return to.
"""

from __future__ import annotations

import argparse
import sys

from ocr_model.errors import OcrModelError
from ocr_model.lifecycle import roll_back
from scripts.settings import acting_user, quiet_mlflow


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--version", default="", help="number of the version to return to")
    args = parser.parse_args(argv)
    quiet_mlflow()
    try:
        old, new = roll_back(acting_user(), args.version)
    except OcrModelError as err:
        print(f"error: {err}", file=sys.stderr)
        return 2
    if old.version == new.version:
        print(f"models:/{new.name}/{new.version} is champion by a rollback already.")
        print("To go further back, name a version: --version NUMBER")
    else:
        print(f"models:/{new.name}/{new.version} is champion again, instead of {old.version}.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
