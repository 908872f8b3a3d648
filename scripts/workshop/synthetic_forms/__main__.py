"""python -m scripts.synthetic_forms --out DIR --n 900 --seed 1 [--style train] [--processes 2]

Write synthetic labelled forms in FUNSD's format: images/<name>.png and annotations/<name>.json.
The same environment writes the same bytes for a seed, whatever the number of processes. Needs the
fonts: pip install 'ocr_model[synthetic]'.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from scripts.workshop.synthetic_forms.style import STYLES
from scripts.workshop.synthetic_forms.writing import write_forms


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m scripts.synthetic_forms")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--n", type=int, default=900)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--style", choices=sorted(STYLES), default="train")
    parser.add_argument("--processes", type=int, default=1)
    options = parser.parse_args(argv)
    write_forms(options.out, options.n, options.seed, options.style, options.processes)
    print(f"{options.n} forms of the style {options.style} in {options.out}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
