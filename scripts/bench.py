"""python -m scripts.bench: speed and quality, measured. A tool of scripts/workshop."""

from scripts.workshop.bench.__main__ import main

if __name__ == "__main__":
    raise SystemExit(main())
