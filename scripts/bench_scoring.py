"""python -m scripts.bench_scoring: what scoring costs. A tool of scripts/workshop."""

from scripts.workshop.bench_scoring import main

if __name__ == "__main__":
    raise SystemExit(main())
