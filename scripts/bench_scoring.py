"""python -m scripts.bench_scoring: gone; at commit efba1c9 it measures what scoring costs."""

import sys


def main() -> int:
    print("error: this bench is gone; it measures at commit efba1c9.", file=sys.stderr)
    return 2


if __name__ == "__main__":
    raise SystemExit(main())
