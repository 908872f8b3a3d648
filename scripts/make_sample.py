"""python -m scripts.make_sample: gone. data/README.md says how the bundled forms came about."""

import sys


def main() -> int:
    print(
        "error: the forms of data/sample are not drawn again, they are data: correct a label in "
        "its JSON. The program that drew them is in commit efba1c9.",
        file=sys.stderr,
    )
    return 2


if __name__ == "__main__":
    raise SystemExit(main())
